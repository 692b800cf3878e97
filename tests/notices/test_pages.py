"""The pages about mail: nobody signs up anybody else, everybody can end it, and the steward sees no address."""

import re
from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest
import time_machine

from portal.db import utcnow
from portal.notices.delivery import carry
from portal.notices.models import CONFIRM_LASTS, Address, Outbox, Wishes
from portal.notices.tokens import off_token
from portal.web.headers import SAFE
from tests.notices.conftest import DAY, remind, say_yes
from tests.reading import words

WISHES = {
    "reminder": "y", "changed": "y", "early": "180", "pace": "each", "digest_day": "2", "digest_hour": "9",
    "quiet_from": "20", "quiet_to": "9",
}  # fmt: skip
ELSEWHERE = {"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"}


@pytest.fixture
def mail_is_on(app, server, monkeypatch):
    """The portal with the test's mail server in its settings."""
    settings = replace(app.config["PORTAL"], smtp_url=f"smtp://127.0.0.1:{server[1]}", mail_from="post@elm.example")
    monkeypatch.setitem(app.config, "PORTAL", settings)


def link_in(mail) -> str:
    return re.search(r"http://localhost:8080(/confirm/\S+)", mail.get_content())[1]


def test_whoever_wants_nothing_reads_what_it_would_be_and_nothing_is_kept(ana, cast):
    page = words(ana.get("/me/notices"))
    assert "If you like, a short mail can remind you." in page
    assert "Something is on your calendar: " in page
    assert not Wishes.select().exists()
    assert '<a href="/me/notices">' in ana.get("/me").text


def test_an_address_is_written_to_only_after_somebody_there_said_yes(ana, nobody, cast, mail_is_on, inbox, carried):
    assert ana.post("/me/notices/address", data={"email": " ana@mail.example "}).status_code == 303
    assert "A mail is on its way to ana@mail.example." in words(ana.get("/me/notices"))
    Outbox.put(cast["Ana"].id, "a" * 26, "reminder", utcnow() + DAY, utcnow())
    assert Outbox.select().count() == 1, "the question alone"
    carried(utcnow())
    (mail,) = inbox.mails
    assert mail["Subject"] == "Is this your address?"
    assert "List-Unsubscribe" not in mail
    link = link_in(mail)
    assert "Shall mail come to this address?" in words(nobody.get(link))
    assert Address.of(cast["Ana"].id).confirmed_at is None, "programs open links, too"
    for _n in range(2):
        assert nobody.post(link).location == link
    assert "From now on mail comes to this address." in words(nobody.get(link))
    assert "Mail for you goes to ana@mail.example." in words(ana.get("/me/notices"))
    assert "@" not in words(nobody.get(link)), "the page names no address"


def test_the_question_is_asked_again_where_a_server_asks_for_patience(ana, cast, mail_is_on, inbox, carried):
    inbox.at_recipient = ["451 greylisted"]
    ana.post("/me/notices/address", data={"email": "ana@mail.example"})
    carried(utcnow())
    assert inbox.mails == []
    carried(utcnow() + timedelta(minutes=5))
    assert link_in(inbox.mails[0])


def test_asked_twice_the_first_link_works_too(ana, nobody, cast, mail_is_on, inbox, carried):
    for _n in range(2):
        ana.post("/me/notices/address", data={"email": "ana@mail.example"})
        carried(utcnow())
    first, second = map(link_in, inbox.mails)
    assert first == second


def test_a_link_that_is_old_cut_made_up_or_for_another_address_says_the_same(
    ana, nobody, cast, mail_is_on, inbox, carried
):
    ana.post("/me/notices/address", data={"email": "old@mail.example"})
    carried(utcnow())
    ana.post("/me/notices/address", data={"email": "new@mail.example"})
    carried(utcnow())
    old, new = map(link_in, inbox.mails)
    shouted = "/confirm/" + new.removeprefix("/confirm/").upper()
    wrong = [old, new[:-1], new + "a", shouted, "/confirm/" + "a" * 52, "/confirm/ñ", "/confirm/" + cast["Cy"].id * 2]
    answers = [getattr(nobody, method)(path) for path in wrong for method in ("get", "post")]
    with time_machine.travel(utcnow() + CONFIRM_LASTS, tick=False):
        answers += [nobody.get(new), nobody.post(new)]
        assert "Nobody said yes in the mail to new@mail.example" in words(nobody_signed_in_again(ana))
    assert {answer.status_code for answer in answers} == {404}
    assert len({words(answer) for answer in answers}) == 1
    assert Address.of(cast["Ana"].id).confirmed_at is None


