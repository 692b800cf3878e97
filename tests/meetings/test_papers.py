"""What is handed over is read by one person and then gone; a word on arriving is there while the meeting is."""

import re
from datetime import timedelta

import pytest

from portal.db import db, utcnow
from portal.jobs import CHORES
from portal.meetings.errors import ArrivalClosed, HandoverClosed
from portal.meetings.models.dates import Meeting
from portal.meetings.models.papers import ArrivalWord, Handed, Handover, forget_papers
from portal.meetings.models.turns import Turn
from portal.vault import Unsealable
from portal.web.errors import NotHere
from tests.cast import take_seat
from tests.reading import words

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
VALVE = Handed("Ruth begins next time", "Kanarienvogel", "Open the valve before")


@pytest.fixture
def last(meetings, people, begun):
    """The last meeting, which Bo facilitated."""
    Turn.take(meetings[3], people["Bo"], begun)
    return meetings[3]


@pytest.fixture
def upcoming(meetings, people):
    """The next meeting, for which Ana has said yes."""
    Turn.take(meetings[4], people["Ana"], utcnow())
    return meetings[4]


@pytest.fixture
def third(people, cast):
    """Cy sits here, too, and facilitates nothing."""
    return take_seat(people["Ana"], cast["Cy"])


def move(meeting, starts_at, lasting=2 * HOUR):
    when = {"starts_at": starts_at, "ends_at": starts_at + lasting}
    Meeting.update(when).where(Meeting.id == meeting.id).execute()


def left_of(sealed, home):
    """Whether any piece of it stands in the database's files; a long one is parted among pages."""
    disk = b"".join(path.read_bytes() for path in (home / "portal.db", home / "portal.db-wal") if path.exists())
    return any(sealed[n : n + 32] in disk for n in range(0, len(sealed) - 32, 32))


# Handing over.


def test_what_is_handed_over_is_read_by_who_facilitates_next_and_by_nobody_else(ana, bo, cy, at, last, upcoming, third):
    typed = {"carry_on": VALVE.carry_on, "let_be": VALVE.let_be, "practical": VALVE.practical}
    assert "To hand on" in words(bo.get(at(last)))
    assert bo.post(at(last, "/handover"), data=typed).status_code == 303
    said = words(ana.get(at(upcoming)))
    assert "Handed over to you" in said
    assert all(text in said for text in typed.values())
    assert "From Bo, who facilitated on" in said
    assert VALVE.practical in bo.get(at(last)).text
    for client, meeting in ((bo, upcoming), (ana, last), (cy, upcoming), (cy, last)):
        page = client.get(at(meeting))
        assert page.status_code == 200
        assert not any(text in page.text for text in typed.values())


def test_it_waits_for_a_yes_and_follows_who_takes_the_meeting_over(ana, bo, at, last, meetings, people, third):
    Handover.write(last, people["Bo"], VALVE, utcnow())
    assert VALVE.practical not in ana.get(at(meetings[4])).text
    Turn.take(meetings[4], people["Ana"], utcnow())
    assert VALVE.practical in ana.get(at(meetings[4])).text
    Turn.take(meetings[4], people["Bo"], utcnow(), instead_of=people["Ana"].id)
    assert VALVE.practical not in ana.get(at(meetings[4])).text
    assert VALVE.practical in bo.get(at(meetings[4])).text


def test_a_meeting_after_the_next_gets_nothing(ana, at, last, upcoming, meetings, people):
    Handover.write(last, people["Bo"], VALVE, utcnow())
    Turn.take(meetings[5], people["Ana"], utcnow())
    assert VALVE.practical not in ana.get(at(meetings[5])).text


def test_where_the_next_meeting_is_skipped_it_goes_on_to_the_one_after(ana, bo, at, last, upcoming, meetings, people):
    Handover.write(last, people["Bo"], VALVE, utcnow())
    upcoming.skip(people["Bo"], utcnow())
    Turn.take(meetings[5], people["Ana"], utcnow())
    assert VALVE.practical not in ana.get(at(upcoming)).text
    assert VALVE.practical in ana.get(at(meetings[5])).text
    forget_papers(upcoming.ends_at + MINUTE)
    assert VALVE.practical in ana.get(at(meetings[5])).text


def test_it_is_read_during_the_next_meeting_and_by_nobody_from_its_end_on(ana, bo, at, last, upcoming, people):
    Handover.write(last, people["Bo"], VALVE, utcnow())
    move(upcoming, utcnow() - HOUR)
    assert VALVE.practical in ana.get(at(upcoming)).text
    move(upcoming, utcnow() - 2 * HOUR)
    assert Handover.select().count() == 1, "no chore has been by: the clock alone decides"
    for client in (ana, bo):
        for meeting in (last, upcoming):
            assert VALVE.practical not in client.get(at(meeting)).text


