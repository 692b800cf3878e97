"""Bring the database to the tables of this version: by one process, after a copy, wholly or not at all."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from peewee import DatabaseError, SqliteDatabase
from playhouse.migrations import Runner

from portal.disk import settle
from portal.paths import MIGRATIONS

COPIES = 3  # kept from before an upgrade; a database is small beside its pictures


class CannotUpgrade(Exception):
    """The sentence says what is wrong, and that nothing was changed."""


def pending(database: SqliteDatabase, directory: Path = MIGRATIONS) -> list[str]:
    """What this version would still change, in its order."""
    return [step.name for step in Runner(database, str(directory)).status() if not step.applied]


def newer_than_code(database: SqliteDatabase, directory: Path = MIGRATIONS) -> list[str]:
    """What a newer version has already changed, and this one knows nothing of."""
    return [step.name for step in Runner(database, str(directory)).status() if step.path is None]


def migrate(database: SqliteDatabase, now: datetime, directory: Path = MIGRATIONS) -> list[str]:
    """Apply what is pending and return its names. Raises CannotUpgrade, and then nothing was changed.

    Processes that start together wait for one another; the first one upgrades.
    """
    with one_at_a_time(database_file(database)):
        try:
            return copy_and_apply(database, now, directory)
        except (DatabaseError, sqlite3.Error, OSError) as error:
            where = copies_folder(database)
            raise CannotUpgrade(
                f"The database could not be read or changed ({error}). Nothing was changed. "
                f"Copies from before earlier upgrades, if there are any, lie in {where}."
            ) from error


def copy_and_apply(database: SqliteDatabase, now: datetime, directory: Path) -> list[str]:
    refuse_newer(database, directory)
    steps = pending(database, directory)
    if steps and Runner(database, str(directory)).applied():
        copy(database, copies_folder(database) / f"{now:%Y%m%d-%H%M%S}-before-{steps[0]}.db")
    if steps:
        apply(database, directory)
    return steps


def refuse_newer(database: SqliteDatabase, directory: Path) -> None:
    newer = newer_than_code(database, directory)
    if newer:
        raise CannotUpgrade(
            f"This database was last used by a newer version of the portal: it has {newer[-1]}, which this version "
            "does not know. Start the newer version, or put back a copy from before its upgrade: "
            f"they lie in {copies_folder(database)}. Nothing was changed."
        )


def apply(database: SqliteDatabase, directory: Path) -> None:
    """All steps in one transaction: a power cut in the middle leaves a database that the old version still opens.

    Foreign keys are switched off around it, as the runner does for each step alone: rebuilding a table would
    otherwise delete the rows that point at it.
    """
    database.pragma("foreign_keys", 0)
    try:
        with database.atomic("IMMEDIATE"):
            Runner(database, str(directory)).up()
            refuse_dangling(database)
    finally:
        database.pragma("foreign_keys", 1)


def refuse_dangling(database: SqliteDatabase) -> None:
    dangling = database.execute_sql("PRAGMA foreign_key_check").fetchall()
    if dangling:
        raise CannotUpgrade(
            f"The upgrade would leave rows of {dangling[0][0]} pointing at nothing. Nothing was changed."
        )


def copy(database: SqliteDatabase, to: Path) -> None:
    """A whole copy under the name `to`, or none: what a kill leaves behind has another name."""
    to.parent.mkdir(mode=0o700, exist_ok=True)
    part = to.parent / "unfinished"
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(part)) as copied:
        database.connection().backup(copied)
    settle(part)
    part.replace(to)
    settle(to.parent)
    for old in sorted(to.parent.glob("*.db"))[:-COPIES]:
        old.unlink()


def database_file(database: SqliteDatabase) -> Path:
    return Path(database.database)


def copies_folder(database: SqliteDatabase) -> Path:
    return database_file(database).parent / "before-upgrades"


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    with open(path.parent / "upgrade.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