def nobody_signed_in_again(ana):
    ana.post("/enter", data={"name": "Ana", "passphrase": "kettle window river bread", "own_phone": "y"})
    return ana.get("/me/notices")


def test_a_new_address_takes_the_old_ones_place_and_is_asked_first(ana, cast, mail_is_on):
    say_yes(cast["Ana"], now=utcnow())
    ana.post("/me/notices/address", data={"email": "ana@mail.example"})
    assert Address.of(cast["Ana"].id).confirmed_at, "the same again changes nothing"
    ana.post("/me/notices/address", data={"email": "other@mail.example"})
    assert Address.of(cast["Ana"].id).confirmed_at is None
    assert Wishes.select().count() == 1


@pytest.mark.parametrize("email", ["", "ana", "ana@", "ana@mail", "a b@mail.example", "a@b.c\r\nBcc: x@y.z", "x" * 255])
def test_what_is_no_address_is_given_back_with_a_sentence(ana, cast, mail_is_on, email):
    answer = ana.post("/me/notices/address", data={"email": email})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert not Address.select().exists()


def test_a_wrong_address_unticks_nothing_of_what_mail_is_wanted_for(ana, mail_is_on):
    ana.post("/me/notices", data={**WISHES, "says_time": "y"})
    asked = ana.get("/me/notices").text, ana.post("/me/notices/address", data={"email": "ana@"}).text
    before, after = (re.findall(r"<input[^>]* checked[^>]*>", text) for text in asked)
    assert {"reminder", "changed", "says_time"} <= set(re.findall(r'name="(\w+)"', " ".join(before)))
    assert after == before


def test_what_was_ticked_is_kept_when_the_address_is_sent_and_the_other_way_round(ana, cast, mail_is_on):
    assert ana.post("/me/notices/address", data={**WISHES, "email": "ana@mail.example"}).status_code == 303
    assert (Wishes.of(cast["Ana"].id).early, Address.of(cast["Ana"].id).email) == (180, "ana@mail.example")
    assert ana.post("/me/notices", data={**WISHES, "early": "60", "email": "new@mail.example"}).status_code == 303
    assert (Wishes.of(cast["Ana"].id).early, Address.of(cast["Ana"].id).email) == (60, "new@mail.example")
    assert ana.post("/me/notices", data={**WISHES, "email": " "}).status_code == 303, "no address is asked for"
    assert Address.of(cast["Ana"].id).email == "new@mail.example"


@pytest.mark.parametrize("button", ["/me/notices", "/me/notices/address"])
def test_where_one_half_is_wrong_nothing_is_kept_and_both_stand_as_they_were_typed(ana, cast, mail_is_on, button):
    answer = ana.post(button, data={**WISHES, "early": "60", "email": "ana@"})
    assert answer.status_code == 422
    assert re.search(r'<input checked[^>]* name="early"[^>]* value="60">', answer.text)
    assert 'value="ana@"' in answer.text
    assert not Wishes.select().exists()
    assert ana.post(button, data={**WISHES, "early": "7", "email": "ana@mail.example"}).status_code == 422
    assert not Address.select().exists()


def test_who_has_no_address_yet_is_asked_for_it_before_anything_else(ana, mail_is_on):
    def order() -> list[str]:
        return re.findall(r"<h2>([^<]+)</h2>", ana.get("/me/notices").text)

    assert order() == ["What arrives", "Where to", "What, and when"]
    ana.post("/me/notices/address", data={"email": "ana@mail.example"})
    assert order() == ["What arrives", "What, and when", "Where to", "No more"]


def test_nobodys_mailbox_is_flooded(ana, bo, mail_is_on):
    asked = [client.post("/me/notices/address", data={"email": "cy@mail.example"}) for client in (ana, bo) * 4]
    assert [answer.status_code for answer in asked] == [303, 303] + [422] * 6
    assert "Wait a while, then ask again." in words(asked[-1])


