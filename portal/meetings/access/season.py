"""The dates of the coming months as they are printed: in the table's own clock, whoever prints them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.circles.access import Sitting, seats_of
from portal.circles.models import Seat
from portal.meetings.access.dates import CLEAR, SEALED, Row, Shown, named, rows, shown
from portal.meetings.access.turns import NOTHING, said_yes
from portal.meetings.models.dates import Meeting
from portal.meetings.models.opening import open_usual_place
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


@dataclass(frozen=True)
class Season:
    """The lines of the sheet, and the place where it is the same for all of them."""

    lines: list[Printed]
    where: Place | None = None

    @property
    def all_open(self) -> bool:
        return all(one.where.opens for one in self.lines if one.where)

    @property
    def zone(self) -> str:
        return self.lines[0].meeting.zone

    @property
    def columns(self) -> list[str]:
        """What has a column of its own: not what would be empty, or the same in every line."""
        who = ["who"] if any(one.facilitate or one.called for one in self.lines) else []
        return who + (["where"] if self.where is None and any(one.where for one in self.lines) else [])


def season(seat: Seat, months: int, now: datetime, *, names: bool, places: bool) -> Season:
    """The meetings ahead; who facilitates and where only if asked. Nothing else of them is opened."""
    ahead = rows(seat.circle_id, *CLEAR, *SEALED).where(Meeting.ends_at > now)
    found = [Row(*row) for row in ahead.where(Meeting.starts_at < now + months * A_MONTH).order_by(Meeting.starts_at)]
    around = {one.id: one for one in seats_of(seat)} if names else {}
    said = said_yes(row.id for row in found) if names else {}
    lines = [
        Printed(
            shown(row, now),
            named(seat, row) if names else "",
            [around[one] for one in said.get(row.id, NOTHING).held.get(FACILITATOR, ()) if one in around],
            place(seat, row) if places else None,
        )
        for row in found
    ]
    spots = {one.where for one in lines if not one.meeting.skipped}
    return Season(lines, spots.pop() if len(spots) == 1 else None)


def place(seat: Seat, row: Row) -> Place:
    own = open_plan(seat, row.id, row.sealed_plan).where if row.sealed_plan is not None else None
    return own or open_usual_place(seat, row.series, row.sealed_usual_place or b"")
