"""Mail reaches a real mail server once, waits where it must wait, and is dropped when it no longer helps."""

import logging
import re
from datetime import timedelta

import pytest

from portal.accounts.models.people import Person
from portal.db import db, new_id
from portal.jobs import CHORES
from portal.notices.models import KEPT, LEASE, MOST_DOUBTS, Address, Outbox, Wishes, wanted
from portal.notices.post import MailServer, Post
from portal.notices.tokens import off_token
from tests.cast import enter
from tests.notices.conftest import DAY, HOUR, NOON, remind, say_yes
from tests.notices.mailserver import HANG
from tests.ports import free_port

HANGS = 2  # seconds that a server which hangs is waited for; the others never need them


@pytest.fixture
def ana(cast, app):
    say_yes(cast["Ana"])
    return cast["Ana"]


@pytest.fixture
def bo(cast, app):
    say_yes(cast["Bo"])
    return cast["Bo"]


def again(row: Outbox) -> Outbox:
    return Outbox.get_by_id(row.id)


def test_what_is_due_arrives_once_and_nothing_earlier(ana, inbox, carried):
    row = remind(ana, NOON + DAY)
    carried(NOON - timedelta(seconds=1))
    assert inbox.mails == []
    for _n in range(3):
        carried(NOON)
    assert inbox.recipients == ["ana@mail.example"]
    assert again(row).sent_at == NOON


def test_a_mail_tells_nothing(ana, inbox, carried):
    remind(ana, NOON + DAY)
    carried(NOON)
    (mail,) = inbox.mails
    assert mail["Subject"] == "For your calendar"
    assert mail["From"] == "Elm Street <portal@localhost>"
    assert mail.get_content().splitlines()[0] == "Something is on your calendar: Tuesday 24 November."
    telling = re.compile(rb"circle|heal|meet|\btable|support|grief|portal\.db|Ana|18:00", re.IGNORECASE)
    given = rb"/off/[a-z2-7]+|portal@localhost|ana@mail.example|Date: .*|Message-ID: .*"
    plain = re.sub(given, b"", inbox.raw[0].replace(b"=\r\n", b""))
    assert not telling.search(plain), plain
    assert "X-" not in "".join(mail.keys())


def test_a_program_can_end_it_with_one_press(ana, inbox, carried, app, nobody):
    remind(ana, NOON + DAY)
    carried(NOON)
    (mail,) = inbox.mails
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(r"<http://localhost:8080/off/[a-z2-7]{64}>", mail["List-Unsubscribe"])
    assert re.search(rb"(?m)^List-Unsubscribe: <\S+>\r$", inbox.raw[0]), "folded or encoded, programs do not find it"


def test_saying_it_again_sends_nothing_twice(ana, inbox, carried):
    row = remind(ana, NOON + DAY)
    for hours in (0, 1, 2, 5):
        remind(ana, NOON + DAY, row.about, now=NOON + hours * HOUR)
        carried(NOON + hours * HOUR)
    assert len(inbox.mails) == Outbox.select().count() == 1


def test_what_moves_is_planned_anew_even_if_it_was_sent(ana, inbox, carried):
    row = remind(ana, NOON + DAY)
    remind(ana, NOON + 3 * DAY, row.about)
    carried(NOON)
    assert inbox.mails == []
    carried(NOON + 2 * DAY)
    remind(ana, NOON + 5 * DAY, row.about, now=NOON + 2 * DAY)
    carried(NOON + 4 * DAY)
    days = [re.search(r"\d+ November", mail.get_content())[0] for mail in inbox.mails]
    assert days == ["26 November", "28 November"]


def test_a_change_after_a_change_is_told_again(ana, inbox, carried):
    row = remind(ana, NOON + 3 * DAY, kind="changed", now=NOON, version=1)
    carried(NOON)
    remind(ana, NOON + 3 * DAY, row.about, kind="changed", now=NOON + HOUR, version=1)
    carried(NOON + HOUR)
    assert len(inbox.mails) == 1
    remind(ana, NOON + 3 * DAY, row.about, kind="changed", now=NOON + 2 * HOUR, version=2)
    carried(NOON + 2 * HOUR)
    assert len(inbox.mails) == 2
    assert len(set(inbox.ids)) == 2, "this is another mail, no double"


