"""Dates as calendar programs read them: iCalendar (RFC 5545), with nothing in it that tells what kind of date it is.

The lines are written here and not by a library: that takes a tenth of the time, and the library's zones begin an hour
late in spring (icalendar 7.3 counts an onset in the offset that begins with it; RFC 5545, 3.6.5, in the one before).
Libraries read them back in the tests.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.clocks import instant, local
from portal.feeds.zones import zone_lines

WIDEST = 75  # bytes of a line
A_DAY = 24 * 60 * 60  # seconds
# What ends a line for one program or another, besides what RFC 5545 says; and signs that no text may hold.
ENDS = {ord(sign): " " for sign in "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"}
UNSAID = {number: None for number in (*range(9), *range(0x0E, 0x1C), 0x1F, *range(0x7F, 0x85), *range(0x86, 0xA0))}
MARKS = {ord("\\"): "\\\\", ord(";"): "\\;", ord(","): "\\,", ord("\n"): "\\n"}
ESCAPED = UNSAID | ENDS | MARKS
NO_NAME = "calendar.invalid"  # stands for no host, so that an event stays the same one if the portal moves (RFC 2606)
OPENING = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Calendar//Calendar//EN", "CALSCALE:GREGORIAN")
ASK_AGAIN = ("REFRESH-INTERVAL;VALUE=DURATION:PT4H", "X-PUBLISHED-TTL:PT4H")


@dataclass(frozen=True)
class Event:
    """One date. Instants are naive UTC; `place` and `link` are empty unless somebody wished them to be shown."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    changed_at: datetime
    sequence: int
    skipped: bool
    title: str
    place: str = ""
    link: str = ""


def uid(person_id: str, meeting_id: str) -> str:
    """The same for the same person and meeting for ever, and for two people never the same.

    Who keeps the calendars of many people cannot tell by it which of them meet one another.
    """
    mark = hashlib.blake2b(f"{person_id}|{meeting_id}".encode(), digest_size=16, person=b"calendar")
    return f"{mark.hexdigest()}@{NO_NAME}"


def stamp(changed_at: datetime, person_id: str, meeting_id: str) -> datetime:
    """When an event changed, for one person: less than a day earlier, by as much each time, so that order is kept.

    The very second at which a table agreed on something would tell who meets one another, as one `uid` for all would.
    """
    mark = hashlib.blake2b(f"{person_id}|{meeting_id}".encode(), digest_size=8, person=b"stamp")
    return changed_at - timedelta(seconds=int.from_bytes(mark.digest()) % A_DAY)


def calendar(events: Sequence[Event], years: tuple[int, int], zone: str, name: str | None = None) -> str:
    """A whole calendar; `years` are the first and the last in which its events fall.

    With a name it is one that is asked for again and again. It holds `zone` where it has no event: no calendar may be
    empty.
    """
    lines = [*OPENING]
    if name is not None:
        lines += [*ASK_AGAIN, worded("X-WR-CALNAME", name)]
    for each in sorted({event.zone for event in events} or {zone}):
        lines += zone_lines(each, *years)
    for event in events:
        lines += event_lines(event)
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def event_lines(event: Event) -> Iterable[str]:
    """What goes without saying is not said, a year of dates being long: SEQUENCE is 0 and TRANSP is OPAQUE then."""
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"DTSTAMP:{written(event.changed_at)}Z"  # without a METHOD also when it last changed (RFC 5545, 3.8.7.2)
    if event.sequence:
        yield f"SEQUENCE:{event.sequence}"
    begin, end = on_the_clock((event.starts_at, event.ends_at), event.zone)
    yield f"DTSTART{begin}"
    yield f"DTEND{end}"
    yield worded("SUMMARY", event.title)
    if event.place:
        yield worded("LOCATION", event.place)
    if event.link:
        yield folded(f"URL:{event.link.translate(UNSAID | ENDS | {10: None, 13: None})}")
    yield "STATUS:CANCELLED" if event.skipped else "STATUS:CONFIRMED"
    if event.skipped:
        yield "TRANSP:TRANSPARENT"
    yield "CLASS:PRIVATE"
    yield "END:VEVENT"


def on_the_clock(moments: Sequence[datetime], zone: str) -> list[str]:
    """Instants as wall time in a zone. All are in UTC where the clock shows one of them twice, and the second is meant.

    In one event programs subtract the beginning from the end, and not all of them heed that the two are told by
    different clocks.
    """
    walls = [local(moment, zone) for moment in moments]
    if [instant(wall, zone) for wall in walls] != [*moments]:
        return [f":{written(moment)}Z" for moment in moments]
    return [f";TZID={zone}:{written(wall)}" for wall in walls]


def written(moment: datetime) -> str:
    return moment.isoformat("T", "seconds").replace("-", "").replace(":", "")


def worded(name: str, words: str) -> str:
    """A property that says what somebody typed: escaped, so that it cannot say anything else, and folded."""
    lines = words.replace("\r\n", "\n").replace("\r", "\n")
    return folded(f"{name}:{lines.translate(ESCAPED)}")


def folded(line: str) -> str:
    """The line, broken where it is too wide, never inside of a sign."""
    if len(line.encode()) <= WIDEST:
        return line
    lines, width = [""], 0
    for sign in line:
        width += len(sign.encode())
        if width > WIDEST:
            lines.append("")
            width = 1 + len(sign.encode())  # the space that a line goes on with
        lines[-1] += sign
    return "\r\n ".join(lines)
