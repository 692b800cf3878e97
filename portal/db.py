"""The one database: its connection per thread, its ids, its instants and its writing transactions."""

import base64
import logging
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

from peewee import (
    AsIs,
    BlobField,
    CharField,
    DateTimeField,
    Field,
    ForeignKeyField,
    IntegerField,
    Model,
    OperationalError,
    SqliteDatabase,
    TextField,
)

from portal.waiting import waiting_elsewhere

log = logging.getLogger("portal")

PRAGMAS: dict[str, Any] = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: NORMAL in WAL loses acknowledged writes at a power cut
    "foreign_keys": 1,
    "busy_timeout": 5000,  # milliseconds
    "secure_delete": 1,
    "temp_store": 2,  # memory: a sort must not spill to the disk
    "cache_size": -1500,  # KiB for each thread; the system keeps the rest of so small a file in memory anyway
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

    def python_value(self, value):
        """Read as it was written; Peewee would try one pattern after the other, and a table's page reads ninety."""
        return datetime.fromisoformat(value) if isinstance(value, str) else value


_afterwards = threading.local()


@contextmanager
def writing() -> Iterator[None]:
    """One transaction that holds the write lock from its start, so that what it read still holds when it writes."""
    if db.in_transaction():
        with db.atomic():
            yield
        return
    _afterwards.calls = []
    with waiting_elsewhere():  # for the lock, for the disk, and for the disk again in what is done afterwards
        try:
            with db.atomic("IMMEDIATE"):
                yield
        finally:
            calls, _afterwards.calls = _afterwards.calls, []
            for call in dict.fromkeys(calls):  # what many asked for is done once
                call()


def afterwards(do: Callable[[], object]) -> None:
    """Do this when the transaction under way has ended, even if it is rolled back; at once where there is none."""
    if db.in_transaction():
        _afterwards.calls.append(do)
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
        if () in self.written:  # it was asked without a list before, so it always is
            return self.written[()]
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
        self.sql, self.params = query.sql()
        columns = getattr(query, "lhs", query)._returning  # of a union, the first half names the columns
        self.read = [(at, read) for at, column in enumerate(columns) if (read := reader(column))]
        self.models_of = [Part.of(fields, query.model) for fields in by_model(columns)]

    def ask(self, given: Mapping[str, Any]) -> list[tuple]:
        filled = [p.filled(given) if isinstance(p, Blank) else p for p in self.params]
        return db.execute_sql(self.sql, filled).fetchall()

    def rows(self, given: Mapping[str, Any]) -> list[tuple]:
        found = self.ask(given)
        return [self.converted(row) for row in found] if self.read else found

    def converted(self, row: tuple) -> tuple:
        values = list(row)
        for at, read in self.read:
            if values[at] is not None:
                values[at] = read(values[at])
        return tuple(values)

    def models(self, given: Mapping[str, Any]) -> list[Any]:
        first, *joined = self.models_of
        found = []
        for row in self.rows(given):
            one = first.instance(row)
            for other in joined:
                one.__rel__[other.known_as] = other.instance(row)
            found.append(one)
        return found


@dataclass(frozen=True)
class Part:
    """The columns of one model among those of a row, and by which of its foreign keys the row's own model knows it."""

    model: Any
    names: tuple[str, ...]
    columns: slice
    known_as: str

    @classmethod
    def of(cls, fields: list[tuple[int, Field]], own: Any) -> "Part":
        (begin, field), (end, _) = fields[0], fields[-1]
        keys = [key.name for key in own._meta.refs if key.rel_model is field.model]
        names = tuple(field.name for _, field in fields)
        return cls(field.model, names, slice(begin, end + 1), keys[0] if keys else "")

    def instance(self, row: tuple) -> Any:
        one = self.model(__no_default__=True)
        one.__data__.update(zip(self.names, row[self.columns], strict=True))
        return one


def by_model(columns: Iterable[Any]) -> list[list[tuple[int, Field]]]:
    """The fields among the columns with their places, those of one model together."""
    fields = [(at, column) for at, column in enumerate(columns) if isinstance(column, Field)]
    return [list(of_one) for _, of_one in groupby(fields, key=lambda placed: placed[1].model)]


AS_STORED = (CharField, TextField, IntegerField, BlobField)  # what both databases answer as Python has it


def reader(column: Any) -> Callable[[Any], Any] | None:
    """What turns a column's answer into its Python value, through functions and subqueries, too; None where nothing."""
    if isinstance(column, ForeignKeyField):
        return reader(column.rel_field)
    if isinstance(column, Field):
        return None if isinstance(column, AS_STORED) else column.python_value
    inner = getattr(column, "arguments", None) or getattr(column, "_returning", None)
    return reader(inner[0]) if inner else None


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
