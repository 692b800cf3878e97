"""What is written about one meeting, sealed under the table ring."""

from datetime import datetime

from portal import vault
from portal.circles.models import Seat, seal_mark, still_here
from portal.db import afterwards, forget_deleted, writing
from portal.meetings.errors import PlanChanged
from portal.meetings.models.dates import PLACE, Meeting
from portal.meetings.models.opening import Reader, opened_for
from portal.meetings.plan import UNOPENED, Block, Place, Plan, pack_plan, unpack_plan


def write_plan(
    meeting: Meeting,
    seat: Seat,
    where: Place,
    text: str,
    seen: str,
    blocks: tuple[Block, ...] = (),
    now: datetime | None = None,
) -> None:
    """Put a plan in place of the one whose `seal_mark` was `seen`. Raises PlanChanged and NotHere.

    With `now`, another place is noted as a change of the meeting, which the others are told of.
    """
    with writing():
        still_here(seat)
        meeting = still_here(meeting)
        if seal_mark(meeting.sealed_plan) != seen:
            raise PlanChanged
        sealed_before = meeting.sealed_plan
        stands = Plan() if sealed_before is None else open_plan(seat, meeting.id, sealed_before)
        usual = meeting.series.usual_place(seat)
        left_empty = where == Place() and not (stands.where or usual).opens  # nothing could be shown to be changed
        plan = Plan.over(usual, usual if left_empty else where, text, blocks)
        padded = vault.pad(pack_plan(plan), vault.TEXT_STEP)
        sealed = None if plan == Plan() else seat.keys.seal_table(padded, f"meeting|{meeting.id}|plan")
        Meeting.update(sealed_plan=sealed).where(Meeting.id == meeting.id).execute()
        if meeting.sealed_plan:
            afterwards(forget_deleted)
        if now and (plan.where != stands.where or not stands.opens):
            Meeting.note(meeting.id, PLACE, now)


def open_plan(seat: Reader, meeting_id: str, sealed: bytes) -> Plan:
    """The plan of a meeting; one that says so where it does not open: then nobody knows where it is, either."""
    opened = opened_for(seat, sealed, f"meeting|{meeting_id}|plan")
    return UNOPENED if opened is None else unpack_plan(vault.unpad(opened, vault.TEXT_STEP))