def test_it_leaves_no_byte_behind_after_the_next_meeting(home, last, upcoming, people):
    Handover.write(last, people["Bo"], VALVE, utcnow())
    sealed = bytes(Handover.get().sealed_words)
    forget_papers(upcoming.ends_at - MINUTE)
    assert left_of(sealed, home)
    forget_papers(upcoming.ends_at)
    assert Handover.select().count() == 0
    assert not left_of(sealed, home)


def test_who_facilitated_writes_from_the_beginning_until_the_next_meeting_begins(last, upcoming, people):
    bo = people["Bo"]
    with pytest.raises(HandoverClosed):
        Handover.write(last, bo, VALVE, last.starts_at - MINUTE)
    Handover.write(last, bo, VALVE, last.starts_at)
    Handover.write(last, bo, Handed(practical="Changed"), upcoming.starts_at - MINUTE)
    assert Handover.own(last.id, bo) == Handed(practical="Changed")
    with pytest.raises(HandoverClosed):
        Handover.write(last, bo, VALVE, upcoming.starts_at)
    with pytest.raises(HandoverClosed):
        Handover.write(last, bo, Handed(), upcoming.starts_at)


def test_who_did_not_facilitate_has_nothing_to_write(ana, at, last, upcoming, people):
    assert "To hand on" not in words(ana.get(at(last)))
    assert ana.post(at(last, "/handover"), data={"practical": "Ana’s"}).status_code == 409
    assert ana.post(at(last, "/handover"), data={"practical": "x" * 1001}).status_code == 404
    assert ana.post(at(last, "/handover/erase")).status_code == 409
    with pytest.raises(HandoverClosed):
        Handover.write(upcoming, people["Ana"], VALVE, utcnow())
    assert Handover.select().count() == 0


def test_it_is_changed_sent_twice_and_erased_by_its_writer_alone(bo, home, at, last, upcoming):
    for _ in range(2):
        assert bo.post(at(last, "/handover"), data={"practical": "The key"}).status_code == 303
    assert Handover.select().count() == 1
    bo.post(at(last, "/handover"), data={"practical": "The other key"})
    assert "The other key" in bo.get(at(last)).text
    sealed = bytes(Handover.get().sealed_words)
    for _ in range(2):
        assert bo.post(at(last, "/handover/erase")).status_code == 303
    assert Handover.select().count() == 0
    assert not left_of(sealed, home)


def test_its_writer_can_change_and_erase_it_whoever_else_is_put_down_as_facilitating(
    ana, bo, at, last, upcoming, people
):
    bo.post(at(last, "/handover"), data={"carry_on": "Kanarienvogel"})
    Turn.settle(last, people["Ana"], {"facilitator": [people["Ana"].id]}, utcnow())
    assert "Kanarienvogel" in bo.get(at(last)).text
    assert "Kanarienvogel" not in ana.get(at(last)).text
    assert bo.post(at(last, "/handover"), data={"carry_on": "Another word"}).status_code == 303
    assert bo.post(at(last, "/handover/erase")).status_code == 303
    assert Handover.select().count() == 0
    assert bo.post(at(last, "/handover"), data={"carry_on": "Once more"}).status_code == 409


def test_what_is_too_long_is_given_back_whole_and_open(bo, at, last, upcoming):
    answer = bo.post(at(last, "/handover"), data={"carry_on": "word " * 201, "practical": "The key"})
    assert answer.status_code == 422
    assert "characters too long" in words(answer)
    assert "word " * 200 in answer.text
    assert ">\r\nThe key</textarea>" in answer.text
    assert re.search(r'<details class="fold" open><summary>Write something', answer.text)
    assert Handover.select().count() == 0


def test_another_form_of_the_page_that_is_refused_empties_no_handover(bo, at, last, upcoming, people):
    Handover.write(last, people["Bo"], VALVE, utcnow())
    answer = bo.post(at(last, "/held"), data={"holders": "nonsense"})
    assert answer.status_code == 422
    assert VALVE.practical in answer.text


def test_the_page_of_the_next_meeting_leads_the_last_facilitator_to_it(ana, bo, at, last, upcoming):
    assert f'href="{at(last)}#handover"' in bo.get(at(upcoming)).text
    assert "#handover" not in ana.get(at(upcoming)).text


def test_a_handover_is_sealed_at_one_size_and_goes_with_its_writers_seat(last, upcoming, people):
    Handover.write(last, people["Bo"], VALVE, utcnow())
    full = bytes(Handover.get().sealed_words)
    Handover.write(last, people["Bo"], Handed("a"), utcnow())
    assert len(bytes(Handover.get().sealed_words)) == len(full)
    for word in (b"Kanarienvogel", b"valve", b"practical"):
        assert word not in full
    people["Bo"].delete_instance()
    assert Handover.select().count() == 0


