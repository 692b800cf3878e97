"""One meeting moves to another time without the rest, and who was slower loses nothing."""

import re
from datetime import datetime, timedelta

import pytest

from portal.clocks import local
from portal.db import utcnow
from portal.meetings.errors import MeetingOver, TimeChanged, TimeGoneBy
from portal.meetings.models.dates import Meeting
from portal.meetings.models.extending import extend_series
from portal.meetings.models.plans import open_plan, write_plan
from portal.meetings.models.turns import Turn
from portal.meetings.plan import Place
from tests.meetings.conftest import ZONE, weekly
from tests.meetings.conftest import agree as agreed
from tests.reading import words

HOUR = timedelta(hours=1)


@pytest.fixture
def seat(people):
    return people["Ana"]


@pytest.fixture
def one(meetings):
    """A meeting some weeks ahead."""
    return meetings[6]


def again(meeting):
    return Meeting.get_by_id(meeting.id)


def form_for(meeting, **given):
    """What the form of a meeting says when it is opened, and what is typed into it."""
    begins = local(meeting.starts_at, ZONE)
    minutes = (meeting.ends_at - meeting.starts_at) // timedelta(minutes=1)
    stands = {"first": begins.date().isoformat(), "at": begins.strftime("%H:%M"), "minutes": str(minutes)}
    return {**stands, "seen": str(meeting.sequence), "overlap": "", **given}


def day_after(meeting, days=1):
    return (local(meeting.starts_at, ZONE).date() + timedelta(days=days)).isoformat()


def shift(meeting, by):
    """Let a meeting have begun, or be over, without touching anything else of it."""
    Meeting.update(starts_at=meeting.starts_at - by, ends_at=meeting.ends_at - by).where(
        Meeting.id == meeting.id
    ).execute()
    return again(meeting)


def put_under_way(meeting):
    return shift(meeting, meeting.starts_at - utcnow() + timedelta(minutes=30))


# What it does.


def test_a_moved_meeting_keeps_its_plan_and_turns_and_leaves_the_others(seat, meetings, one):
    write_plan(one, seat, Place("The park", ""), "Bring a blanket", seen="")
    Turn.take(one, seat, utcnow())
    others = {row.id: row.starts_at for row in Meeting.select().where(Meeting.id != one.id)}
    later = one.starts_at + timedelta(days=2)
    one.move(seat, later, later + HOUR, 0, utcnow())
    moved = again(one)
    assert (moved.starts_at, moved.ends_at, moved.own_time, moved.day) == (later, later + HOUR, True, one.day)
    assert open_plan(seat, moved.id, moved.sealed_plan).text == "Bring a blanket"
    assert Turn.select().where(Turn.meeting == one.id).count() == 1
    assert {row.id: row.starts_at for row in Meeting.select().where(Meeting.id != one.id)} == others


def test_every_change_is_counted_and_says_what_it_was(seat, one):
    now = utcnow()
    steps = [
        (lambda: again(one).move(seat, one.starts_at + HOUR, one.ends_at + HOUR, 0, now), "moved"),
        (lambda: again(one).move(seat, one.starts_at + HOUR, one.ends_at + 2 * HOUR, 1, now), "longer"),
        (lambda: again(one).move(seat, one.starts_at + HOUR, one.ends_at + HOUR, 2, now), "shorter"),
        (lambda: again(one).skip(seat, now), "skipped"),
        (lambda: again(one).skip(seat, now, skipped=False), "back"),
        (lambda: again(one).put_back(seat, now), "usual"),
    ]
    for number, (step, says) in enumerate(steps, start=1):
        step()
        meeting = again(one)
        assert (meeting.change, meeting.sequence, meeting.changed_at) == (says, number, now)
    assert (again(one).starts_at, again(one).own_time) == (one.starts_at, False)


def test_doing_the_same_once_more_changes_nothing(seat, one):
    now = utcnow()
    for _ in range(2):
        again(one).move(seat, one.starts_at + HOUR, one.ends_at + HOUR, 0, now)
    for _ in range(2):
        again(one).skip(seat, now)
    assert again(one).sequence == 2
    for _ in range(2):
        again(one).put_back(seat, now)
    assert again(one).sequence == 3


def test_a_moved_meeting_stays_when_its_series_is_extended_or_gets_another_hour(seat, one):
    now, later = utcnow(), one.starts_at + timedelta(days=1)
    one.move(seat, later, later + HOUR, 0, now)
    extend_series(now)
    assert again(one).starts_at == later
    stands = again(one).series
    agreed(seat, weekly(one.day, at=stands.at.replace(hour=20)), now, stands=stands)
    assert again(one).starts_at == later
    assert again(one).series_id != stands.id


