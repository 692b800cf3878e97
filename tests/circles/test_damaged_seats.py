"""A row of a seat that no member made, or changed: the others still find their table, and are told."""

from portal.circles.models import Seat
from portal.db import utcnow


def test_a_seat_that_nobody_can_open_is_taken_all_the_same(ana, cast):
    row = {"id": "planted" + "a" * 19, "circle": cast.table, "person": cast["Cy"].id, "place": 9}
    Seat.insert(**row, joined_at=utcnow(), affirmed=1, sealed_name=b"x" * 60).execute()
    assert "4 free seats; you are 3 of 7" in ana.get(f"/c/{cast.table}").text
    assert "4 seats are free." in ana.get(f"/c/{cast.table}/people").text


def test_reading_the_table_again_writes_nothing_about_what_was_told_before(ana, cast, caplog):
    Seat.update(sealed_name=b"x" * 60).where(Seat.person == cast["Bo"].id).execute()
    for told in (1, 0):
        caplog.clear()
        with caplog.at_level("DEBUG", "peewee"):
            assert ana.get(f"/c/{cast.table}").status_code == 200
        assert sum('INTO "told"' in record.getMessage() for record in caplog.records) == told
    ana.post(f"/c/{cast.table}/told")
    ana.get(f"/c/{cast.table}/people")
    assert "Something here does not fit" in ana.get(f"/c/{cast.table}").text
