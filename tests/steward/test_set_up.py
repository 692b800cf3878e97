"""From an empty portal to its steward: one link, one form, once."""

import re
import threading
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from portal import vault
from portal.accounts.errors import LinkClosed
from portal.accounts.models.links import FirstLink
from portal.accounts.models.people import Person
from portal.accounts.models.portals import Portal
from portal.accounts.neutral import telling_word
from portal.db import Table, db, utcnow
from portal.steward.models import claim, link_file, open_set_up_link, prepare_portal, set_up_link
from tests.cast import PASSPHRASE, insecure_stretching

ANSWERS = {
    "portal_name": "Oak Corner",
    "language": "es",
    "zone": "America/Los_Angeles",
    "ages": "young",
    "leave": "own",
    "leave_own": "www.example.org/tides",
    "name": "Noor",
    "which": "own",
    "passphrase": PASSPHRASE,
}


@pytest.fixture
def settings(app: Flask):
    """Of a portal that nobody has set up. Its one row stands, so that the machine need not be measured each time."""
    db.pragma("foreign_keys", 0)
    for table in Table.__subclasses__():
        if table.table_exists():
            table.delete().execute()
    db.pragma("foreign_keys", 1)
    Portal.create(id=1, **insecure_stretching())
    return app.config["PORTAL"]


@pytest.fixture
def link(settings) -> str:
    return path_of(set_up_link(settings))


def path_of(address: str) -> str:
    return "/setup/" + address.rpartition("/")[2]


def hidden(page: str, name: str) -> str:
    return re.search(rf'name="{name}"[^>]*value="([^"]+)"', page)[1]


def title(page: str) -> str:
    return re.search(r"<title>(.*)</title>", page)[1]


def test_the_wizard_from_the_printed_address_to_the_first_invitation(nobody, settings, csrf):
    start = set_up_link(settings).removeprefix("http://localhost:8080")
    asked = nobody.get(start).text
    offered = hidden(asked, "offered")
    assert len(offered.split()) == 5
    answers = {**ANSWERS, "which": "offered", "offered": offered, "csrf_token": hidden(asked, "csrf_token")}
    opened = nobody.post(start, data=answers)
    assert (opened.status_code, opened.location) == (303, "/me/code?next=/steward/invite")

    code = nobody.get(opened.location).text
    assert 'href="/steward/invite"' in code
    assert "Invit" in nobody.get("/steward/invite").text

    portal, steward = Portal.current(), Person.get()
    assert (portal.name, portal.language, portal.zone) == ("Oak Corner", "es", "America/Los_Angeles")
    assert (portal.ages, portal.leave_to) == ("young", "https://www.example.org/tides")
    assert portal.set_up_at is not None
    assert (steward.name, steward.is_steward, steward.is_healer) == ("Noor", True, False)
    assert (steward.language, steward.zone) == ("es", "America/Los_Angeles")
    assert Person.come_in("noor", offered)[0].id == steward.id


def test_opening_the_link_uses_nothing_up(app, link):
    for _ in range(3):
        assert app.test_client().get(link).status_code == 200
        assert app.test_client().head(link).status_code == 200
    assert app.test_client().post(link, data=ANSWERS).status_code == 303


