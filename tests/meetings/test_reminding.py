"""Mail about meetings: who is written to of what, when that is taken back, and that nothing is put twice."""

import os
import subprocess
import sys
from datetime import time, timedelta
from pathlib import Path

import pytest
import time_machine

from portal.db import db, utcnow, writing
from portal.jobs import CHORES
from portal.meetings.models.asking import pass_on, suggestion, suggestions
from portal.meetings.models.dates import Meeting, Series, mark
from portal.meetings.models.presence import AWAY, LATE, Absence
from portal.meetings.models.reminding import ASK_AHEAD, put_questions, put_reminders
from portal.meetings.models.roles import FACILITATOR, in_use
from portal.meetings.models.turns import Together, Turn
from portal.meetings.recurrence import Repeats, Rule, local
from portal.notices.models import Address, Outbox
from tests.cast import enter, make_circle, make_person, take_seat
from tests.meetings.conftest import ZONE, agree, set_series, weekly
from tests.notices.conftest import say_yes

ROOT = Path(__file__).parents[2]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ALL_DAY = {"quiet_from": 0, "quiet_to": 0}


@pytest.fixture
def now():
    """Tomorrow about noon in Chicago."""
    tomorrow = (utcnow() + DAY).replace(hour=18, minute=0, second=0)
    with time_machine.travel(tomorrow, tick=False):
        yield tomorrow


@pytest.fixture
def yes(app, cast, now):
    for name in ("Ana", "Bo"):
        say_yes(cast[name], **ALL_DAY)


@pytest.fixture
def seats(cast, yes):
    return {name: cast[name].seat() for name in ("Ana", "Bo")}


@pytest.fixture
def coming(seats, now):
    """Meetings every week from the day after tomorrow, of which nobody has been told anything yet."""
    meetings = set_series(seats["Ana"], now - DAY, days=3)
    Outbox.delete().execute()
    return meetings


@pytest.fixture
def met(coming, now):
    """Once the table has met, others are asked when somebody passes: the meeting after its first."""
    with time_machine.travel(coming[0].ends_at, tick=False):
        yield coming[1]


def put(kind: str, *meetings: Meeting) -> list[str]:
    """Who has mail of a kind to come, about these meetings or any."""
    found = Outbox.select().where((Outbox.kind == kind) & Outbox.still_to_send())
    ids = [one.id for one in meetings]
    return sorted(row.person.name for row in found if not ids or row.about in ids)


def sent(now):
    """As if the post had been by."""
    Outbox.update(sent_at=now, due_at=None).where(Outbox.due_at <= now).execute()


def again(meeting: Meeting) -> Meeting:
    return Meeting.get_by_id(meeting.id)


def asked_to_facilitate(meeting: Meeting, seats) -> list[str]:
    asked = suggestion(meeting.id, meeting.circle_id, FACILITATOR, utcnow())
    return [name for name, seat in seats.items() if seat.id == asked.seat]


def move(meeting: Meeting, seat, by: timedelta, now) -> None:
    meeting = again(meeting)
    meeting.move(seat, meeting.starts_at + by, meeting.ends_at + by, meeting.sequence, now)


def test_everyone_at_the_table_is_reminded_a_day_before_it_begins(coming, now):
    put_reminders(now)
    assert put("reminder", coming[0]) == ["Ana", "Bo"]
    rows = Outbox.select().where(Outbox.about == coming[0].id)
    assert {(row.due_at, row.drop_at) for row in rows} == {(coming[0].starts_at - DAY, coming[0].starts_at)}
    assert put("reminder", *coming[1:]) == [], "the others are too far ahead"


def test_only_who_said_yes_is_reminded(coming, cast, now):
    Address.forget(cast["Bo"].id)
    put_reminders(now)
    assert put("reminder") == ["Ana"]


def test_an_address_that_is_new_has_its_reminder_within_the_hour(coming, cast, now):
    Address.forget(cast["Bo"].id)
    put_reminders(now)
    say_yes(cast["Bo"])
    put_reminders(now + HOUR)
    assert put("reminder") == ["Ana", "Bo"]


def test_who_sits_elsewhere_is_not_reminded(coming, cast, now):
    say_yes(cast["Cy"])
    put_reminders(now)
    assert put("reminder") == ["Ana", "Bo"]


