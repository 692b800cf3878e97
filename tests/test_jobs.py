"""Chores: each is done by one process at a time, again when it is due, and one that breaks stops no other."""

import multiprocessing
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from peewee import SqliteDatabase

from portal import jobs
from portal.accounts.models.devices import Device
from portal.accounts.models.kept import KeptForm
from portal.accounts.models.links import FirstLink
from portal.circles.models import Invitation, Seat
from portal.db import PRAGMAS, db, open_database, utcnow
from portal.jobs import Chore, ChoreLease, do_what_is_due
from portal.meetings.models.dates import Meeting
from portal.meetings.models.turns import Passed
from portal.rings.models import Holder
from portal.sharing.models import UNDO, Work
from portal.web.models import Try
from tests.cast import make_person, take_seat
from tests.meetings.conftest import set_series
from tests.ports import free_port
from tests.sharing.walls import put_up

NOW = utcnow()


@pytest.fixture
def chores(app, monkeypatch):
    done: list[str] = []
    monkeypatch.setattr(jobs, "CHORES", [])

    def add(name: str, do=None) -> Chore:
        jobs.CHORES.append(Chore(name, timedelta(minutes=5), do or (lambda now: done.append(name))))
        return jobs.CHORES[-1]

    add.done = done
    return add


def test_a_chore_is_done_when_it_is_due_and_not_before(chores):
    chores("sweep")
    for minutes in (0, 1, 4, 5, 6, 10):
        do_what_is_due(NOW + timedelta(minutes=minutes))
    assert chores.done == ["sweep"] * 3


def test_a_chore_that_breaks_stops_no_other_and_is_tried_again(chores):
    chores("breaks", lambda now: 1 / 0)
    chores("sweep")
    do_what_is_due(NOW)
    assert chores.done == ["sweep"]
    tried = []
    jobs.CHORES[0] = Chore("breaks", timedelta(minutes=5), tried.append)
    do_what_is_due(NOW + jobs.LEASE + timedelta(seconds=1))
    assert tried


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("jump", "later", "destroyed"),
    [
        (timedelta(0), timedelta(minutes=6), True),
        (timedelta(hours=23), timedelta(0), True),  # the machine was off for a night
        (timedelta(minutes=-5), timedelta(minutes=12), True),  # the time of the network, a little behind
        (timedelta(minutes=-70), timedelta(minutes=12), True),  # a start from the last hour that was written down
        (timedelta(hours=-3), timedelta(minutes=12), False),
        (3 * DAY, timedelta(0), False),
        (3 * DAY, timedelta(hours=23), False),
        (3 * DAY, DAY, True),
        (-3 * DAY, timedelta(hours=23), False),  # and set right again after a start with a wrong clock
        (-3 * DAY, DAY, True),
    ],
)
def test_nothing_is_destroyed_until_the_clock_has_been_steady_for_a_day(chores, jump, later, destroyed):
    chores("sweep")
    do_what_is_due(NOW)
    jobs.CHORES.append(Chore("destroy", timedelta(0), lambda now: chores.done.append("destroy"), destroys=True))
    do_what_is_due(NOW + jump)
    chores.done.clear()
    for hours in range(int(later / timedelta(hours=1)) + 1):
        do_what_is_due(NOW + jump + timedelta(hours=hours))
    do_what_is_due(NOW + jump + later)
    assert ("destroy" in chores.done) == destroyed


def test_what_destroys_by_the_clock_says_so():
    known = {chore.name.rpartition(".")[2]: chore.destroys for chore in jobs.CHORES}
    assert {name for name, destroys in known.items() if not destroys} == {
        "end_old_sessions", "extend_series", "put_reminders", "put_questions",
    }  # fmt: skip


def test_a_chore_in_other_hands_is_left_there_until_its_lease_ends(chores):
    sweep = chores("sweep")
    assert ChoreLease.take(sweep, NOW)
    do_what_is_due(NOW + timedelta(minutes=6))
    assert chores.done == []
    do_what_is_due(NOW + jobs.LEASE)
    assert chores.done == ["sweep"]


def take_in_a_process(path: Path, gate, answers) -> None:
    open_database(path)
    gate.wait(120)
    answers.put(ChoreLease.take(Chore("sweep", timedelta(minutes=5), print), NOW))
    db.close()


