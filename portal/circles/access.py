"""The one way into a circle: a seat of one's own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g
from flask_login import current_user
from nacl.public import PrivateKey

from portal.accounts.access import SignInFirst
from portal.circles.models import Circle, Invitation, Seat, name_in
from portal.db import Prepared
from portal.rings import Closed, OwnKeys, SeatKeys, Told
from portal.vault import Unsealable
from portal.web.errors import NotHere


def seat_or_404(circle_id: str) -> Seat:
    """The reader's seat in this circle with its keys. Raises SignInFirst, and NotHere for whoever has no seat in it.

    There is no other way to a circle's content: not theirs and not there get the same answer.
    """
    if not current_user.is_authenticated:
        raise SignInFirst
    found = seat_found(circle_id)
    if found is None:
        raise NotHere
    g.sits_at = circle_id  # words sent from this page are kept for their writer, though the seat ends before they come
    return found


def my_seat_at(circle_id: str) -> Seat | None:
    """The reader's seat in this circle with its keys, if they have one and it opens."""
    found = seat_found(circle_id)
    return found if found and found.opens() else None


def seat_found(circle_id: str) -> Seat | None:
    found = seat_and_circle.models(circle=circle_id, person=current_user.id)
    if not found or current_user.person.is_steward:
        return None
    return opened(found[0], current_user.private)


@Prepared
def seat_and_circle(circle: str, person: str) -> Any:
    return Seat.select(Seat, Circle).join(Circle).where((Seat.circle == circle) & (Seat.person == person))


def opened(seat: Seat, private: PrivateKey) -> Seat:
    """The same seat with its person's keys in it."""
    seat.keys = SeatKeys(seat.circle_id, seat.id, seat.person_id, private)
    return seat


def my_seats() -> list[Seat]:
    """The reader's seats, each with its keys, in the order they were taken."""
    seats = [opened(seat, current_user.private) for seat in seats_and_circles.models(person=current_user.id)]
    return [seat for seat in seats if seat.opens()]


@Prepared
def seats_and_circles(person: str) -> Any:
    return Seat.select(Seat, Circle).join(Circle).where(Seat.person == person).order_by(Seat.joined_at)


def my_keys() -> OwnKeys:
    """The reader's keys to what they wrote themselves, at a table or at none."""
    return OwnKeys(current_user.id, current_user.private)


def invitation_or_404(seat: Seat, invitation_id: str) -> Invitation:
    found = Invitation.get_or_none((Invitation.id == invitation_id) & (Invitation.circle == seat.circle_id))
    if found is None:
        raise NotHere
    return found


@dataclass(frozen=True)
class Sitting:
    """Someone around the table, as the others see them."""

    id: str
    name: str
    place: int
    joined_at: datetime
    is_you: bool


def seats_of(seat: Seat) -> list[Sitting]:
    """Everyone around the reader's table in seat order."""
    sitting = []
    for id, place, joined_at, sealed in all_around(circle=seat.circle_id):
        try:
            name = name_in(seat.keys, id, sealed)
        except (Closed, Unsealable):  # a row that no member made, or changed: the others still find their table
            Told.tell(seat.circle_id, "seat", id)
            continue
        sitting.append(Sitting(id, name, place, joined_at, id == seat.id))
    return sitting


@Prepared
def all_around(circle: str) -> Any:
    shown = Seat.select(Seat.id, Seat.place, Seat.joined_at, Seat.sealed_name)
    return shown.where(Seat.circle == circle).order_by(Seat.place)
