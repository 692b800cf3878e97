"""The circle's own least, what it settled for one meeting, and the kind note."""

from datetime import timedelta

import pytest

from portal.circles.access import opened
from portal.circles.models import Seat
from portal.meetings.errors import LeastChanged, NoteThere, TooLateToSay
from portal.meetings.models.least import AsWeAre, KindNote, Least, around_a_meeting, forget_notes, open_note
from portal.web.errors import NotHere
from tests.racing import at_once


def note(seat, meeting):
    """What the note says to this seat, and whose it is."""
    *_, id, author, sealed = around_a_meeting(meeting=meeting.id)[0]
    return id and (
        author,
        open_note(opened(Seat.get_by_id(seat.id), seat.keys.private), meeting.id, id, author, sealed),
    )


def test_a_circle_sets_a_number_changes_it_and_gives_it_up(people):
    ana, bo = people["Ana"], people["Bo"]
    assert Least.of(ana.circle_id) is None
    Least.agree(ana, 3, seen=None)
    Least.agree(bo, 4, seen=3)
    assert Least.of(ana.circle_id) == 4
    Least.agree(bo, None, seen=4)
    assert Least.of(ana.circle_id) is None


def test_who_comes_second_changes_nothing_unseen(people):
    Least.agree(people["Ana"], 3, seen=None)
    with pytest.raises(LeastChanged):
        Least.agree(people["Bo"], 4, seen=None)
    assert Least.of(people["Ana"].circle_id) == 3


def test_the_same_number_twice_is_no_conflict(people):
    for _ in range(2):
        Least.agree(people["Ana"], 3, seen=None)
    assert Least.of(people["Ana"].circle_id) == 3


def test_a_meeting_is_settled_and_opened_again_and_only_that_one(people, meetings, begun):
    for _ in range(2):
        AsWeAre.say(meetings[4], people["Bo"], begun, settled=True)
    assert [one.meeting_id for one in AsWeAre.select()] == [meetings[4].id]
    for _ in range(2):
        AsWeAre.say(meetings[4], people["Ana"], begun, settled=False)
    assert AsWeAre.select().count() == 0


def test_a_note_is_read_by_everyone_and_changed_by_its_author(people, meetings, begun):
    ana, bo = people["Ana"], people["Bo"]
    KindNote.leave(meetings[4], ana, "Come as you are.", begun)
    assert note(bo, meetings[4]) == (ana.id, "Come as you are.")
    KindNote.leave(meetings[4], ana, "Come as you like.", begun)
    assert note(bo, meetings[4]) == (ana.id, "Come as you like.")
    assert note(bo, meetings[5]) is None


def test_one_note_is_enough(people, meetings, begun):
    KindNote.leave(meetings[4], people["Ana"], "Come as you are.", begun)
    with pytest.raises(NoteThere):
        KindNote.leave(meetings[4], people["Bo"], "Tea is on.", begun)
    assert note(people["Bo"], meetings[4])[1] == "Come as you are."


def test_only_its_author_takes_a_note_back(people, meetings, begun):
    KindNote.leave(meetings[4], people["Ana"], "Come as you are.", begun)
    KindNote.take_back(meetings[4], people["Bo"])
    assert note(people["Bo"], meetings[4])
    for _ in range(2):
        KindNote.take_back(meetings[4], people["Ana"])
    assert note(people["Bo"], meetings[4]) is None


def test_two_notes_at_once_leave_one(cast, meetings, begun):
    def write(name):
        return lambda: KindNote.leave(meetings[4], cast[name].seat(), f"From {name}", begun)

    assert at_once(write("Ana"), write("Bo")) == ["NoteThere", "done"]
    author, words = note(cast["Ana"].seat(), meetings[4])
    assert words == {cast[name].seat().id: f"From {name}" for name in ("Ana", "Bo")}[author]


def test_what_was_said_about_a_meeting_goes_when_it_is_over(people, meetings, begun):
    KindNote.leave(meetings[0], people["Ana"], "Come as you are.", begun)
    AsWeAre.say(meetings[0], people["Ana"], begun, settled=True)
    forget_notes(meetings[0].ends_at - timedelta(seconds=1))
    assert (KindNote.select().count(), AsWeAre.select().count()) == (1, 1)
    forget_notes(meetings[0].ends_at)
    assert (KindNote.select().count(), AsWeAre.select().count()) == (0, 0)


def test_after_the_meeting_nothing_is_settled_or_written(people, meetings):
    over = meetings[0].ends_at
    with pytest.raises(TooLateToSay):
        KindNote.leave(meetings[0], people["Ana"], "Come as you are.", over)
    with pytest.raises(TooLateToSay):
        AsWeAre.say(meetings[0], people["Ana"], over, settled=True)


def test_a_note_goes_with_its_author_and_who_has_left_writes_none(people, meetings, begun):
    KindNote.leave(meetings[4], people["Bo"], "Come as you are.", begun)
    people["Bo"].leave(take_back=False)
    assert KindNote.select().count() == 0
    with pytest.raises(NotHere):
        KindNote.leave(meetings[4], people["Bo"], "Come as you are.", begun)


def test_a_note_opens_under_no_other_name_and_for_no_other_meeting(ana, cast, people, meetings):
    table = f"/c/{cast.table}/meetings"
    KindNote.leave(meetings[4], people["Bo"], "Come as you are.", meetings[3].ends_at)
    assert "Come as you are." in ana.get(f"{table}/{meetings[4].id}").text
    for elsewhere in ({"seat": people["Ana"].id}, {"seat": people["Bo"].id, "meeting": meetings[5].id}):
        KindNote.update(elsewhere).execute()
        for meeting in meetings[4:6]:
            answer = ana.get(f"{table}/{meeting.id}")
            assert answer.status_code == 200
            assert "Come as you are." not in answer.text


def test_the_words_are_sealed(people, meetings, begun):
    KindNote.leave(meetings[4], people["Bo"], "Come as you are.", begun)
    assert b"Come as you are" not in bytes(KindNote.get().sealed_words)