def test_what_is_called_off_is_not_sent(ana, bo, inbox, carried):
    about = remind(ana, NOON + DAY).about
    remind(bo, NOON + DAY, about)
    remind(ana, NOON + DAY, about, kind="asked", now=NOON)
    Outbox.cancel(about, "asked")
    assert {row.kind for row in Outbox.select()} == {"reminder"}
    Outbox.cancel(about, person_id=bo.id)
    carried(NOON)
    assert inbox.recipients == ["ana@mail.example"]
    Outbox.cancel(about)
    remind(ana, NOON + DAY, about, now=NOON)
    carried(NOON + HOUR)
    assert len(inbox.mails) == 1, "what was sent stays known as sent"


def test_only_who_has_an_address_and_wants_it_is_written_to(ana, cast, inbox, carried, app):
    say_yes(cast["Bo"], reminder=False)
    Address.ask(cast["Cy"].id, "cy@mail.example", NOON)
    Outbox.delete().execute()
    people = [cast[name].id for name in ("Ana", "Bo", "Cy", "Stew")]
    assert wanted(people, "reminder") == {ana.id}
    Outbox.put_for(people, new_id(), "reminder", NOON + DAY, NOON - DAY)
    carried(NOON)
    assert inbox.recipients == ["ana@mail.example"]


def test_what_is_late_is_dropped(ana, inbox, carried):
    at = NOON + DAY
    for drop_at in (None, at - HOUR, at + HOUR):
        remind(ana, at, drop_at=drop_at)
    carried(at)
    assert len(inbox.mails) == 1, "only what may come later than it begins"
    carried(at + HOUR)
    assert len(inbox.mails) == 1


def test_a_portal_that_was_off_until_night_keeps_the_quiet_hours(ana, inbox, carried):
    remind(ana, NOON + DAY)
    night, morning = NOON + 10 * HOUR, NOON + 20 * HOUR  # 22:00 and 8:00 in Chicago
    carried(night)
    carried(morning - timedelta(minutes=1))
    assert inbox.mails == []
    carried(morning)
    assert len(inbox.mails) == 1


def test_one_mail_a_week_holds_all_that_is_due(ana, cast, inbox, carried):
    say_yes(ana, digest=True, digest_day=6, digest_hour=17)
    remind(ana, NOON + 9 * DAY, now=NOON)
    remind(ana, NOON + 7 * DAY, now=NOON)
    remind(ana, NOON + 20 * DAY, now=NOON)
    remind(ana, NOON + 9 * DAY, kind="changed", now=NOON)
    carried(NOON + 2 * DAY)
    assert inbox.mails == []
    carried(NOON + 6 * DAY + 5 * HOUR)
    (mail,) = inbox.mails
    assert mail["Subject"] == "The days ahead"
    assert mail.get_content().splitlines()[:5] == [
        "On your calendar:",
        "- Monday 30 November",
        "- Wednesday 2 December",
        "A date on your calendar has changed.",
        "",
    ]
    carried(NOON + 6 * DAY + 6 * HOUR)
    assert len(inbox.mails) == 1


def test_the_time_of_day_stands_in_it_only_for_who_chose_so(ana, inbox, carried):
    say_yes(ana, says_time=True)
    remind(ana, NOON + DAY)
    carried(NOON)
    assert "Tuesday 24 November, 12:00." in inbox.mails[0].get_content()


def test_it_is_written_in_the_persons_language(ana, inbox, carried):
    Person.update(language="es").where(Person.id == ana.id).execute()
    remind(ana, NOON + DAY)
    carried(NOON)
    assert "martes 24 de noviembre" in inbox.mails[0].get_content()


