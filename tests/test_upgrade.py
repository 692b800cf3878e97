"""Upgrading a database: by one process, after a copy, wholly or not at all."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from peewee import SqliteDatabase

from portal.db import PRAGMAS
from portal.upgrade import CannotUpgrade, copies_folder, migrate, newer_than_code, pending

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 3, 5, 18, 30)

GROUND = """
def up(migrator, db):
    db.execute_sql("CREATE TABLE seat (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")
    db.execute_sql("CREATE TABLE turn (id INTEGER PRIMARY KEY, seat_id INTEGER REFERENCES seat ON DELETE CASCADE)")
"""
CHAIRS = """
from peewee import IntegerField

def up(migrator, db):
    migrator.migrate(migrator.add_column("seat", "chair", IntegerField(default=0)))
"""
FLOWERS = """
def up(migrator, db):
    db.execute_sql("CREATE TABLE flower (id INTEGER PRIMARY KEY)")
"""
BROKEN = """
def up(migrator, db):
    db.execute_sql("DELETE FROM turn")
    db.execute_sql("CREATE TABLE seat (id INTEGER)")
"""
DANGLING = """
def up(migrator, db):
    db.execute_sql("DELETE FROM seat")
"""
SLOW = """
import time
from pathlib import Path
from peewee import IntegerField

def reach(number):
    here = Path(__file__).parent
    (here / f"reached-{number}").touch()
    while (here / f"held-at-{number}").exists():
        time.sleep(0.005)

STATEMENTS = (
    "DELETE FROM turn",
    "UPDATE seat SET name = 'lost'",
    "CREATE TABLE flower (id INTEGER PRIMARY KEY)",
    "INSERT INTO flower (id) VALUES (1)",
)

def up(migrator, db):
    for number, statement in enumerate(STATEMENTS):
        reach(number)
        db.execute_sql(statement)
    migrator.migrate(migrator.add_column("seat", "chair", IntegerField(default=0)))
    reach(4)