def test_a_weekly_digest_a_week_before_still_tells_of_it(coming, cast, now):
    """The last digest before it is on the evening six days earlier."""
    late = coming[1].starts_at - timedelta(days=6, hours=23)
    say_yes(cast["Ana"], digest=True, digest_day=local(late + HOUR, ZONE).weekday(), digest_hour=20)
    put_reminders(late)
    due = Outbox.get((Outbox.about == coming[1].id) & (Outbox.person == cast["Ana"].id)).due_at
    assert late <= due < coming[1].starts_at - 6 * DAY


def test_run_after_run_puts_one_row_and_sends_nothing_twice(coming, now):
    for hours in range(3):
        put_reminders(now + hours * HOUR)
        put_questions(now + hours * HOUR)
    rows = [(row.person_id, row.about, row.kind) for row in Outbox.select()]
    assert len(rows) == len(set(rows))
    sent(coming[0].starts_at - HOUR)
    put_reminders(coming[0].starts_at - HOUR)
    assert put("reminder", coming[0]) == []


CHORE = """
import sys
from datetime import datetime
from pathlib import Path
from portal import create_app
from portal.config import Settings
from portal.meetings.models.reminding import put_questions, put_reminders
folder, now = sys.argv[1:]
app = create_app(Settings.load({}, data_dir=Path(folder), listen="127.0.0.1:8080"))
sys.stdin.readline()
with app.app_context():
    put_reminders(datetime.fromisoformat(now))
    put_questions(datetime.fromisoformat(now))
"""


def test_two_processes_at_once_put_one_row(coming, now, home):
    db.close()
    command = [sys.executable, "-c", CHORE, str(home), now.isoformat()]
    given = {"cwd": ROOT, "env": {**os.environ, "PYTHONPATH": str(ROOT)}, "stdin": subprocess.PIPE, "text": True}
    started = [subprocess.Popen(command, **given) for _n in range(2)]
    for each in started:
        each.stdin.write("\n")
        each.stdin.flush()
    for each in started:
        each.communicate(timeout=300)
    assert [each.returncode for each in started] == [0, 0]
    assert put("reminder") == ["Ana", "Bo"]
    assert len(put("asked")) >= 1


def test_who_sits_at_two_tables_is_reminded_of_both(coming, cast, now):
    other = make_circle(cast["Cy"], cast["Bo"], name="The Monday table")
    theirs = set_series(cast["Cy"].seat(other), now - DAY, days=3)
    put_reminders(now)
    assert put("reminder", coming[0], theirs[0]) == ["Ana", "Bo", "Bo"]


def test_who_cannot_come_is_not_reminded_until_they_can_again(coming, seats, now):
    put_reminders(now)
    Absence.say(coming[0], seats["Bo"], AWAY, now)
    put_reminders(now)
    assert put("reminder") == ["Ana"]
    Absence.say(coming[0], seats["Bo"], None, now)
    put_reminders(now)
    assert put("reminder") == ["Ana", "Bo"]


def test_who_comes_later_is_reminded(coming, seats, now):
    Absence.say(coming[0], seats["Bo"], LATE, now)
    put_reminders(now)
    assert put("reminder") == ["Ana", "Bo"]


def test_saying_that_one_cannot_come_takes_reminder_and_question_back_at_once(app, coming, cast, now):
    put_reminders(now)
    put_questions(now)
    for name in ("Ana", "Bo"):
        page = f"/c/{cast.table}/meetings/{coming[0].id}/cannot-come"
        assert enter(app, name).post(page).status_code == 303
    assert put("reminder") == put("asked") == []


def test_who_leaves_hears_nothing_more(coming, seats, now):
    put_reminders(now)
    seats["Bo"].leave(take_back=False)
    assert put("reminder") == ["Ana"]
    assert Outbox.select().count() == 1


def test_when_the_last_one_leaves_nothing_waits_to_be_sent(coming, cast, now):
    put_reminders(now)
    for name in ("Bo", "Ana"):
        cast[name].seat().leave(take_back=False)
    assert Outbox.select().count() == 0


def test_who_comes_new_to_the_table_is_reminded(coming, seats, now):
    ruth = make_person("Ruth")
    take_seat(seats["Ana"], ruth)
    say_yes(ruth)
    put_reminders(now)
    assert put("reminder") == ["Ana", "Bo", "Ruth"]