def test_other_wishes_plan_what_waits_anew(ana, inbox, carried):
    row = remind(ana, NOON + DAY)
    asked = remind(ana, NOON + DAY, kind="asked", now=NOON - DAY)
    wishes = Wishes.of(ana.id)
    wishes.early, wishes.asked = 60, False
    wishes.keep(NOON - DAY)
    assert again(row).due_at == NOON + 23 * HOUR
    assert not Outbox.select().where(Outbox.id == asked.id).exists()


# What a mail server may answer.


def test_a_mailbox_that_does_not_exist_is_given_up_and_its_person_reads_so(ana, inbox, carried, app):
    inbox.at_recipient = ["550 5.1.1 no such mailbox: ana@mail.example"]
    row = remind(ana, NOON + DAY)
    for hours in range(5):
        carried(NOON + hours * HOUR)
    assert again(row).gone == "refused"
    assert inbox.mails == []
    assert Address.of(ana.id).refused_at == NOON
    assert "The mail of 23 November did not arrive" in enter(app, "Ana").get("/me/notices").text


def test_once_a_mail_arrives_the_page_speaks_of_no_refusal(ana, inbox, carried):
    inbox.at_mail = ["554 looks like junk"]
    remind(ana, NOON + DAY)
    remind(ana, NOON + DAY + HOUR)
    carried(NOON)
    assert Address.of(ana.id).refused_at
    carried(NOON + HOUR)
    assert Address.of(ana.id).refused_at is None


def test_a_server_that_asks_for_patience_is_tried_again_with_growing_waits(ana, inbox, carried):
    inbox.at_recipient = ["451 greylisted"] * 6
    remind(ana, NOON + DAY)
    tried = []
    for minutes in range(60):
        left = len(inbox.at_recipient) - len(inbox.mails)
        carried(NOON + timedelta(minutes=minutes))
        tried += [minutes] if len(inbox.at_recipient) - len(inbox.mails) < left else []
    assert tried == [0, 1, 3, 7, 15, 30, 45]
    assert inbox.recipients == ["ana@mail.example"]


def test_one_mailbox_that_must_wait_keeps_no_other_waiting(ana, bo, inbox, carried):
    inbox.at_recipient = ["451 greylisted"]
    for member in (ana, bo):
        remind(member, NOON + DAY)
    Outbox.update(due_at=NOON).execute()
    carried(NOON)
    assert len(inbox.mails) == 1


def test_a_server_that_is_not_there_loses_nothing(ana, inbox, carried):
    row = remind(ana, NOON + DAY)
    nobody_there = MailServer("127.0.0.1", free_port(), tls_at_once=False, patience=1)
    carried(NOON, Post(nobody_there, "localhost"))
    assert again(row).due_at == NOON + timedelta(minutes=1)
    assert again(row).doubts == 0
    carried(NOON + timedelta(minutes=1))
    assert len(inbox.mails) == 1


def test_a_server_that_goes_on_refusing_until_it_begins_is_left_alone_then(ana, inbox, carried):
    inbox.at_recipient = ["451 not now"] * 1000
    row, now = remind(ana, NOON + HOUR, now=NOON), NOON
    while now < NOON + 3 * HOUR:
        carried(now)
        now += timedelta(minutes=1)
    assert 5 <= 1000 - len(inbox.at_recipient) <= 10
    assert again(row).tries == 1000 - len(inbox.at_recipient)


def test_a_server_that_hangs_with_the_mail_in_hand_gets_it_twice_at_most(ana, inbox, carried, post):
    inbox.at_mail = [HANG] * 10
    row, now = remind(ana, NOON + DAY), NOON
    for _n in range(6):
        carried(now, post(patience=HANGS))
        now += HOUR
    assert len(inbox.mails) == MOST_DOUBTS == 2
    assert len(set(inbox.ids)) == 1, "a mail program can tell that they are one"
    assert again(row).gone == "unsure"


def test_a_server_that_hangs_once_gets_it_once_more(ana, inbox, carried, post):
    inbox.at_mail = [HANG]
    row = remind(ana, NOON + DAY)
    carried(NOON, post(patience=HANGS))
    carried(NOON + HOUR)
    assert again(row).sent_at
    assert len(inbox.mails) == 2