def test_wishes_are_kept_and_shown(ana, cast):
    answer = ana.post("/me/notices", data={**WISHES, "pace": "weekly", "says_time": "y"})
    assert answer.status_code == 303
    kept = Wishes.of(cast["Ana"].id)
    assert (kept.reminder, kept.changed, kept.asked, kept.early) == (True, True, False, 180)
    assert (kept.quiet_from, kept.quiet_to, kept.digest, kept.digest_day, kept.digest_hour) == (20, 9, True, 2, 9)
    assert kept.says_time
    page = ana.get("/me/notices").text
    assert "Subject: The days ahead" in page
    assert re.search(r'<option selected value="9">09:00</option>', page)
    assert ana.post("/me/notices", data={**WISHES, "early": "7"}).status_code == 422


def test_whoever_ticks_nothing_reads_that_nothing_comes(ana, cast):
    ana.post("/me/notices", data={name: value for name, value in WISHES.items() if value != "y"})
    assert "Nothing, since nothing is ticked below." in words(ana.get("/me/notices"))


def test_stopping_erases_the_address_and_what_waits(ana, cast):
    say_yes(cast["Ana"])
    remind(cast["Ana"], utcnow() + DAY, now=utcnow())
    for _n in range(2):
        assert ana.post("/me/notices/forget").status_code == 303
    assert not Address.select().exists()
    assert not Outbox.select().exists()
    assert "your address is erased here" in words(ana.get("/me/notices"))


def test_without_a_mail_server_the_page_says_so_and_asks_for_no_address(ana, app, cast, monkeypatch):
    settings = replace(app.config["PORTAL"], base_url="https://elm.example")
    monkeypatch.setitem(app.config, "PORTAL", settings)
    page = ana.get("/me/notices")
    assert "At the moment no mail goes out from this place." in words(page)
    assert 'name="email"' not in page.text


def test_without_a_mail_server_what_waits_is_not_lost(app, cast, monkeypatch, carried, inbox):
    say_yes(cast["Ana"])
    row = remind(cast["Ana"], utcnow() + DAY, now=utcnow())
    monkeypatch.setitem(app.config, "PORTAL", replace(app.config["PORTAL"], base_url="https://elm.example"))
    with app.app_context():
        carry(row.due_at, Event())
    assert Outbox.get_by_id(row.id).due_at == row.due_at
    carried(row.due_at)
    assert len(inbox.mails) == 1


# Ending it from the mail itself.


@pytest.fixture
def off(app, cast):
    """The path that ends Ana's mail."""
    say_yes(cast["Ana"])
    return "/off/" + off_token(app.config["SECRET_KEY"], cast["Ana"].id, "ana@mail.example")


def test_mail_ends_without_signing_in(nobody, cast, off, csrf):
    page = nobody.get(off)
    assert "Shall these mails end?" in words(page)
    assert Address.of(cast["Ana"].id), "opening the page ends nothing"
    for _n in range(2):
        answer = nobody.post(off, data={"csrf_token": re.search(r'name="csrf_token" value="(\S+)"', page.text)[1]})
        assert (answer.status_code, "No more mail" in words(answer)) == (200, True)
    assert Address.of(cast["Ana"].id) is None


def test_a_mail_program_ends_it_by_itself(nobody, cast, off, csrf):
    """RFC 8058: from anywhere, without a session, without a token of ours, without being led on."""
    answer = nobody.post(off, data={"List-Unsubscribe": "One-Click"}, headers=ELSEWHERE)
    assert answer.status_code == 200
    assert Address.of(cast["Ana"].id) is None


def test_no_other_address_may_be_asked_from_elsewhere(app, nobody):
    views = app.view_functions.items()
    assert [name for name, view in views if getattr(view, "from_anywhere", False)] == ["notices.off"]
    for rule in app.url_map.iter_rules():
        if "POST" in rule.methods and rule.endpoint != "notices.off":
            path = re.sub(r"<[^>]+>", "a" * 26, rule.rule)
            assert nobody.post(path, headers=ELSEWHERE).status_code == 400, rule
    assert SAFE == ("GET", "HEAD", "OPTIONS")


def test_an_old_mail_ends_nothing_that_goes_to_another_address(nobody, cast, off):
    say_yes(cast["Ana"], "new@mail.example")
    assert "No more mail" in words(nobody.post(off)), "it is true of the address it came to"
    assert Address.of(cast["Ana"].id).email == "new@mail.example"


