"""The tables of 0.1.0 become those of several series, and lose nothing."""

import shutil
from pathlib import Path

import pytest
from peewee import IntegrityError, SqliteDatabase

from portal import upgrade
from portal.db import PRAGMAS, utcnow
from portal.paths import MIGRATIONS

TABLE, OTHER = "a" * 26, "b" * 26


def put(database: SqliteDatabase, table: str, **facts: object) -> None:
    names, blanks = ", ".join(f'"{name}"' for name in facts), ", ".join("?" * len(facts))
    database.execute_sql(f'INSERT INTO "{table}" ({names}) VALUES ({blanks})', list(facts.values()))  # noqa: S608


def series(database, id, circle, weeks, ended_at=None):
    facts = {"first_on": "2026-01-02", "at": "18:00:00", "zone": "America/Chicago", "minutes": 90}
    put(
        database,
        "series",
        id=id,
        circle_id=circle,
        weeks=weeks,
        ended_at=ended_at,
        sealed_usual_place=b"sealed",
        **facts,
    )


def meeting(database, id, circle, series_id, day, plan=None):
    times = {"starts_at": f"{day} 23:00:00", "ends_at": f"{day} 23:59:00", "skipped": day.endswith("13")}
    put(database, "meeting", id=id, circle_id=circle, series_id=series_id, day=day, sealed_plan=plan, **times)


@pytest.fixture
def database(tmp_path: Path):
    """A portal as 0.1.0 left it: a table that changed its series once, another with one of its own."""
    made = SqliteDatabase(str(tmp_path / "portal.db"), pragmas=PRAGMAS)
    steps = tmp_path / "steps"  # those up to this one; what comes later has tests of its own
    steps.mkdir()
    shutil.copy(MIGRATIONS / "0001_ground_floor.py", steps)
    upgrade.migrate(made, utcnow(), steps)
    person = {"name": "Ana", "folded": "ana", "joined_on": "2026-01-01", "stretch_ops": 1, "stretch_mem": 8192}
    sealed = {"verifier": b"v", "public": b"p", "sealed_private": b"s"}
    clear = {"is_steward": False, "is_healer": True, "language": "en", "zone": "UTC"}
    put(made, "person", id="ana", **person, **sealed, **clear)
    for circle in (TABLE, OTHER):
        put(made, "circle", id=circle, seats=7, convener="s" + circle, began_at="2026-01-01", sealed_about=b"about")
        seat = {"place": 0, "joined_at": "2026-01-01 00:00:00", "affirmed": 1, "sealed_name": b"name"}
        put(made, "seat", id="s" + circle, circle_id=circle, person_id="ana", **seat)
    series(made, "2-before", TABLE, 1, ended_at="2026-02-01 00:00:00")
    series(made, "1-now", TABLE, 2)
    series(made, "other", OTHER, 3)
    meeting(made, "held", TABLE, "2-before", "2026-01-09", plan=b"an old plan")
    meeting(made, "next", TABLE, "1-now", "2026-03-06", plan=b"a plan")
    meeting(made, "left-out", TABLE, "1-now", "2026-03-13")
    meeting(made, "theirs", OTHER, "other", "2026-03-06")
    put(made, "turn", meeting_id="held", role="facilitator", seat_id="s" + TABLE)
    put(made, "turn", meeting_id="next", role="facilitator", seat_id="s" + TABLE)
    put(made, "passed", meeting_id="next", role="facilitator", seat_id="s" + TABLE)
    shutil.copy(MIGRATIONS / "0002_series.py", steps)
    upgrade.migrate(made, utcnow(), steps)
    yield made
    made.close()


def asked(database: SqliteDatabase, sql: str) -> list[tuple]:
    return database.execute_sql(sql).fetchall()


def test_series_keep_their_weeks_and_know_which_belong_together(database):
    found = asked(database, "SELECT id, repeats, every, origin, rests FROM series ORDER BY id")
    assert found == [
        ("1-now", "weeks", 2, "1-now", "[]"),
        ("2-before", "weeks", 1, "1-now", "[]"),
        ("other", "weeks", 3, "other", "[]"),
    ]
    kept = asked(database, "SELECT first_on, at, zone, minutes, sealed_usual_place FROM series WHERE id = '1-now'")
    assert kept == [("2026-01-02", "18:00:00", "America/Chicago", 90, b"sealed")]
    assert asked(database, "SELECT id FROM series WHERE ended_at IS NOT NULL") == [("2-before",)]


def test_meetings_keep_their_times_plans_and_turns(database):
    found = asked(database, "SELECT id, series_id, day, starts_at, skipped, sealed_plan FROM meeting ORDER BY id")
    assert found == [
        ("held", "2-before", "2026-01-09", "2026-01-09 23:00:00", 0, b"an old plan"),
        ("left-out", "1-now", "2026-03-13", "2026-03-13 23:00:00", 1, None),
        ("next", "1-now", "2026-03-06", "2026-03-06 23:00:00", 0, b"a plan"),
        ("theirs", "other", "2026-03-06", "2026-03-06 23:00:00", 0, None),
    ]
    assert asked(database, "SELECT meeting_id FROM turn ORDER BY meeting_id") == [("held",), ("next",)]
    assert asked(database, "SELECT count(*) FROM passed") == [(1,)]


def test_nothing_counts_as_changed(database):
    untouched = "own_time = 0 AND changed_at IS NULL AND change = '' AND sequence = 0"
    assert asked(database, f"SELECT count(*) FROM meeting WHERE {untouched}") == [(4,)]  # noqa: S608


def test_what_hangs_on_a_row_still_goes_with_it(database):
    assert asked(database, "PRAGMA foreign_key_check") == []
    database.execute_sql("DELETE FROM circle WHERE id = ?", [TABLE])
    assert asked(database, "SELECT id FROM meeting") == [("theirs",)]
    assert asked(database, "SELECT count(*) FROM turn") == [(0,)]


def test_two_series_may_meet_on_one_day_and_one_series_may_not(database):
    every = "repeats, every, origin, rests, circle_id, first_on, at, zone, minutes, sealed_usual_place"
    another = f"INSERT INTO series (id, {every}) SELECT 'art', {every} FROM series WHERE id = '1-now'"  # noqa: S608
    database.execute_sql(another)
    columns = "circle_id, day, starts_at, ends_at, skipped, own_time, change, sequence"
    copy = f"INSERT INTO meeting (id, series_id, {columns}) SELECT ?, ?, {columns} FROM meeting WHERE id = 'next'"  # noqa: S608
    database.execute_sql(copy, ["both", "art"])
    with pytest.raises(IntegrityError):
        database.execute_sql(copy, ["twice", "art"])