def test_a_meeting_moved_to_before_its_day_is_not_met_again_on_that_day(seat, meetings):
    upcoming = meetings[4]
    now = utcnow()
    upcoming.move(seat, now + HOUR, now + 2 * HOUR, 0, now)
    extend_series(now + timedelta(hours=3))
    assert Meeting.select().where(Meeting.day == upcoming.day).count() == 1


def test_of_two_who_move_it_at_once_the_second_is_told(seat, people, one):
    now = utcnow()
    one.move(seat, one.starts_at + HOUR, one.ends_at + HOUR, 0, now)
    with pytest.raises(TimeChanged):
        one.move(people["Bo"], one.starts_at - HOUR, one.ends_at - HOUR, 0, now)
    assert again(one).starts_at == one.starts_at + HOUR


def test_nothing_moves_into_the_past_and_nothing_that_has_begun_moves(seat, meetings, one):
    now = utcnow()
    with pytest.raises(TimeGoneBy):
        one.move(seat, now - HOUR, now + HOUR, 0, now)
    with pytest.raises(MeetingOver):
        meetings[0].move(seat, one.starts_at, one.ends_at, 0, now)
    on = put_under_way(meetings[4])
    with pytest.raises(TimeGoneBy):
        on.move(seat, one.starts_at, one.ends_at, 0, now)
    with pytest.raises(TimeGoneBy):
        on.move(seat, on.starts_at, now - timedelta(minutes=1), 0, now)
    assert again(on).starts_at == on.starts_at


def test_what_has_begun_can_still_last_longer(seat, meetings):
    on = put_under_way(meetings[4])
    on.move(seat, on.starts_at, on.ends_at + HOUR, 0, utcnow())
    assert (again(on).ends_at, again(on).change) == (on.ends_at + HOUR, "longer")


def test_a_meeting_whose_usual_time_has_gone_by_is_not_put_back(seat, meetings):
    now, upcoming = utcnow(), meetings[4]
    upcoming.move(seat, upcoming.starts_at + timedelta(days=3), upcoming.ends_at + timedelta(days=3), 0, now)
    with pytest.raises(TimeGoneBy):
        again(upcoming).put_back(seat, upcoming.starts_at + HOUR)


# The pages.


def test_a_meeting_is_moved_and_says_from_where_and_goes_back(ana, bo, cast, at, one):
    assert f'href="{at(one, "/move")}"' in ana.get(at(one)).text
    form = form_for(one, first=day_after(one), at="15:00", minutes="120")
    assert [ana.post(at(one, "/move"), data=form).status_code for _ in range(2)] == [303, 303]
    said = words(bo.get(at(one)))
    assert "15:00 to 17:00 in Chicago." in said
    assert re.search(r"Moved from \w+ \d+ \w+\.", said)
    assert "Moved from" in words(bo.get(f"/c/{cast.table}/meetings"))
    assert "Put it back to its usual time" in said
    assert [bo.post(at(one, "/usual")).status_code for _ in range(2)] == [303, 303]
    assert "18:00 to 19:30 in Chicago." in words(ana.get(at(one)))
    assert "Moved from" not in words(ana.get(at(one)))


def test_the_next_meeting_says_on_the_tables_page_that_it_was_moved(ana, cast, at, meetings):
    ana.post(at(meetings[4], "/move"), data=form_for(meetings[4], first=day_after(meetings[4]), at="15:00"))
    assert "Moved from" in words(ana.get(f"/c/{cast.table}"))


def test_another_hour_of_the_same_day_and_another_length_are_said(ana, at, one):
    ana.post(at(one, "/move"), data=form_for(one, minutes="60"))
    said = words(ana.get(at(one)))
    assert "18:00 to 19:00 in Chicago. At another time than usual." in said


def test_the_form_opens_with_the_time_it_has(ana, at, one):
    page = ana.get(at(one, "/move")).text
    for name, value in form_for(one).items():
        assert re.search(rf'name="{name}"[^>]* value="{value}"', page), name


