"""What changed since somebody was last here, without counting them."""

from datetime import timedelta

import pytest
import time_machine

from portal.db import db, utcnow
from portal.home.models import LastLook
from portal.meetings.models.dates import Meeting
from portal.vault import Unsealable, unseal
from tests.cast import enter, make_person, take_seat
from tests.meetings.conftest import set_series
from tests.sharing.walls import fields, share

HEADING = "Since you were here"
HOUR = timedelta(hours=1)


@pytest.fixture
def looks(app, table):
    """Have somebody look at the table's page so many hours from now."""
    began = utcnow()

    def at(hours: float, name: str = "Bo") -> str:
        with time_machine.travel(began + timedelta(hours=hours), tick=False):
            return enter(app, name).get(table).text

    return at


def at(hours):
    return time_machine.travel(utcnow() + timedelta(hours=hours), tick=False)


def test_a_first_look_says_nothing_of_news(looks):
    assert HEADING not in looks(0)


def test_nothing_is_said_where_nothing_is_new(looks):
    looks(0)
    assert HEADING not in looks(30)


def test_a_piece_that_someone_shared_meanwhile_is_named_with_its_writer(looks, app, table):
    looks(0)
    with at(5):
        share(enter(app, "Ana"), table.removeprefix("/c/"), fields(title="The heron"))
    page = looks(30)
    assert HEADING in page
    assert "The heron" in page.partition(HEADING)[2].partition("</section>")[0]
    assert HEADING in looks(30.5), "it stays for the whole visit"
    assert HEADING not in looks(60), "and is no longer new at the next"


def test_what_one_did_oneself_is_no_news(looks, app, table):
    looks(0)
    with at(5):
        share(enter(app, "Bo"), table.removeprefix("/c/"), fields(title="The heron"))
    assert HEADING not in looks(30)


def test_a_newcomer_is_named(looks, cast):
    looks(0)
    with at(5):
        take_seat(cast["Ana"].seat(), make_person("Dee"))
    assert "Dee has sat down with you." in looks(30)


def test_a_date_that_was_changed_alone_is_told_with_what_became_of_it(looks, cast):
    seat = cast["Ana"].seat()
    first, second, *_rest = set_series(seat, utcnow())
    looks(2)
    with at(5):
        Meeting.skip(first, seat, utcnow())
        Meeting.move(second, seat, second.starts_at + HOUR, second.ends_at + HOUR, second.sequence, utcnow())
    told = looks(30).partition(HEADING)[2].partition("</section>")[0]
    assert "you do not meet on this day" in told
    assert "this meeting was moved here" in told
    assert "When you meet has changed" not in told, "the series stands as it did"


def test_another_rhythm_is_told_once_and_not_date_by_date(looks, cast):
    looks(0)
    with at(5):
        set_series(cast["Ana"].seat(), utcnow())
    told = looks(30).partition(HEADING)[2].partition("</section>")[0]
    assert told.count("<li>") == 1
    assert "When you meet has changed." in told


def test_looking_is_kept_for_nobody_else(looks, cast):
    looks(0)
    seat = cast["Bo"].seat()
    (row,) = LastLook.select()
    assert row.seat_id == seat.id
    assert utcnow().strftime("%Y-%m-%d").encode() not in bytes(row.sealed_visit)
    with pytest.raises(Unsealable):
        unseal(bytes(32), bytes(row.sealed_visit), f"last_look|{seat.id}|visit")


def test_two_looks_in_a_row_write_once(looks):
    looks(0)
    before = db.execute_sql("select sealed_visit from last_look").fetchall()
    looks(0.1)
    assert db.execute_sql("select sealed_visit from last_look").fetchall() == before


def test_a_row_that_somebody_else_made_counts_as_no_visit(looks, cast):
    looks(0)
    LastLook.update(sealed_visit=b"\x01" * 80).execute()
    assert HEADING not in looks(30)


def test_the_last_look_goes_with_the_seat(looks, cast):
    looks(0)
    cast["Bo"].seat().leave(take_back=True)
    assert not LastLook.select().exists()
