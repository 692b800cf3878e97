"""The one database: its connection per thread, its ids, its instants and its writing transactions."""

import base64
import logging
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from peewee import AsIs, DateTimeField, Field, Model, OperationalError, SqliteDatabase

log = logging.getLogger("portal")

PRAGMAS: dict[str, Any] = {
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


@dataclass(frozen=True)
class Blank:
    """A place in a prepared query that is filled in when it is asked; in a list that was given, the one at `index`."""

    name: str
    index: int | None = None

    def filled(self, given: Mapping[str, Any]) -> Any:
        return given[self.name] if self.index is None else given[self.name][self.index]


class Prepared:
    """A function that builds a query, made to write its SQL once: that takes Peewee longer than SQLite to answer it.

    The query must be the same whatever is given; only for a list of another length it is written anew. What is given
    goes in as it is: ids, numbers, bytes, naive UTC instants.
    """

    def __init__(self, build: Callable[..., Any]) -> None:
        self.build = build
        self.written: dict[tuple[int, ...], Written] = {}

    def __call__(self, **given: Any) -> list[tuple]:
        """The rows, each column as its field reads it."""
        return self.query(given).rows(given)

    def models(self, **given: Any) -> list[Any]:
        """The rows as instances of the query's model, with those it joins and selects."""
        return self.query(given).models(given)

    def query(self, given: Mapping[str, Any]) -> "Written":
        lengths = tuple(len(value) for value in given.values() if isinstance(value, list))
        if lengths not in self.written:
            self.written[lengths] = Written(self.build(**{name: blanks(name, given[name]) for name in given}))
        return self.written[lengths]


def blanks(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return [AsIs(Blank(name, index), converter=False) for index in range(len(value))]
    return AsIs(Blank(name), converter=False)


class Written:
    """A query with its SQL, and with what reads the rows of its answers."""

    def __init__(self, query: Any) -> None:
        self.query = query
        self.sql, self.params = query.sql()
        first = getattr(query, "lhs", query)  # of a union, the first half names the columns
        self.readers = [reader(column) for column in first._returning]
        self.hydrate: Callable[[tuple], Any] | None = None

    def ask(self, given: Mapping[str, Any]) -> Any:
        return db.execute_sql(self.sql, [p.filled(given) if isinstance(p, Blank) else p for p in self.params])

    def rows(self, given: Mapping[str, Any]) -> list[tuple]:
        found = self.ask(given).fetchall()
        return [tuple([read(value) for read, value in zip(self.readers, row, strict=True)]) for row in found]

    def models(self, given: Mapping[str, Any]) -> list[Any]:
        cursor = self.ask(given)
        if self.hydrate is None:
            wrapper = self.query._get_cursor_wrapper(cursor)  # Peewee's own; it finds out which column is whose
            wrapper.initialize()
            self.hydrate = wrapper.process_row
        return [self.hydrate(row) for row in cursor.fetchall()]


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
        wait_for_others(HURRY)
        yield
    except OperationalError as error:
        log.warning("left undone: %s", type(error).__name__)
    finally:
        with suppress(OperationalError):
            wait_for_others(PRAGMAS["busy_timeout"])


def wait_for_others(milliseconds: int) -> None:
    if isinstance(db, SqliteDatabase):
        db.pragma("busy_timeout", milliseconds)


def forget_deleted() -> None:
    """Empty the write-ahead log: what was deleted stays readable in it until then."""
    db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