def test_what_hangs_outside_the_house_keeps_no_chore_waiting(app, chores, monkeypatch):
    """A carrier that never comes back has a thread of its own, and a stopping process waits only so long for it."""
    hangs, carried, swept = threading.Event(), threading.Event(), threading.Event()
    chores("sweep", lambda now: swept.set())
    monkeypatch.setattr(jobs, "CARRIERS", [lambda now, stopped: (carried.set(), hangs.wait(300))])
    monkeypatch.setattr(jobs, "FAREWELL", 0.1)
    stop = jobs.start(app)
    try:
        assert carried.wait(120)
        assert swept.wait(120)
    finally:
        stop()
        hangs.set()


def test_a_round_that_breaks_is_followed_by_the_next(app, chores, monkeypatch):
    tried, twice = [], threading.Event()

    def breaks(now, stopped):
        tried.append(now)
        if len(tried) > 1:
            twice.set()
        raise RuntimeError("a word that somebody wrote")

    monkeypatch.setattr(jobs, "CARRIERS", [breaks])
    monkeypatch.setattr(jobs, "PAUSE", 0.01)
    stop = jobs.start(app)
    try:
        assert twice.wait(120)
    finally:
        stop()


def test_of_four_processes_one_takes_a_chore(tmp_path: Path):
    path = tmp_path / "jobs.db"
    database = SqliteDatabase(str(path), pragmas=PRAGMAS)
    with database.bind_ctx([ChoreLease]):
        database.create_tables([ChoreLease])
    database.close()
    several = multiprocessing.get_context("spawn")
    gate, answers = several.Barrier(4), several.Queue()
    processes = [several.Process(target=take_in_a_process, args=(path, gate, answers)) for _n in range(4)]
    for process in processes:
        process.start()
    taken = sorted(answers.get(timeout=300) for _n in range(4))
    for process in processes:
        process.join(120)
    assert taken == [False, False, False, True]


def take_part(app, **later) -> None:
    """Everything the portal does by itself, at some later moment, as its own loop does it."""
    with app.app_context():
        do_what_is_due(utcnow() + timedelta(**later))


def device(cast, name: str, began: timedelta, seen: timedelta, own_phone: bool = False) -> str:
    member = cast[name]
    made = Device.by_token(Device.begin(member.person, member.private, "", own_phone, utcnow() - began))
    Device.update(seen_at=utcnow() - seen).where(Device.id == made.id).execute()
    return made.id


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def test_devices_are_ended_when_their_time_is_over_and_lose_their_key_when_they_go_quiet(app, cast):
    days = timedelta(days=1)
    device(cast, "Ana", hours(9), hours(0))
    device(cast, "Bo", 181 * days, days, own_phone=True)
    device(cast, "Cy", 40 * days, 31 * days, own_phone=True)
    quiet = device(cast, "Ana", hours(2), hours(1))
    open_ = [device(cast, "Bo", hours(7), hours(0.1)), device(cast, "Cy", 40 * days, 29 * days, own_phone=True)]
    take_part(app)
    left = {row.id: row.sealed_private is not None for row in Device.select()}
    assert left == {quiet: False, **dict.fromkeys(open_, True)}


def test_links_for_a_first_account_are_forgotten_when_they_ran_out(app, cast):
    FirstLink.make("healer", utcnow() - timedelta(days=14, seconds=1))
    FirstLink.make("setup", utcnow() - timedelta(days=2, seconds=1))
    stays = FirstLink.make("healer", utcnow() - timedelta(days=13))
    take_part(app)
    assert FirstLink.select().count() == 1
    assert FirstLink.read("healer", stays, utcnow())


def test_words_that_were_kept_are_forgotten_after_eight_hours(app, cast):
    person = cast["Ana"].person
    KeptForm.keep(person, "/old", {"text": "words"}, utcnow() - timedelta(hours=8, seconds=2))
    KeptForm.keep(person, "/new", {"text": "words"}, utcnow() - timedelta(hours=7))
    take_part(app)
    assert [one.page for one in KeptForm.all_of(person.id, cast["Ana"].private, utcnow())] == ["/new"]
    assert KeptForm.select().count() == 1


