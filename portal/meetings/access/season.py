"""The dates of the coming months as they are printed: in the table's own clock, whoever prints them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.circles.access import Sitting, seats_of
from portal.circles.models import Seat
from portal.meetings.access.dates import CLEAR, SEALED, Row, Shown, named, rows, shown
from portal.meetings.access.turns import NOTHING, said_yes
from portal.meetings.models.dates import Meeting, open_usual_place
from portal.meetings.models.plans import open_plan
from portal.meetings.models.roles import FACILITATOR
from portal.meetings.plan import Place

MONTHS = (6, 3, 12)  # the first one unless another is asked for
A_MONTH = timedelta(days=30.5)


@dataclass(frozen=True)
class Printed:
    meeting: Shown
    called: str
    facilitate: list[Sitting]
    where: Place | None


def season(seat: Seat, months: int, now: datetime, *, names: bool, places: bool) -> list[Printed]:
    """The meetings ahead; who facilitates and where only if asked. Nothing else of them is opened."""
    ahead = rows(seat.circle_id, *CLEAR, *SEALED).where(Meeting.ends_at > now)
    found = [Row(*row) for row in ahead.where(Meeting.starts_at < now + months * A_MONTH).order_by(Meeting.starts_at)]
    around = {one.id: one for one in seats_of(seat)} if names else {}
    said = said_yes(row.id for row in found) if names else {}
    return [
        Printed(
            shown(row, now),
            named(seat, row),
            [around[one] for one in said.get(row.id, NOTHING).held.get(FACILITATOR, ()) if one in around],
            place(seat, row) if places else None,
        )
        for row in found
    ]


def place(seat: Seat, row: Row) -> Place:
    own = open_plan(seat, row.id, row.sealed_plan).where if row.sealed_plan else None
    return own or open_usual_place(seat, row.series, row.sealed_usual_place or b"")