def test_a_mail_in_other_hands_is_left_there_until_the_lease_ends(ana, inbox, carried, app):
    row = remind(ana, NOON + DAY)
    assert [one.id for one in Outbox.take(NOON)] == [row.id]
    carried(NOON + LEASE - timedelta(seconds=1))
    assert inbox.mails == []
    carried(NOON + LEASE)
    assert len(inbox.mails) == 1


def test_what_moves_while_it_is_in_hand_is_sent_anew(ana, inbox, carried):
    row = remind(ana, NOON + DAY)
    inbox.on_arrival = lambda mail: moved.append(remind(ana, NOON + 3 * DAY, row.about, now=NOON)) or db.close()
    moved = []
    carried(NOON)
    inbox.on_arrival = lambda mail: None
    assert moved
    assert again(row).sent_at is None
    carried(NOON + 2 * DAY)
    assert len(inbox.mails) == 2


def test_an_address_that_goes_takes_its_mail_along(ana, inbox, carried):
    remind(ana, NOON + DAY)
    Address.forget(ana.id)
    assert not Outbox.select().exists()
    carried(NOON)
    assert inbox.mails == []


def test_a_yes_counts_for_the_address_it_came_from_alone(cast, app):
    """Also where another one is given within the same second."""
    Address.ask(cast["Cy"].id, "cy@mail.example", NOON)
    hers = Address.of(cast["Cy"].id)
    Address.ask(cast["Cy"].id, "somebody.else@mail.example", NOON)
    hers.confirm(NOON)
    assert Address.of(cast["Cy"].id).confirmed_at is None


def test_what_is_called_off_or_old_is_gone_from_the_log_too(ana, app, home):
    """It says who was told of what, and so perhaps who did not come."""
    row = remind(ana, NOON + DAY)
    Outbox.cancel(row.about)
    assert (home / "portal.db-wal").stat().st_size == 0
    row = remind(ana, NOON + DAY)
    Outbox.forget_old(row.drop_at + KEPT + timedelta(seconds=1))
    assert (home / "portal.db-wal").stat().st_size == 0


def test_old_rows_go_when_nobody_can_ask_for_them_again(ana, app, cast):
    row = remind(ana, NOON + DAY)
    Address.ask(cast["Cy"].id, "cy@mail.example", NOON)
    (sweep,) = [chore for chore in CHORES if "forget_old_mail" in chore.name]
    sweep.do(row.drop_at + KEPT)
    assert Outbox.select().where(Outbox.id == row.id).exists()
    sweep.do(row.drop_at + KEPT + timedelta(seconds=1))
    assert not Outbox.select().where(Outbox.id == row.id).exists()
    assert not Address.of(cast["Cy"].id), "and addresses that nobody confirmed"
    assert Address.of(ana.id)


def test_a_person_who_goes_leaves_nothing_here(ana, app):
    remind(ana, NOON + DAY)
    Person.delete().where(Person.id == ana.id).execute()
    assert [model.select().count() for model in (Address, Wishes, Outbox)] == [0, 0, 0]


def test_the_log_names_no_address_and_no_token(ana, bo, inbox, carried, caplog, app, capfd):
    logger = logging.getLogger("portal")
    logger.addHandler(caplog.handler)
    inbox.at_recipient = ["550 no mailbox ana@mail.example", "451 bo@mail.example must wait"]
    for member in (ana, bo):
        remind(member, NOON + DAY)
    carried(NOON)
    carried(NOON + HOUR)
    logger.removeHandler(caplog.handler)
    said = caplog.text + "".join(capfd.readouterr())
    assert "mail refused reminder 550" in said
    assert "mail taken reminder 250" in said
    secret = app.config["SECRET_KEY"]
    for canary in ("ana@", "bo@", "mail.example", ana.id, off_token(secret, bo.id, "bo@mail.example")):
        assert canary not in said
