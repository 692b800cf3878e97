"""What is written, two other programs read as it was meant: to the minute, in every zone, whatever words are in it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar.parser import Contentline

from portal.clocks import instant, local
from portal.feeds.events import Event, calendar, folded, uid, worded
from portal.feeds.zones import Clock, changes, zone_lines
from tests.feeds.reading import by_dateutil, by_icalendar, lines_of

ODD = (
    *("Africa/Cairo", "America/Santiago", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Chatham"),
    *("America/Chicago", "Europe/Dublin", "Asia/Kathmandu", "UTC"),
)
NOW = datetime(2026, 3, 1, 12)
minutes = st.integers(0, 366 * 24 * 60).map(lambda n: datetime(2026, 1, 1) + timedelta(minutes=n))


def event(starts_at: datetime, zone: str, length: int = 90, **given) -> Event:
    usual = {"uid": "x@calendar.invalid", "changed_at": NOW, "sequence": 0, "skipped": False, "title": "Appointment"}
    return Event(
        **{**usual, "starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=length), "zone": zone} | given
    )


def one(read: dict):
    assert len(read) == 1
    return next(iter(read.values()))


def clock_changes(zone: str) -> list[datetime]:
    return [moment for moment, _ in changes(ZoneInfo(zone), datetime(2025, 12, 31), datetime(2027, 1, 2))]


@given(zone=st.sampled_from(ODD), starts_at=minutes, length=st.integers(5, 480))
def test_every_instant_is_read_as_it_was_meant(zone, starts_at, length):
    meant = event(starts_at, zone, length)
    text = calendar([meant], (2026, 2027), zone)
    for read in (one(by_dateutil(text)), one(by_icalendar(text))):
        assert (read.starts_at, read.ends_at) == (meant.starts_at, meant.ends_at)


@pytest.mark.parametrize("zone", ODD)
def test_it_is_so_in_every_quarter_of_an_hour_around_each_change_of_the_clocks(zone):
    for change in clock_changes(zone):
        around = [change + timedelta(minutes=15 * n) for n in range(-14, 15)]
        meant = [event(moment, zone, uid=str(n)) for n, moment in enumerate(around)]
        text = calendar(meant, (2026, 2027), zone)
        for read in (by_dateutil(text), by_icalendar(text)):
            assert {key: (one.starts_at, one.ends_at) for key, one in read.items()} == {
                one.uid: (one.starts_at, one.ends_at) for one in meant
            }


@pytest.mark.parametrize("zone", ODD)
def test_a_zone_begins_each_change_by_the_clock_that_stood_before_it(zone):
    """RFC 5545, 3.6.5. icalendar 7.3 counts in the clock that begins, which is an hour late in spring."""
    parsed = icalendar.Component.from_ical("\r\n".join([*zone_lines(zone, 2026, 2026), ""]))
    told = [one for one in parsed.subcomponents if one["TZOFFSETFROM"].td != one["TZOFFSETTO"].td]
    begun = {(one["DTSTART"].dt.replace(tzinfo=None) - one["TZOFFSETFROM"].td, one["TZOFFSETTO"].td) for one in told}
    clocks = ZoneInfo(zone)
    truly = {(moment, Clock.at(moment, clocks).offset) for moment in clock_changes(zone)}
    assert begun == truly
    for moment, offset in truly:
        assert Clock.at(moment - timedelta(seconds=1), clocks).offset != offset


def test_an_hour_that_comes_twice_is_written_in_utc_where_the_second_is_meant():
    first = instant(datetime(2026, 11, 1, 1, 30), "America/Chicago")
    text = calendar([event(first + timedelta(hours=1), "America/Chicago")], (2026, 2026), "UTC")
    assert "DTSTART:20261101T073000Z" in lines_of(text)
    assert "DTSTART;TZID=America/Chicago:20261101T013000" in lines_of(
        calendar([event(first, "America/Chicago")], (2026, 2026), "UTC")
    )


words = st.text(max_size=300)


@given(title=words, place=words)
@example(title="a\r\nATTENDEE:mailto:x@example.org", place="b\nEND:VEVENT")
@example(title="one\u2028two\x85three\x0bfour", place="\x00\x07")
@example(title="é" * 80, place="\\n, \\; ; ,")
def test_no_words_can_say_more_than_words(title, place):
    meant = event(NOW, "America/Chicago", title=title, place=place)
    text = calendar([meant], (2026, 2026), "UTC", name=title)
    names = [line.partition(":")[0].partition(";")[0] for line in lines_of(text)]
    usual = calendar([event(NOW, "America/Chicago", title="x", place="y")], (2026, 2026), "UTC", name="x")
    without_place = [name for name in names if name != "LOCATION"]
    assert without_place == [
        name for line in lines_of(usual) if (name := line.partition(":")[0].partition(";")[0]) != "LOCATION"
    ]
    assert len(text.splitlines()) == text.count("\r\n"), "a program that ends lines otherwise finds other lines"


@given(title=st.text(st.characters(exclude_categories=("C", "Z")) | st.sampled_from(" \n"), max_size=200))
def test_words_are_escaped_as_the_library_escapes_them_and_read_back_as_they_were(title):
    written = worded("SUMMARY", title)
    assert icalendar.Event.from_ical(f"BEGIN:VEVENT\r\n{written}\r\nEND:VEVENT\r\n")["SUMMARY"] == title
    assert written.replace("\r\n ", "") == f"SUMMARY:{icalendar.vText(title).to_ical().decode()}"


@given(line=st.text(st.characters(exclude_categories=("C",)), max_size=400))
def test_a_wide_line_is_broken_between_signs_and_is_whole_again_for_the_library(line):
    broken = folded(f"X:{line}")
    assert all(len(part.encode()) <= 75 for part in broken.split("\r\n"))
    assert str(Contentline.from_ical(broken)) == f"X:{line}"


def test_it_is_written_as_the_library_would_write_it():
    """Property by property; the library takes ten times as long."""
    meant = [
        event(NOW, "Africa/Cairo", uid="1", sequence=3, title="Choir, late; \\ or not", place="The park\nby the pond"),
        event(NOW + timedelta(days=90), "America/Chicago", uid="2", skipped=True, link="https://example.org/a,b;c"),
    ]
    ours = icalendar.Calendar.from_ical(calendar(meant, (2026, 2026), "UTC"))
    theirs = [written_by_icalendar(one) for one in meant]
    assert [properties(one) for one in ours.walk("VEVENT")] == [properties(one) for one in theirs]


def written_by_icalendar(one: Event) -> icalendar.Event:
    made = icalendar.Event()
    zone = ZoneInfo(one.zone)
    made.add("uid", one.uid)
    made.add("dtstamp", one.changed_at.replace(tzinfo=UTC))
    if one.sequence:
        made.add("sequence", one.sequence)
    made.add("dtstart", one.starts_at.replace(tzinfo=UTC).astimezone(zone))
    made.add("dtend", one.ends_at.replace(tzinfo=UTC).astimezone(zone))
    made.add("summary", one.title)
    if one.place:
        made.add("location", one.place)
    if one.link:
        made.add("url", one.link)
    made.add("status", "CANCELLED" if one.skipped else "CONFIRMED")
    if one.skipped:
        made.add("transp", "TRANSPARENT")
    made.add("class", "PRIVATE")
    return made


def properties(made: icalendar.Event) -> set[str]:
    return {str(line) for line in made.content_lines()}


def test_a_year_of_three_weekly_tables_with_their_places_stays_under_60_kilobytes():
    place = "The craft room of the library, 212 Alder Street"
    weeks = [NOW + timedelta(weeks=week, hours=hour) for week in range(-8, 53) for hour in (0, 24, 48)]
    events = [event(at, "America/Los_Angeles", uid=uid("person", str(at)), place=place) for at in weeks]
    assert len(calendar(events, (2026, 2027), "UTC", name="Appointment").encode()) < 60_000


def test_an_empty_calendar_is_a_whole_one():
    """RFC 5545, 3.6: there must be something in it."""
    text = calendar([], (2026, 2027), "Europe/Lisbon", name="Cita")
    assert icalendar.Calendar.from_ical(text).errors == []
    assert "TZID:Europe/Lisbon" in lines_of(text)
    assert by_dateutil(text) == {}


def test_nothing_in_it_tells_what_it_is_for():
    text = calendar([event(NOW, "UTC")], (2026, 2026), "UTC", name="Appointment").casefold()
    for telling in ("circle", "heal", "group", "meeting", "portal", "member", "attendee", "organizer", "description"):
        assert telling not in text


def test_the_same_meeting_is_one_event_for_a_person_and_another_for_everyone_else():
    assert uid("ana", "m") == uid("ana", "m")
    assert len({uid("ana", "m"), uid("bo", "m"), uid("ana", "n")}) == 3
    assert "m" * 26 not in uid("a" * 26, "m" * 26)


def test_wall_time_is_what_the_calendar_says():
    starts_at = instant(datetime(2026, 7, 7, 18), "America/Chicago")
    assert local(starts_at, "America/Chicago").hour == 18
    text = calendar([event(starts_at, "America/Chicago")], (2026, 2026), "UTC")
    assert "DTSTART;TZID=America/Chicago:20260707T180000" in lines_of(text)