def test_wrong_tries_are_forgotten_after_a_day(app, cast):
    Try.count({"name": "old"}, utcnow() - timedelta(days=1, seconds=2))
    Try.count({"name": "new"}, utcnow() - timedelta(hours=23))
    take_part(app)
    assert [row.key for row in Try.select()] == ["new"]


def test_invitations_are_forgotten_when_they_ran_out_and_the_ring_forgets_them_too(app, cast):
    host = cast["Ana"].seat()
    old = host.invite(utcnow() - timedelta(hours=72, seconds=1))
    stays = host.invite(utcnow() - timedelta(hours=71))
    assert Holder.select().where(Holder.id == old.id).exists()
    take_part(app)
    assert [row.id for row in Invitation.select()] == [stays.id]
    assert not Holder.select().where(Holder.id == old.id).exists()
    assert Holder.select().where(Holder.id == stays.id).exists()


def test_by_which_link_somebody_came_is_forgotten_after_three_days(app, cast):
    host = cast["Ana"].seat()
    Seat.update(came_by=None).execute()
    early = take_seat(host, make_person("Dora"), utcnow() - timedelta(hours=2))
    late = take_seat(host, make_person("Eli"))
    take_part(app, hours=71)
    assert {row.id for row in Seat.select().where(Seat.came_by.is_null(False))} == {late.id}
    assert Seat.get_by_id(early.id).came_by is None


def test_a_piece_that_was_hidden_long_enough_is_erased(app, ana, cast):
    due, not_yet, kept = (put_up(ana, cast.table) for _n in range(3))
    Work.get_by_id(due).hide(utcnow() - UNDO)
    Work.get_by_id(not_yet).hide(utcnow() - UNDO + timedelta(minutes=1))
    take_part(app)
    assert {work.id for work in Work.select()} == {not_yet, kept}


def test_passes_are_forgotten_when_the_meeting_is_over(app, cast):
    ana, bo = cast["Ana"].seat(), cast["Bo"].seat()
    over, coming = set_series(ana, utcnow() - timedelta(weeks=5))[:5:4]
    for meeting in (over, coming):
        Passed.create(meeting=meeting.id, seat=bo.id, role="facilitator")
    take_part(app)
    assert [row.meeting_id for row in Passed.select()] == [coming.id]


def test_half_a_year_of_meetings_stands_ahead_whenever_one_looks(app, cast):
    meetings = set_series(cast["Ana"].seat(), utcnow())
    take_part(app, weeks=10)
    days = [row.day for row in Meeting.select().order_by(Meeting.day)]
    assert days[: len(meetings)] == [meeting.day for meeting in meetings]
    assert len(days) == len(meetings) + 10


@pytest.fixture
def command(tmp_path: Path) -> Iterator[tuple[Callable[..., subprocess.Popen], Path]]:
    """How to run a word of the command in a process of its own, and the database it has."""
    folder, started = tmp_path / "kept", []
    environ = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).parents[1]), "PORTAL_DATA_DIR": str(folder)}

    def run(word: str) -> subprocess.Popen:
        listens = {"PORTAL_LISTEN": f"127.0.0.1:{free_port()}"}
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", "portal.commands", word],
                env=environ | listens,
                cwd=tmp_path,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )
        return started[-1]

    yield run, folder / "portal.db"
    for process in started:
        process.kill()
        process.wait(120)


def links(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as database:
        return [name for (name,) in database.execute("select id from first_link where id like '%due' order by id")]


@pytest.mark.parametrize("word", ["serve", "worker"])
def test_a_portal_that_is_served_or_worked_for_does_its_chores_by_itself(command, word):
    run, path = command
    assert run("migrate").wait(300) == 0
    with closing(sqlite3.connect(path)) as database:
        for name, expires_at in (("due", "2026-01-01 00:00:00"), ("not due", "2999-01-01 00:00:00")):
            row = (name, name.encode(), "healer", expires_at)
            database.execute("insert into first_link (id, lookup, purpose, expires_at) values (?, ?, ?, ?)", row)
        database.commit()
    assert links(path) == ["due", "not due"]
    running = run(word)
    end = time.monotonic() + 300
    while "due" in links(path):
        assert time.monotonic() < end, "no chore was done"
        time.sleep(0.1)
    assert links(path) == ["not due"]
    running.terminate()
    assert running.wait(120) == 0