"""
UPGRADE = """
import sys
from datetime import datetime
from pathlib import Path
from peewee import SqliteDatabase
from portal.db import PRAGMAS
from portal.upgrade import migrate
database = SqliteDatabase(sys.argv[1], pragmas=PRAGMAS, autoconnect=True)
print(*migrate(database, datetime(2026, 3, 5), Path(sys.argv[2])))
"""


@pytest.fixture
def database(tmp_path):
    opened = SqliteDatabase(tmp_path / "portal.db", pragmas=PRAGMAS, autoconnect=True)
    yield opened
    opened.close()


@pytest.fixture
def version(tmp_path):
    """A maker of versions of the portal: each a folder with the migrations that it knows."""

    def make(**steps):
        folder = tmp_path / "-".join(["version", *steps])
        folder.mkdir(exist_ok=True)
        for number, (name, source) in enumerate(steps.items(), start=1):
            (folder / f"{number:04}_{name}.py").write_text(source)
        return folder

    return make


@pytest.fixture
def old(database, version):
    """The old version, which has a seat and its turn in the database."""
    folder = version(ground=GROUND)
    migrate(database, NOW, folder)
    database.execute_sql("INSERT INTO seat (id, name) VALUES (1, 'Ana')")
    database.execute_sql("INSERT INTO turn (seat_id) VALUES (1)")
    return folder


def upgrading(database, folder):
    """Another process that upgrades."""
    return subprocess.Popen(
        [sys.executable, "-c", UPGRADE, database.database, folder], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def contents(database):
    return [database.execute_sql(f"SELECT * FROM {table}").fetchall() for table in ("seat", "turn")]  # noqa: S608


def test_a_new_database_gets_every_table_and_needs_no_copy(database, version):
    folder = version(ground=GROUND, chairs=CHAIRS)
    assert migrate(database, NOW, folder) == ["0001_ground", "0002_chairs"]
    assert pending(database, folder) == []
    assert not copies_folder(database).exists()


def test_a_second_start_changes_nothing(database, old):
    assert migrate(database, NOW, old) == []
    assert not copies_folder(database).exists()


def test_rebuilding_a_table_keeps_the_rows_that_point_at_it(database, old, version):
    migrate(database, NOW, version(ground=GROUND, chairs=CHAIRS))
    assert contents(database) == [[(1, "Ana", 0)], [(1, 1)]]
    assert database.pragma("foreign_keys") == 1


def test_a_copy_of_the_old_database_is_made_before_and_is_whole_and_private(database, old, version):
    before = contents(database)
    migrate(database, NOW, version(ground=GROUND, chairs=CHAIRS))
    (kept,) = copies_folder(database).iterdir()
    assert kept.name == "20260305-183000-before-0002_chairs.db"
    assert kept.stat().st_mode & 0o077 == 0
    copied = SqliteDatabase(kept)
    assert contents(copied) == before
    assert copied.pragma("integrity_check") == "ok"
    assert pending(copied, old) == newer_than_code(copied, old) == []
    copied.close()


def test_the_old_version_starts_on_the_copy(database, old, version):
    migrate(database, NOW, version(ground=GROUND, chairs=CHAIRS))
    (kept,) = copies_folder(database).iterdir()
    database.close()
    shutil.copy(kept, database.database)
    assert migrate(database, NOW, old) == []


def test_three_copies_are_kept(database, old, version):
    steps = {"ground": GROUND}
    for number in range(5):
        steps[f"flower{number}"] = FLOWERS.replace("flower", f"flower{number}")
        migrate(database, NOW + timedelta(days=number), version(**steps))
    kept = sorted(path.name for path in copies_folder(database).iterdir())
    assert [name[:8] for name in kept] == ["20260307", "20260308", "20260309"]


def test_three_processes_that_start_together_upgrade_once(database, old, version):
    folder = version(ground=GROUND, slow=SLOW, flowers=FLOWERS.replace("flower", "lily"))
    database.close()
    held = folder / "held-at-2"
    held.touch()
    together = [upgrading(database, folder) for _ in range(3)]
    wait_for(folder / "reached-2")
    time.sleep(0.3)  # so that the others come while it is under way
    held.unlink()
    said = sorted(process.communicate(timeout=300)[0].strip() for process in together)
    assert said == ["", "", "0002_slow 0003_flowers"]
    assert [process.returncode for process in together] == [0, 0, 0]
    assert len(list(copies_folder(database).iterdir())) == 1


def test_three_processes_that_start_together_on_nothing_make_one_database(database, version):
    folder = version(ground=GROUND, chairs=CHAIRS)
    together = [upgrading(database, folder) for _ in range(3)]
    said = sorted(process.communicate(timeout=300)[0].strip() for process in together)
    assert said == ["", "", "0001_ground 0002_chairs"]


@pytest.mark.parametrize("statement", range(5))
def test_killed_in_the_middle_the_old_version_still_starts_and_a_new_try_succeeds(database, old, version, statement):
    folder = version(ground=GROUND, first=FLOWERS.replace("flower", "lily"), slow=SLOW)
    before = contents(database)
    database.close()
    held = folder / f"held-at-{statement}"
    held.touch()
    process = upgrading(database, folder)
    wait_for(folder / f"reached-{statement}")
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    held.unlink()

    assert migrate(database, NOW, old) == []
    assert contents(database) == before
    assert database.pragma("integrity_check") == "ok"
    assert migrate(database, NOW, folder) == ["0002_first", "0003_slow"]


def wait_for(path):
    end = time.monotonic() + 300
    while not path.exists():
        assert time.monotonic() < end, f"{path} never came"
        time.sleep(0.005)


def test_a_step_that_breaks_undoes_the_steps_before_it(database, old, version):
    before = contents(database)
    with pytest.raises(CannotUpgrade, match="Nothing was changed"):
        migrate(database, NOW, version(ground=GROUND, flowers=FLOWERS, broken=BROKEN))
    assert contents(database) == before
    assert "flower" not in database.get_tables()
    assert migrate(database, NOW, old) == []


def test_a_step_that_would_leave_rows_pointing_at_nothing_is_undone(database, old, version):
    with pytest.raises(CannotUpgrade, match="rows of turn"):
        migrate(database, NOW, version(ground=GROUND, dangling=DANGLING))
    assert contents(database) == [[(1, "Ana")], [(1, 1)]]


def test_a_database_newer_than_the_code_is_refused_with_a_sentence(database, old, version):
    newer = version(ground=GROUND, chairs=CHAIRS)
    migrate(database, NOW, newer)
    assert newer_than_code(database, old) == ["0002_chairs"]
    with pytest.raises(CannotUpgrade, match="newer version of the portal: it has 0002_chairs"):
        migrate(database, NOW, old)


def test_a_file_that_is_no_database_is_refused_with_a_sentence(database, version):
    Path(database.database).write_bytes(b"not a database, but long enough to look like one" * 20)
    with pytest.raises(CannotUpgrade, match="could not be read"):
        migrate(database, NOW, version(ground=GROUND))


def test_a_half_made_copy_is_never_taken_for_a_whole_one(database, old, version):
    copies_folder(database).mkdir()
    (copies_folder(database) / "unfinished").write_bytes(b"half")
    migrate(database, NOW, version(ground=GROUND, chairs=CHAIRS))
    (kept,) = copies_folder(database).iterdir()
    with closing(sqlite3.connect(kept)) as copied:
        assert copied.execute("SELECT name FROM seat").fetchall() == [("Ana",)]