def test_what_has_begun_is_reminded_of_no_more(coming, now):
    put_reminders(coming[0].starts_at)
    assert put("reminder", coming[0]) == []


def test_a_meeting_that_moves_is_reminded_of_before_its_new_time(coming, seats, now):
    put_reminders(now)
    move(coming[0], seats["Ana"], DAY, now)
    rows = list(Outbox.select().where((Outbox.kind == "reminder") & (Outbox.about == coming[0].id)))
    assert {row.happens_at for row in rows} == {coming[0].starts_at + DAY}
    assert {row.due_at for row in rows} == {coming[0].starts_at}


def test_who_was_reminded_of_the_old_time_is_reminded_of_the_new_one(coming, seats, now):
    put_reminders(now)
    late = coming[0].starts_at - HOUR
    sent(late)
    with time_machine.travel(late, tick=False):
        move(coming[0], seats["Ana"], 2 * DAY, late)
    assert put("reminder", coming[0]) == ["Ana", "Bo"]


def test_a_meeting_that_moves_far_away_is_told_of_and_reminded_of_when_it_is_near(coming, seats, now):
    put_reminders(now)
    move(coming[0], seats["Ana"], 40 * DAY, now)
    assert put("reminder") == []
    assert put("changed", coming[0]) == ["Ana", "Bo"]
    put_reminders(now + 38 * DAY)
    assert put("reminder", coming[0]) == ["Ana", "Bo"]


def test_that_it_moves_far_away_is_told_also_where_nobody_was_to_be_reminded_yet(coming, seats, now):
    move(coming[0], seats["Ana"], 40 * DAY, now)
    assert put("changed", coming[0]) == ["Ana", "Bo"]


def test_a_meeting_that_is_not_on_its_day_by_the_rule_and_moves_far_away_again_is_told(coming, seats, now):
    move(coming[0], seats["Ana"], 40 * DAY, now)
    late = now + 38 * DAY
    sent(late)
    put_reminders(late)
    with time_machine.travel(late, tick=False):
        move(coming[0], seats["Ana"], 40 * DAY, late)
    assert put("changed", coming[0]) == ["Ana", "Bo"]


def test_a_skipped_meeting_is_not_reminded_of_but_told(coming, seats, now):
    put_reminders(now)
    put_questions(now)
    coming[0].skip(seats["Ana"], now)
    assert put("reminder", coming[0]) == put("asked", coming[0]) == []
    assert put("changed", coming[0]) == ["Ana", "Bo"]
    put_reminders(now)
    assert put("reminder", coming[0]) == []


def test_a_meeting_that_takes_place_after_all_is_reminded_of_and_told_anew(coming, seats, now):
    coming[0].skip(seats["Ana"], now)
    sent(now)
    again(coming[0]).skip(seats["Ana"], now, skipped=False)
    assert put("reminder", coming[0]) == put("changed", coming[0]) == ["Ana", "Bo"]


def test_a_change_taken_back_before_the_post_came_is_one_mail(coming, seats, now):
    for skipped in (True, False, True):
        again(coming[0]).skip(seats["Ana"], now, skipped=skipped)
    assert put("changed") == ["Ana", "Bo"]


def test_a_change_far_ahead_is_told_to_nobody(coming, seats, now):
    move(coming[5], seats["Ana"], HOUR, now)
    assert put("changed") == []


def test_a_change_that_is_not_carried_out_tells_nobody(coming, seats, now):
    def skip_and_break():
        with writing():
            coming[0].skip(seats["Ana"], now)
            assert put("changed") == ["Ana", "Bo"]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        skip_and_break()
    assert put("changed") == []


def test_another_hour_for_the_whole_series_is_one_mail(coming, seats, now):
    put_reminders(now)
    stands = Series.of(seats["Ana"].circle_id, now)[0]
    agree(seats["Ana"], weekly(coming[0].day, at=time(19)), now, stands=stands)
    assert again(coming[0]).starts_at != coming[0].starts_at, "it moved"
    assert put("changed") == ["Ana", "Bo"]
    assert {row.happens_at for row in Outbox.select().where(Outbox.kind == "reminder")} == {again(coming[0]).starts_at}