@pytest.mark.parametrize("column", ["id", "meeting_id", "seat_id"])
def test_a_handover_that_was_put_elsewhere_does_not_open(last, upcoming, people, column):
    Handover.write(last, people["Bo"], VALVE, utcnow())
    row = Handover.get()
    assert row.opened(people["Ana"]) == VALVE
    setattr(row, column, "a" * 26)
    with pytest.raises(Unsealable):
        row.opened(people["Ana"])


@pytest.mark.parametrize("field", ["seat", "meeting", "sealed_words"])
def test_a_handover_under_another_name_or_for_another_meeting_is_shown_to_nobody(
    ana, at, last, upcoming, meetings, people, third, field
):
    """It closes no page, and who wrote another still hands it on."""
    Turn.join(last, third, last.starts_at, beside=people["Bo"].id)
    Handover.write(last, third, Handed(practical="Kanarienvogel"), utcnow())
    Handover.write(last, people["Bo"], VALVE, utcnow())
    elsewhere = {"seat": people["Ana"].id, "meeting": meetings[2].id, "sealed_words": b"\1" * 300}
    Handover.update({field: elsewhere[field]}).where(Handover.seat == people["Bo"].id).execute()
    shown = ana.get(at(upcoming))
    assert shown.status_code == 200
    assert VALVE.practical not in shown.text
    assert "Kanarienvogel" in shown.text


def test_whose_handover_does_not_open_writes_another(bo, at, last, upcoming, people):
    Handover.write(last, people["Bo"], VALVE, utcnow())
    Handover.update(sealed_words=b"\1" * 300).execute()
    assert bo.get(at(last)).status_code == 200
    assert bo.post(at(last, "/handover"), data={"practical": "Once more"}).status_code == 303
    assert "Once more" in bo.get(at(last)).text


# Arriving.


def test_a_word_is_asked_for_from_an_hour_before_until_the_end(ana, at, upcoming, people):
    now = utcnow()
    for starts_at, asked in ((now + 61 * MINUTE, False), (now + 59 * MINUTE, True), (now - HOUR, True)):
        move(upcoming, starts_at)
        assert ("As you arrive" in words(ana.get(at(upcoming)))) == asked
        answer = ana.post(at(upcoming, "/arrival"), data={"word": "Tired"})
        assert answer.status_code == (303 if asked else 409)
        assert ArrivalWord.select().count() == asked
    move(upcoming, now - 2 * HOUR)
    assert "As you arrive" not in words(ana.get(at(upcoming)))
    assert ana.post(at(upcoming, "/arrival"), data={"word": "Late"}).status_code == 409


def test_the_others_read_a_word_only_while_the_meeting_lasts(ana, bo, at, upcoming):
    move(upcoming, utcnow() + 10 * MINUTE)
    ana.post(at(upcoming, "/arrival"), data={"word": "Tired and glad"})
    assert 'value="Tired and glad"' in ana.get(at(upcoming)).text
    assert "The others read your word while the meeting lasts." in words(ana.get(at(upcoming)))
    assert "The others read your word" not in words(bo.get(at(upcoming)))
    assert "Tired and glad" not in bo.get(at(upcoming)).text
    move(upcoming, utcnow() - 10 * MINUTE)
    assert "Ana Tired and glad" in words(bo.get(at(upcoming)))
    move(upcoming, utcnow() - 2 * HOUR)
    assert ArrivalWord.select().count() == 1, "no chore has been by: the clock alone decides"
    for client in (ana, bo):
        assert "Tired and glad" not in client.get(at(upcoming)).text


def test_a_word_leaves_no_byte_behind_when_the_meeting_closes(home, upcoming, people):
    move(upcoming, utcnow())
    ArrivalWord.say(upcoming, people["Ana"], "Kanarienvogel", utcnow())
    sealed = bytes(ArrivalWord.get().sealed_word)
    forget_papers(utcnow() + HOUR)
    assert left_of(sealed, home)
    forget_papers(utcnow() + 2 * HOUR)
    assert ArrivalWord.select().count() == 0
    assert not left_of(sealed, home)


def test_every_word_has_one_size_and_is_sealed(upcoming, people):
    move(upcoming, utcnow())
    sizes = set()
    for word in ("a", "Kanarienvogel", "🪺" * 40):
        ArrivalWord.say(upcoming, people["Ana"], word, utcnow())
        sealed = bytes(ArrivalWord.get().sealed_word)
        assert word.encode() not in sealed or len(word) == 1
        sizes.add(len(sealed))
    assert len(sizes) == 1