def test_the_page_is_the_same_whether_or_not_there_is_mail_or_an_account(app, nobody, cast, off):
    secret = app.config["SECRET_KEY"]
    gone = "/off/" + off_token(secret, "b" * 26, "ana@mail.example")
    cy = "/off/" + off_token(secret, cast["Cy"].id, "cy@mail.example")
    for method in ("get", "post"):
        assert len({getattr(nobody, method)(path).text for path in (off, gone, cy)}) == 1


def test_a_token_that_was_not_made_here_opens_nothing(app, nobody, cast, off):
    other = off_token("another secret" * 4, cast["Ana"].id, "ana@mail.example")
    for token in (other, off[5:-1], off[5:] + "a", off[5:].upper(), "a" * 64, "ñ", "="):
        assert nobody.get(f"/off/{token}").status_code == nobody.post(f"/off/{token}").status_code == 404
    assert Address.of(cast["Ana"].id)


def test_no_page_of_anyone_else_shows_or_changes_ones_mail(app, nobody, bo, cy, stew, cast):
    say_yes(cast["Ana"])
    before = list(Address.select().dicts()), list(Wishes.select().dicts())
    for client in (bo, cy, stew):
        assert "ana@mail.example" not in client.get("/me/notices").text
        client.post("/me/notices/forget")
    for method, path in (("get", ""), ("post", ""), ("post", "/address"), ("post", "/forget")):
        assert getattr(nobody, method)(f"/me/notices{path}").location.startswith("/enter?next=")
    assert (list(Address.select().dicts()), list(Wishes.select().dicts())) == before


# The steward's page.


def test_the_steward_reads_that_no_mail_server_is_set_and_how_to(stew, app, monkeypatch):
    assert "mails are printed where it was started" in words(stew.get("/steward/mail"))
    monkeypatch.setitem(app.config, "PORTAL", replace(app.config["PORTAL"], base_url="https://elm.example"))
    page = stew.get("/steward/mail")
    assert "No mail server is set, so no mail goes out." in words(page)
    assert "smtp_url = " in page.text
    assert 'name="email"' not in page.text
    assert '<a href="/steward/mail">' in stew.get("/steward").text


def test_the_steward_tries_it_and_reads_what_the_server_says(stew, mail_is_on, inbox):
    assert "The mail server took it." in words(stew.post("/steward/mail", data={"email": "stew@mail.example"}))
    assert [mail["Subject"] for mail in inbox.mails] == ["A test"]
    assert inbox.mails[0]["From"] == "Elm Street <post@elm.example>"
    inbox.at_recipient = ["550 5.7.1 <b>relaying denied</b>", "451 come back later"]
    answer = stew.post("/steward/mail", data={"email": "other@mail.example"})
    assert "refused this mail or this address for good" in words(answer)
    assert "550 5.7.1 &lt;b&gt;relaying denied&lt;/b&gt;" in answer.text
    assert "could not be sent now" in words(stew.post("/steward/mail", data={"email": "third@mail.example"}))
    assert not Address.select().exists()


@pytest.mark.usefixtures("still")
def test_trying_is_slowed_down(stew, mail_is_on, inbox):
    asked = [stew.post("/steward/mail", data={"email": f"{n}@mail.example"}).status_code for n in range(8)]
    assert asked == [200] * 5 + [422] * 3
    assert len(inbox.mails) == 5


def test_a_wrong_address_is_said_to_the_steward(stew, mail_is_on):
    assert stew.post("/steward/mail", data={"email": "stew"}).status_code == 422


def test_the_steward_is_told_of_a_sender_that_tells_too_much(stew, app, mail_is_on, monkeypatch):
    settings = replace(app.config["PORTAL"], mail_from="circle@elm.example")
    monkeypatch.setitem(app.config, "PORTAL", settings)
    assert "“circle” in them tells what kind of place this is" in words(stew.get("/steward/mail"))


def test_the_steward_sees_no_address_of_anyone(stew, cast):
    say_yes(cast["Ana"])
    for path in ("/steward", "/steward/mail", "/steward/people", "/steward/settings"):
        assert "mail.example" not in stew.get(path).text.replace("mail.example.org", "").replace("me@mail.example", "")


def test_only_the_steward_has_that_page(ana, cy, nobody):
    for client in (ana, cy):
        assert client.get("/steward/mail").status_code == client.post("/steward/mail").status_code == 404
    assert nobody.get("/steward/mail").location.startswith("/enter?next=/steward/mail")