def test_meeting_on_another_weekday_is_one_mail_and_the_old_day_is_forgotten(coming, seats, now):
    put_reminders(now)
    stands = Series.of(seats["Ana"].circle_id, now)[0]
    agree(seats["Ana"], weekly(coming[0].day + DAY), now, stands=stands)
    first = Meeting.select().order_by(Meeting.starts_at).get()
    assert put("changed") == ["Ana", "Bo"]
    assert put("reminder", first) == ["Ana", "Bo"]
    assert put("reminder", coming[0]) == []


def test_an_end_of_the_series_is_told_where_somebody_was_to_be_reminded(coming, seats, now):
    put_reminders(now)
    stands = Series.of(seats["Ana"].circle_id, now)[0]
    stands.end(seats["Ana"], coming[0].day, mark(stands.ending(coming[0].day, now), stands), now)
    assert put("reminder") == []
    assert put("changed", coming[0]) == ["Ana", "Bo"]


def test_a_first_series_is_no_change(seats, now):
    set_series(seats["Ana"], now, days=2)
    assert put("changed") == []


def test_a_meeting_added_by_hand_is_told(coming, seats, now):
    agree(seats["Ana"], Rule(Repeats.ONCE, 1, coming[0].day + DAY, time(18), ZONE, 90), now)
    assert put("changed") == ["Ana", "Bo"]
    assert put("changed", coming[0]) == []


def test_who_is_asked_to_facilitate_is_told_once(coming, seats, now):
    put_questions(now)
    assert put("asked", coming[0]) == asked_to_facilitate(coming[0], seats) != []
    sent(now)
    put_questions(now + HOUR)
    assert put("asked") == []


def test_a_question_is_not_sent_again_because_the_meeting_moves(coming, seats, now):
    put_questions(now)
    sent(now)
    move(coming[0], seats["Ana"], HOUR, now)
    put_questions(now + HOUR)
    assert put("asked") == []


def test_when_the_asked_one_passes_the_question_goes_to_the_next(met, seats):
    put_questions(utcnow())
    (first,) = asked_to_facilitate(met, seats)
    assert first in put("asked", met)
    for role in in_use(met.circle_id):
        pass_on(met, seats[first], utcnow(), role)
    put_questions(utcnow())
    assert put("asked", met) == [{"Ana": "Bo", "Bo": "Ana"}[first]]


def test_who_is_asked_for_two_roles_gets_one_mail(met, seats):
    Absence.say(met, seats["Bo"], AWAY, utcnow())
    asked = [one.seat for one in suggestions(met.id, met.circle_id, utcnow()).values()]
    assert asked.count(seats["Ana"].id) > 1
    put_questions(utcnow())
    assert put("asked") == ["Ana"]


def test_where_everybody_leads_together_nobody_is_asked_by_mail(met, seats):
    put_questions(utcnow())
    Together.put(met.id, holds=True)
    put_questions(utcnow())
    assert put("asked") == []


def test_nobody_is_asked_for_the_meeting_after_the_next(met, coming):
    put_questions(coming[0].starts_at + HOUR)
    assert put("asked") == [], "the first one is on"
    put_questions(utcnow())
    assert put("asked", met)


def test_when_somebody_said_yes_nobody_is_asked(coming, seats, now):
    put_questions(now)
    (first,) = put("asked")
    Turn.take(coming[0], seats[first], now)
    put_questions(now + HOUR)
    assert put("asked") == []


def test_nobody_is_asked_by_mail_more_than_a_week_before(seats, now):
    first = set_series(seats["Ana"], now, days=10)[0]
    put_questions(first.starts_at - ASK_AHEAD - HOUR)
    assert put("asked") == []
    put_questions(first.starts_at - ASK_AHEAD)
    assert len(put("asked")) == 1


def test_who_did_not_say_yes_to_questions_gets_none(coming, cast, now):
    for name in ("Ana", "Bo"):
        say_yes(cast[name], asked=False)
    put_questions(now)
    assert put("asked") == []


def test_both_are_done_every_hour():
    hourly = {chore.name.rpartition(".")[2] for chore in CHORES if chore.every == HOUR}
    assert {"put_reminders", "put_questions"} <= hourly
