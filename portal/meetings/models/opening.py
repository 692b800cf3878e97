"""What is sealed of a series under the table ring, and who may open what is sealed of dates."""

from typing import Protocol

from portal import vault
from portal.circles.models import Seat
from portal.meetings.plan import UNOPENED_PLACE, Place, pack_place, unpack_place
from portal.rings import TableKeys, opened_or

NAME_LENGTH = 40  # characters
NAME_STEP = 4 * NAME_LENGTH  # bytes: every name is as long as the longest


class Reader(Protocol):
    """Whoever may read what the table says of its dates: a seat, or what one has let in to read the places alone."""

    @property
    def keys(self) -> TableKeys: ...


def opened_for(seat: Reader, sealed: bytes, bound_to: str) -> bytes | None:
    """What stands there; None where it does not open. Raises Closed and Unsealable where no member made this seat."""
    opened = opened_or(None, seat.keys.open_table, bytes(sealed), bound_to)
    if opened is None and isinstance(seat, Seat):
        _ = seat.about
    return opened


def seal_usual_place(seat: Seat, series_id: str, usual: Place) -> bytes:
    return seat.keys.seal_table(vault.pad(pack_place(usual), vault.TEXT_STEP), f"series|{series_id}|usual_place")


def open_usual_place(seat: Reader, series_id: str, sealed: bytes) -> Place:
    """Where a series meets; a place that says so where it does not open."""
    opened = opened_for(seat, sealed, f"series|{series_id}|usual_place")
    return UNOPENED_PLACE if opened is None else unpack_place(vault.unpad(opened, vault.TEXT_STEP))


def seal_name(seat: Seat, series_id: str, name: str) -> bytes | None:
    """None for a series without a name of its own."""
    if not name:
        return None
    return seat.keys.seal_table(vault.pad(name.encode(), NAME_STEP), f"series|{series_id}|name")


def open_name(seat: Seat, series_id: str, sealed: bytes | None) -> str:
    """What a series is called; empty where it has no name of its own, or one that does not open."""
    if sealed is None:
        return ""
    opened = opened_or(None, seat.keys.open_table, bytes(sealed), f"series|{series_id}|name")
    return "" if opened is None else vault.unpad(opened, NAME_STEP).decode()
