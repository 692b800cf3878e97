"""What is written about one meeting, sealed under the table ring."""

from datetime import datetime

from portal import vault
from portal.circles.models import Seat, seal_mark, still_here
from portal.db import afterwards, forget_deleted, writing
from portal.meetings.errors import PlanChanged
from portal.meetings.models.dates import PLACE, Meeting, Reader
from portal.meetings.plan import Block, Place, Plan, pack_plan, unpack_plan


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
        plan = Plan.over(meeting.series.usual_place(seat), where, text, blocks)
        padded = vault.pad(pack_plan(plan), vault.TEXT_STEP)
        sealed = None if plan == Plan() else seat.keys.seal_table(padded, f"meeting|{meeting.id}|plan")
        before = open_plan(seat, meeting.id, meeting.sealed_plan).where if meeting.sealed_plan else None
        Meeting.update(sealed_plan=sealed).where(Meeting.id == meeting.id).execute()
        if meeting.sealed_plan:
            afterwards(forget_deleted)
        if now and plan.where != before:
            Meeting.note(meeting.id, PLACE, now)


def open_plan(seat: Reader, meeting_id: str, sealed: bytes) -> Plan:
    opened = seat.keys.open_table(bytes(sealed), f"meeting|{meeting_id}|plan")
    return unpack_plan(vault.unpad(opened, vault.TEXT_STEP))
