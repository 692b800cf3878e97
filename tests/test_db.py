"""The ways to the database that all rooms share."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from playhouse.test_utils import count_queries

from portal.accounts.models.people import Person
from portal.circles.models import Circle, Seat
from portal.db import Prepared, db
from portal.sharing.models import Work
from tests.cast import make_person


@Prepared
def named(name: str, limit: int):
    return Person.select().where((Person.name == name) & (Person.is_steward == False)).limit(limit)  # noqa: E712


def test_a_prepared_query_takes_other_arguments_each_time(app, cast):
    make_person("Bo")
    for name, limit, expected in (("Ana", 5, 1), ("Bo", 5, 2), ("Bo", 1, 1), ("Stew", 5, 0), ("Nobody", 5, 0)):
        found = named.models(name=name, limit=limit)
        assert [person.name for person in found] == [name] * expected
        as_usual = {person.id: person.joined_on for person in Person.select()}
        assert {person.id: person.joined_on for person in found}.items() <= as_usual.items()


def test_bare_rows_are_read_as_their_fields_read_them(app, cast):
    (row,) = named(name="Ana", limit=5)
    assert row == Person.select().where(Person.name == "Ana").tuples().get()


def test_an_argument_is_never_part_of_the_querys_text(app, cast):
    assert named(name="' OR 1=1 --", limit=5) == []


@Prepared
def either(names: list[str]):
    return Person.select(Person.name).where(Person.name.in_(names)).order_by(Person.name)


def test_a_list_may_be_longer_or_shorter_each_time(app, cast):
    for names in (["Ana", "Bo"], ["Stew"], [], ["Bo", "Cy"], ["Cy", "Nobody", "Ana"]):
        assert either(names=names) == [(name,) for name in sorted(names) if name != "Nobody"]


@Prepared
def seat_of(person: str):
    return Seat.select(Seat, Circle).join(Circle).where(Seat.person == person)


def test_models_come_with_those_they_join(cast):
    with count_queries() as asked:
        for name, table in (("Ana", cast.table), ("Cy", cast.other_table), ("Bo", cast.table)):
            (seat,) = seat_of.models(person=cast[name].id)
            assert seat.circle.id == table
            assert seat.circle.seats == 7
            assert not seat.is_dirty()
    assert asked.count == 3


def test_an_aware_instant_is_refused_before_it_is_stored(app, cast):
    with pytest.raises(ValueError, match="naive UTC"):
        list(Work.select().where(Work.written_at == datetime.now(UTC)))


@Prepared
def known_by(public: bytes):
    return Person.select(Person.name, Person.is_steward).where(Person.public == public)


def test_bytes_are_given_as_they_are(cast):
    """A field of bytes would turn the blank itself into bytes."""
    for name in ("Ana", "Bo", "Stew"):
        assert known_by(public=bytes(cast[name].private.public_key)) == [(name, name == "Stew")]


PROMISED = {
    "synchronous": 2,  # FULL: what was acknowledged outlives a power cut
    "secure_delete": 1,
    "foreign_keys": 1,
    "temp_store": 2,  # memory
    "journal_mode": "wal",
}


def test_every_connection_keeps_what_it_acknowledged_and_overwrites_what_it_deletes(app, nobody):
    def asked() -> dict:
        nobody.get("/enter")
        return {name: db.execute_sql(f"pragma {name}").fetchone()[0] for name in PROMISED}

    with ThreadPoolExecutor(1) as other:
        assert asked() == other.submit(asked).result() == PROMISED
        other.submit(db.close).result()


def test_a_thread_keeps_its_connection_between_requests(app, cast):
    def three_requests() -> set:
        client = app.test_client()
        return {(client.get(path).status_code, db.connection()) for path in ("/enter", "/guide", "/nothing-here")}

    with ThreadPoolExecutor(1) as other:
        here, there = three_requests(), other.submit(three_requests).result()
        assert not db.is_closed()
        assert {status for status, _connection in here} == {200, 404}
        ours, theirs = ({connection for _status, connection in found} for found in (here, there))
        assert len(ours) == len(theirs) == 1
        assert ours != theirs
        other.submit(db.close).result()