def test_a_form_sent_as_it_was_opened_changes_nothing(ana, at, one):
    assert ana.post(at(one, "/move"), data=form_for(one)).status_code == 303
    assert (again(one).sequence, again(one).own_time) == (0, False)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"first": "2020-01-01"}, "This moment has gone by. Please choose a later one."),
        ({"first": "2150-01-01"}, "Please choose a day of the coming year."),
        ({"first": ""}, "Please give a date."),
        ({"at": "late"}, "Please give a time between 00:00 and 23:59"),
        ({"minutes": ""}, "Please give a number of minutes"),
        ({"minutes": "9999"}, "Please choose 15 to 480 minutes."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(ana, at, one, wrong, says):
    answer = ana.post(at(one, "/move"), data=form_for(one, **{"minutes": "75", **wrong}))
    assert answer.status_code == 422
    assert says in words(answer)
    assert answer.text.count('aria-invalid="true"') == 1
    assert "minutes" in wrong or 'value="75"' in answer.text
    assert again(one).sequence == 0


def test_who_was_slower_reads_both_times_and_decides(ana, bo, at, one):
    bo.post(at(one, "/move"), data=form_for(one, at="16:00"))
    late = ana.post(at(one, "/move"), data=form_for(one, at="20:00"))
    assert late.status_code == 409
    assert "Somebody changed it while you wrote" in words(late)
    assert "16:00 to 17:30" in words(late)
    assert 'value="20:00"' in late.text
    assert local(again(one).starts_at, ZONE).hour == 16
    seen = re.search(r'name="seen"[^>]* value="(\d+)"', late.text)[1]
    assert ana.post(at(one, "/move"), data=form_for(one, at="20:00", seen=seen)).status_code == 303
    assert local(again(one).starts_at, ZONE).hour == 20


def test_a_time_at_which_there_is_another_meeting_is_said_once_and_allowed(ana, at, meetings, one):
    form = form_for(one, first=meetings[8].day.isoformat(), at="17:00")
    asked = ana.post(at(one, "/move"), data=form)
    assert asked.status_code == 200
    assert "You have another meeting then:" in words(asked)
    assert again(one).sequence == 0
    overlap = re.search(r'name="overlap"[^>]* value="(\w+)"', asked.text)[1]
    assert ana.post(at(one, "/move"), data={**form, "overlap": overlap}).status_code == 303
    assert again(one).own_time


def test_a_skipped_meeting_is_in_nobodys_way(ana, at, meetings, seat, one):
    meetings[8].skip(seat, utcnow())
    form = form_for(one, first=meetings[8].day.isoformat(), at="17:00")
    assert ana.post(at(one, "/move"), data=form).status_code == 303


def test_a_meeting_under_way_is_only_made_longer_or_shorter(ana, at, meetings):
    on = put_under_way(meetings[4])
    page = ana.get(at(on, "/move"))
    assert 'name="first"' not in page.text
    assert ana.post(at(on, "/move"), data={"minutes": "150", "seen": "0", "overlap": ""}).status_code == 303
    assert again(on).ends_at == on.starts_at + timedelta(minutes=150)
    short = ana.post(at(on, "/move"), data={"minutes": "15", "seen": "1", "overlap": ""})
    assert (short.status_code, "By then it would be over already." in words(short)) == (422, True)


def test_who_moves_a_meeting_that_begins_meanwhile_is_told(ana, at, meetings):
    form = form_for(meetings[4], at="21:00", minutes="100")
    put_under_way(meetings[4])
    late = ana.post(at(meetings[4], "/move"), data=form)
    assert late.status_code == 409
    assert "The meeting has begun meanwhile, so its beginning stays." in words(late)
    assert 'value="100"' in late.text


def test_a_meeting_that_is_over_or_skipped_offers_no_move(ana, at, meetings, seat, one):
    one.skip(seat, utcnow())
    for meeting in (one, meetings[0]):
        assert "/move" not in ana.get(at(meeting)).text
        assert ana.get(at(meeting, "/move")).status_code == 303
    assert ana.post(at(meetings[0], "/move"), data=form_for(meetings[0], minutes="100")).status_code in (409, 422)
    assert again(meetings[0]).sequence == 0


def test_a_night_on_which_clocks_change_moves_nobody_who_did_not_ask(ana, at, one):
    """A time that comes twice is shown once: sent back untouched, it must not slip by the hour."""
    second = datetime(2027, 11, 7, 7, 30)  # half past one in Chicago for the second time
    Meeting.update(starts_at=second, ends_at=second + HOUR, own_time=True).where(Meeting.id == one.id).execute()
    ana.post(at(one, "/move"), data=form_for(again(one), minutes="90"))
    assert again(one).starts_at == second


def test_cy_and_stew_find_none_of_it(cy, stew, cast, at, one):
    for client in (cy, stew):
        assert client.get(at(one, "/move")).status_code == 404
        assert client.post(at(one, "/move"), data=form_for(one, minutes="60")).status_code == 404
        assert client.post(at(one, "/usual")).status_code == 404
    own = f"/c/{cast.other_table}/meetings/{one.id}"
    assert cy.get(f"{own}/move").status_code == 404
    assert cy.post(f"{own}/usual").status_code == 404
    assert again(one).sequence == 0


def test_a_mark_that_was_tampered_with_breaks_nothing(ana, at, one):
    form = form_for(one, first=day_after(one), seen="9" * 5000)
    assert ana.post(at(one, "/move"), data=form).status_code == 409
