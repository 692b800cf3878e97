"""The one database: its connection per thread, its ids, its instants and its writing transactions."""

import base64
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from peewee import AsIs, DatabaseError, DateTimeField, Field, Model, SqliteDatabase

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: NORMAL in WAL loses acknowledged writes at a power cut
    "foreign_keys": 1,
    "busy_timeout": 5000,  # milliseconds
    "secure_delete": 1,
    "temp_store": 2,  # memory: a sort must not spill to the disk
    "cache_size": -8000,  # KiB
}

HURRY = 200  # milliseconds that a quick exit waits for other writers

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


def instance(model: type[Row], values: Iterable[object]) -> Row:
    """A row of the model from all of its columns in their order."""
    return model(**dict(zip(model._meta.sorted_field_names, values, strict=True)))  # type: ignore[attr-defined]


class Blank(str):
    """A place in a prepared query that is filled in when it is asked."""


class Prepared:
    """A function that builds a query, made to write its SQL once: that takes Peewee longer than SQLite to answer it.

    The query must be the same whatever is given. What is given goes in as it is: ids, numbers, naive UTC instants.
    """

    def __init__(self, build: Callable[..., Any]) -> None:
        self.build = build
        self.written: Written | None = None

    def __call__(self, **given: object) -> list[tuple]:
        """The rows, each column as its field reads it."""
        query = self.written or self.write(given)
        found = db.execute_sql(query.sql, query.filled(given))
        return [tuple(read(value) for read, value in zip(query.readers, row, strict=True)) for row in found]

    def models(self, **given: object) -> list[Any]:
        """The rows as instances of the query's model."""
        query = self.written or self.write(given)
        return list(query.model.raw(query.sql, *query.filled(given)))

    def write(self, given: Iterable[str]) -> "Written":
        query = self.build(**{name: AsIs(Blank(name), converter=False) for name in given})
        first = getattr(query, "lhs", query)  # of a union, the first half names the columns
        sql, params = query.sql()
        self.written = Written(sql, params, first.model, [reader(column) for column in first._returning])
        return self.written


@dataclass(frozen=True)
class Written:
    sql: str
    params: list[object]
    model: Any
    readers: list[Callable[[Any], Any]]

    def filled(self, given: Mapping[str, object]) -> list[object]:
        return [given[param] if isinstance(param, Blank) else param for param in self.params]


def reader(column: Any) -> Callable[[Any], Any]:
    """What turns a column's answer into its Python value; through functions and subqueries, too."""
    if isinstance(column, Field):
        return column.python_value
    inner = getattr(column, "arguments", None) or getattr(column, "_returning", None)
    return reader(inner[0]) if inner else lambda value: value


@contextmanager
def if_it_can() -> Iterator[None]:
    """Try a change that must keep nobody waiting or out: on a full, read-only or busy disk it is left undone."""
    try:
        db.pragma("busy_timeout", HURRY)
        yield
    except DatabaseError:
        pass
    finally:
        with suppress(DatabaseError):
            db.pragma("busy_timeout", PRAGMAS["busy_timeout"])


def forget_deleted() -> None:
    """Empty the write-ahead log: what was deleted stays readable in it until then."""
    db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
