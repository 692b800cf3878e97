"""Calendars read back by programs that did not write them: dateutil, and icalendar below recurring-ical-events."""

import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import icalendar
import recurring_ical_events
import x_wr_timezone
from dateutil.tz import tzical


@dataclass(frozen=True)
class Read:
    """What a calendar program makes of one event; instants are naive UTC."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    sequence: int
    status: str
    title: str
    place: str = ""


def lines_of(text: str) -> list[str]:
    """The lines, put together again where they were broken."""
    assert text.endswith("END:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    return re.sub("\r\n[ \t]", "", text).split("\r\n")[:-1]


@cache
def zones_in(text: str) -> dict[str, object]:
    """The zones of a calendar as dateutil understands what stands in it, and from nowhere else."""
    blocks = re.findall(r"BEGIN:VTIMEZONE\r\n.*?END:VTIMEZONE\r\n", text, re.DOTALL)
    kept = tzical(io.StringIO("".join(blocks)))
    return {name: kept.get(name) for name in kept.keys()}  # noqa: SIM118  it is no mapping


def by_dateutil(text: str) -> dict[str, Read]:
    """Split into properties by hand, put on the clock by dateutil."""
    found = {}
    for block in re.findall(r"BEGIN:VEVENT\n(.*?)\nEND:VEVENT", "\n".join(lines_of(text)), re.DOTALL):
        said = dict(line.split(":", 1) for line in block.split("\n"))
        times = {}
        for name, written in said.items():
            if name.startswith(("DTSTART", "DTEND")):
                kind, _, zone = name.partition(";TZID=")
                times[kind] = on_the_clock(written, zones_in(text)[zone] if zone else None)
        words = {name: plain(said.get(name, "")) for name in ("SUMMARY", "LOCATION")}
        facts = (times["DTSTART"], times["DTEND"], int(said.get("SEQUENCE", 0)), said["STATUS"])
        found[said["UID"]] = Read(said["UID"], *facts, words["SUMMARY"], words["LOCATION"])
    return found


def on_the_clock(written: str, zone) -> datetime:
    if zone is None:
        return datetime.strptime(written, "%Y%m%dT%H%M%SZ")
    wall = datetime.strptime(written, "%Y%m%dT%H%M%S").replace(tzinfo=zone)
    return wall.astimezone(UTC).replace(tzinfo=None)


def plain(words: str) -> str:
    return re.sub(r"\\(.)", lambda mark: "\n" if mark[1] == "n" else mark[1], words)


def by_icalendar(text: str) -> dict[str, Read]:
    """Parsed by icalendar, taken out between two dates as a calendar program would."""
    parsed = x_wr_timezone.to_standard(icalendar.Calendar.from_ical(text))
    found = {}
    for event in recurring_ical_events.of(parsed).between(datetime(2020, 1, 1), datetime(2040, 1, 1)):
        begin, end = (event[name].dt.astimezone(UTC).replace(tzinfo=None) for name in ("DTSTART", "DTEND"))
        facts = (begin, end, int(event.get("SEQUENCE", 0)), str(event["STATUS"]))
        found[str(event["UID"])] = Read(
            str(event["UID"]), *facts, str(event["SUMMARY"]), str(event.get("LOCATION", ""))
        )
    return found