def test_afterwards_every_set_up_address_is_closed_for_good_and_looks_the_same(app, settings, link):
    assert app.test_client().post(link, data=ANSWERS).status_code == 303
    expired = "/setup/" + FirstLink.make("setup", utcnow() - timedelta(days=30))
    left_behind = "/setup/" + FirstLink.make("setup", utcnow())
    answers = [app.test_client().get(path) for path in (link, expired, left_behind, "/setup/made-up")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert app.test_client().post(left_behind, data=ANSWERS).status_code == 404
    assert app.test_client().get("/setup").status_code == 404
    assert Person.select().count() == 1


def test_a_link_that_ran_out_says_how_to_get_another_while_there_is_no_steward(app, link):
    with time_machine.travel(utcnow() + timedelta(days=2, minutes=1), tick=False):
        answers = [app.test_client().get(path) for path in (link, "/setup/made-up")]
        assert app.test_client().post(link, data=ANSWERS).status_code == 404
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert "setup-link" in answers[0].text


def test_a_newer_link_ends_the_one_before_it(app, settings, link):
    newer = path_of(set_up_link(settings))
    assert app.test_client().get(link).status_code == 404
    assert app.test_client().get(newer).status_code == 200


def test_a_healers_link_sets_nothing_up(app, settings):
    assert app.test_client().get("/setup/" + FirstLink.make("healer", utcnow())).status_code == 404


def test_of_two_who_send_at_once_one_opens_the_place(app, link):
    together, statuses = threading.Barrier(2), []

    def send(name: str) -> None:
        client = app.test_client()
        together.wait()
        statuses.append(client.post(link, data={**ANSWERS, "name": name}).status_code)
        db.close()

    threads = [threading.Thread(target=send, args=(name,)) for name in ("Noor", "Mallory")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, 404]
    assert Person.select().where(Person.is_steward).count() == 1


def test_of_two_who_both_got_as_far_as_sending_the_second_changes_nothing(settings):
    token = set_up_link(settings).rpartition("/")[2]
    links = [open_set_up_link(token, utcnow()) for _ in range(2)]
    stewards = [Person.prepare(name, PASSPHRASE, utcnow().date(), is_steward=True)[0] for name in ("Noor", "Mallory")]
    claim(links[0], stewards[0], {"name": "Oak Corner"}, utcnow())
    with pytest.raises(LinkClosed):
        claim(links[1], stewards[1], {"name": "Elsewhere"}, utcnow())
    assert [person.name for person in Person.select()] == ["Noor"]
    assert Portal.current().name == "Oak Corner"


def test_no_link_is_made_once_there_is_a_steward(app, settings, link):
    kept = link_file(settings)
    assert kept.read_text().strip().endswith(link)
    assert kept.stat().st_mode & 0o777 == 0o600
    app.test_client().post(link, data=ANSWERS)
    assert not kept.exists()
    assert set_up_link(settings) is None
    assert not kept.exists()


def test_the_link_itself_is_nowhere_in_the_database(settings, link):
    token = link.removeprefix("/setup/").encode()
    db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert token not in settings.database.read_bytes()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"portal_name": " "}, "fill this in"),
        ({"portal_name": "Oak Healing Corner"}, "“Healing” says what kind of place"),
        ({"portal_name": "x" * 61}, "one character too long"),
        ({"zone": "Mars/Base"}, "Not a valid choice"),
        ({"ages": "everyone"}, "Not a valid choice"),
        ({"leave": "https://evil.example/"}, "Not a valid choice"),
        ({"leave_own": ""}, "not a whole address"),
        ({"leave_own": "http://www.example.org"}, "begins with https://"),
        ({"leave_own": "https://localhost/"}, "not a whole address"),
        ({"name": ""}, "fill this in"),
        ({"passphrase": "short"}, "at least 12"),
        ({"passphrase": "oak corner noor"}, "too close to the name"),
        ({"passphrase": "oakcorner123"}, "too close to the name"),
    ],
)
def test_what_would_not_do_is_said_beside_it_and_the_rest_is_kept(nobody, link, wrong, says):
    sent = {**ANSWERS, **wrong, "offered": "kite lamp plum river stone"}
    answer = nobody.post(link, data=sent)
    assert answer.status_code == 422
    assert says in answer.text
    assert not Person.select().exists()
    assert Portal.current().set_up_at is None
    for name in ("portal_name", "leave_own", "name", "offered"):
        if sent[name].strip():
            assert hidden(answer.text, name) == sent[name]
    chosen = re.findall(r'(?:selected|checked)[^>]*value="([^"]*)"', answer.text)
    for name in {"language", "zone", "ages", "leave", "which"} - set(wrong):
        assert sent[name] in chosen
    assert nobody.get(link).status_code == 200


def test_one_of_the_sites_offered_needs_no_address(nobody, link):
    sent = {**ANSWERS, "leave": "https://www.wikipedia.org/", "leave_own": "left over from before"}
    assert nobody.post(link, data=sent).status_code == 303
    assert Portal.current().leave_to == "https://www.wikipedia.org/"
    assert nobody.get("/leave").location == "https://www.wikipedia.org/"


def test_the_page_names_neither_tables_nor_healing_where_a_passer_by_looks(nobody, link):
    assert telling_word(title(nobody.get(link).text)) is None


def test_the_machine_is_measured_once_when_the_portal_begins(settings):
    Portal.delete().execute()
    prepare_portal()
    first = Portal.get()
    assert vault.FLOOR <= first.cost <= vault.CEILING
    assert len(first.salt) == 32
    prepare_portal()
    again = Portal.get()
    assert (again.cost, again.salt, again.set_up_at) == (first.cost, first.salt, None)