def test_a_word_that_was_tampered_with_closes_no_meeting(ana, bo, at, upcoming):
    move(upcoming, utcnow() - MINUTE)
    bo.post(at(upcoming, "/arrival"), data={"word": "Tired"})
    ana.post(at(upcoming, "/arrival"), data={"word": "Kanarienvogel"})
    ArrivalWord.update(sealed_word=b"\1" * 300).where(ArrivalWord.seat == ArrivalWord.get().seat_id).execute()
    page = ana.get(at(upcoming))
    assert page.status_code == 200
    assert "Kanarienvogel" in page.text
    assert "Tired" not in page.text


def test_a_word_opens_under_no_other_name_and_at_no_other_meeting(ana, bo, at, upcoming, meetings, people):
    move(upcoming, utcnow() - MINUTE)
    ana.post(at(upcoming, "/arrival"), data={"word": "Kanarienvogel"})
    bo.post(at(upcoming, "/arrival"), data={"word": "Tired"})
    mine, yours = (ArrivalWord.get(ArrivalWord.seat == people[name].id) for name in ("Ana", "Bo"))
    for word, sealed in ((mine, yours.sealed_word), (yours, mine.sealed_word)):
        ArrivalWord.update(sealed_word=sealed).where(ArrivalWord.id == word.id).execute()
    ArrivalWord.delete().where(ArrivalWord.id == yours.id).execute()
    for elsewhere in ({"id": yours.id}, {"sealed_word": mine.sealed_word, "id": mine.id, "seat": people["Bo"].id}):
        ArrivalWord.update(elsewhere).execute()
        shown = bo.get(at(upcoming))
        assert shown.status_code == 200
        assert not any(word in shown.text for word in ("Kanarienvogel", "Tired"))
    move(meetings[5], utcnow() - MINUTE)
    ArrivalWord.update(seat=people["Ana"].id, meeting=meetings[5].id).execute()
    assert "Kanarienvogel" not in bo.get(at(meetings[5])).text
    ArrivalWord.update(meeting=upcoming.id).execute()
    assert "Kanarienvogel" in bo.get(at(upcoming)).text, "back in its place it opens"


def test_one_word_each_that_is_replaced_sent_twice_or_taken_back(ana, bo, at, upcoming):
    move(upcoming, utcnow())
    for word in ("Tired", "Tired", "Here  now"):
        assert ana.post(at(upcoming, "/arrival"), data={"word": word}).status_code == 303
    assert "Ana Here now" in words(bo.get(at(upcoming)))
    assert ArrivalWord.select().count() == 1
    ana.post(at(upcoming, "/arrival"), data={"word": " "})
    assert "Here now" not in bo.get(at(upcoming)).text
    assert ArrivalWord.select().count() == 0


def test_a_word_that_is_too_long_is_given_back(ana, at, upcoming):
    move(upcoming, utcnow())
    answer = ana.post(at(upcoming, "/arrival"), data={"word": "x" * 41})
    assert answer.status_code == 422
    assert "This is one character too long." in words(answer)
    assert f'value="{"x" * 41}"' in answer.text


def test_nobody_arrives_at_a_meeting_that_is_skipped(ana, at, upcoming, people):
    move(upcoming, utcnow() + 10 * MINUTE)
    ArrivalWord.say(upcoming, people["Ana"], "Here", utcnow())
    upcoming.skip(people["Ana"], utcnow())
    assert "Here" not in words(ana.get(at(upcoming)))
    with pytest.raises(ArrivalClosed):
        ArrivalWord.say(upcoming, people["Ana"], "Here", utcnow())


def test_whoever_left_meanwhile_writes_nothing_more(last, upcoming, people):
    move(upcoming, utcnow())
    bo = people["Bo"]
    bo.delete_instance()
    with pytest.raises(NotHere):
        Handover.write(last, bo, VALVE, utcnow())
    with pytest.raises(NotHere):
        ArrivalWord.say(upcoming, bo, "Here", utcnow())


def test_papers_are_forgotten_without_anyone_coming_by(app):
    assert "portal.meetings.models.papers.forget_papers" in {chore.name for chore in CHORES}


def test_cy_and_stew_find_none_of_it(cy, stew, cast, at, last, upcoming, people):
    Handover.write(last, people["Bo"], VALVE, utcnow())
    move(upcoming, utcnow())
    own = f"/c/{cast.other_table}/meetings/{last.id}"
    for client in (cy, stew):
        for path in (at(last), at(upcoming), f"{own}"):
            assert client.get(path).status_code == 404
        for path in (at(last), own, at(upcoming)):
            for rest in ("/handover", "/handover/erase", "/arrival"):
                answer = client.post(path + rest, data={"word": "Here", "practical": "The key"})
                assert answer.status_code == 404, path + rest
    assert ArrivalWord.select().count() == 0
    assert Handover.select().count() == 1
    assert not db.in_transaction()
