"""The one database: its connection per thread, its ids, its instants and its writing transactions."""

import base64
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

from peewee import DateTimeField, Model, SqliteDatabase

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: NORMAL in WAL loses acknowledged writes at a power cut
    "foreign_keys": 1,
    "busy_timeout": 5000,  # milliseconds
    "secure_delete": 1,
    "temp_store": 2,  # memory: a sort must not spill to the disk
    "cache_size": -8000,  # KiB
}

db = SqliteDatabase(None, pragmas=PRAGMAS, autoconnect=True)

Row = TypeVar("Row", bound=Model)


class Table(Model):
    class Meta:
        database = db
        legacy_table_names = False


def open_database(path: Path) -> None:
    db.init(str(path))


def new_id() -> str:
    """128 random bits as 26 lower-case characters: what a row is called outside."""
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


def utcnow() -> datetime:
    """Now, as the naive UTC that every instant is stored in."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


class Instant(DateTimeField):
    """A moment in naive UTC. An aware value is refused: SQLite and PostgreSQL would store it differently."""

    def db_value(self, value):
        if isinstance(value, datetime) and value.tzinfo is not None:
            raise ValueError(f"{self.name} takes naive UTC, not {value!r}")
        return super().db_value(value)


_waiting = threading.local()


@contextmanager
def writing() -> Iterator[None]:
    """One transaction that holds the write lock from its start, so that what it read still holds when it writes."""
    if db.in_transaction():
        with db.atomic():
            yield
        return
    _waiting.calls = []
    try:
        with db.atomic("IMMEDIATE"):
            yield
    finally:
        calls, _waiting.calls = _waiting.calls, []
        for call in calls:
            call()


def afterwards(do: Callable[[], object]) -> None:
    """Do this when the transaction under way has ended, even if it is rolled back; at once where there is none."""
    if db.in_transaction():
        _waiting.calls.append(do)
    else:
        do()


def lock(row: Row) -> Row:
    """Read `row` again, locked until the transaction ends; raises DoesNotExist when it is gone.

    Must run inside `writing()`.
    """
    model = type(row)
    query = model.select().where(model._meta.primary_key == row.get_id())  # type: ignore[attr-defined]
    return (query if isinstance(db, SqliteDatabase) else query.for_update()).get()


def rows(query: Any) -> list[tuple]:
    """The bare rows of a query: where a page asks often, model instances cost more than the database."""
    return list(query.tuples())


class Blank(str):
    """Where a value goes in a query that is written once."""


def written_once(build: Callable[..., Any]) -> Callable[..., Any]:
    """Have a function that builds a query write it at its first call, and only fill in its arguments from then on.

    Peewee takes longer to write a query than SQLite to answer it. The query must be the same whatever the arguments,
    which go into it as they are, past the fields' conversions: ids and numbers.
    """
    written: list[tuple[Any, str, list]] = []

    @wraps(build)
    def filled(*values: Any) -> Any:
        if not written:
            query = build(*(Blank(place) for place in range(len(values))))
            written.append((query.model, *query.sql()))
        model, sql, params = written[0]
        return model.raw(sql, *(values[int(param)] if isinstance(param, Blank) else param for param in params))

    return filled


def forget_deleted() -> None:
    """Empty the write-ahead log: what was deleted stays readable in it until then."""
    db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
