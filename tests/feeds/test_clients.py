"""Calendar programs from Debian, against a portal that is served: vdirsyncer fetches, khal shows, vobject reads."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from portal.db import db, utcnow
from portal.meetings.models.dates import Meeting, Series
from portal.meetings.plan import Place
from portal.meetings.recurrence import Repeats, Rule
from tests.journeys.conftest import Served
from tests.meetings.conftest import agree

MISSING = [name for name in ("khal", "vdirsyncer") if shutil.which(name) is None]
MISSING += [] if Path("/usr/lib/python3/dist-packages/vobject").exists() else ["python3-vobject"]
if MISSING and os.environ.get("PORTAL_REQUIRE_BROWSER"):
    raise pytest.UsageError(f"The calendar programs {MISSING} are needed, and here no test may be skipped.")
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"{MISSING} not installed: no calendar was fetched")

ZONES = ("America/Chicago", "Africa/Casablanca", "Australia/Lord_Howe", "Pacific/Chatham")
VOBJECT = """
import json, sys, vobject
from datetime import timezone
def told(one):
    begin, end = (each.value.astimezone(timezone.utc).isoformat(" ")[:16] for each in (one.dtstart, one.dtend))
    return begin, end, one.status.value, one.summary.value
print(json.dumps([told(one) for one in vobject.readOne(sys.stdin).vevent_list]))
"""


@pytest.fixture
def path(ana, make, cast) -> str:
    """An address with places of a table that meets in four zones, one meeting moved and one skipped."""
    seat, now = cast["Ana"].seat(), utcnow()
    for number, zone in enumerate(ZONES):
        first = now.date() + timedelta(days=3 + number)
        agree(seat, Rule(Repeats.WEEKS, 1, first, time(18, 15), zone, 90), now, Place(f"House {number}, by the pond"))
    moved, skipped = Meeting.select().order_by(Meeting.starts_at)[4:6]
    moved.move(seat, moved.starts_at + timedelta(hours=2), moved.ends_at + timedelta(hours=2), 0, now)
    skipped.skip(seat, now)
    return make(ana, what="places", title="Choir; evenings")


@pytest.fixture
def served(path, home, tmp_path) -> Iterator[Served]:
    """The portal with all this, in a process of its own."""
    db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copytree(home, tmp_path / "instance")
    portal = Served(tmp_path / "instance").start()
    yield portal
    portal.kill()


@contextmanager
def inside(served: Served) -> Iterator[None]:
    """Change something in the portal that is served, as somebody does who is signed in there."""
    own = db.database
    db.close()
    db.init(str(served.data / "portal.db"))
    yield
    db.close()
    db.init(own)


class Client:
    """vdirsyncer and khal as somebody sets them up at home."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder = folder
        folder.mkdir()
        (folder / "vdirsyncer").write_text(
            f'[general]\nstatus_path = "{folder}/status"\n'
            '[pair dates]\na = "here"\nb = "there"\ncollections = null\nconflict_resolution = "b wins"\n'
            f'[storage here]\ntype = "filesystem"\npath = "{folder}/dates"\nfileext = ".ics"\n'
            f'[storage there]\ntype = "http"\nurl = "{address}"\n'
        )
        (folder / "khal").write_text(
            f"[calendars]\n[[dates]]\npath = {folder}/dates\nreadonly = True\n"
            "[locale]\ntimeformat = %H:%M\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n"
            "datetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n"
            "local_timezone = Etc/UTC\ndefault_timezone = Etc/UTC\n"
            f"[sqlite]\npath = {folder}/khal.db\n"
        )

    def run(self, *command: str) -> str:
        own = {
            "HOME": str(self.folder),
            "XDG_CACHE_HOME": str(self.folder),
            "VDIRSYNCER_CONFIG": str(self.folder / "vdirsyncer"),
        }
        environ = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **own}
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode == 0, done.stderr + done.stdout
        assert "error" not in done.stderr.casefold(), done.stderr
        return done.stdout

    def fetch(self) -> None:
        (self.folder / "dates").mkdir(exist_ok=True)
        self.run("vdirsyncer", "--verbosity", "WARNING", "discover")
        self.run("vdirsyncer", "--verbosity", "WARNING", "sync")

    def shown(self, since: date, until: date) -> list[list[str]]:
        """What khal lists: begin, end (UTC), title, place and status of each event."""
        form = "{uid}\t{start-long-full}\t{end-long-full}\t{title}\t{location}\t{status}"
        asked = ("--day-format", "", "--format", form, since.isoformat(), until.isoformat())
        out = self.run("khal", "-c", str(self.folder / "khal"), "list", "--once", *asked)
        return [line.split("\t") for line in out.splitlines() if "\t" in line]


def meant() -> list[tuple[str, str, str, bool]]:
    rows = Meeting.select(Meeting, Series).join(Series).order_by(Meeting.starts_at)
    return [
        (f"{one.starts_at:%Y-%m-%d %H:%M}", f"{one.ends_at:%Y-%m-%d %H:%M}", one.series.zone, one.skipped)
        for one in rows
    ]


def test_a_calendar_program_shows_every_date_when_it_is(served, path, tmp_path):
    client = Client(tmp_path / "phone", served.address + path)
    client.fetch()
    within = utcnow().date(), utcnow().date() + timedelta(days=360)
    found = client.shown(*within)
    expected = [one for one in meant() if one[0][:10] < within[1].isoformat()]
    assert len(expected) > 190
    assert sorted((begin, end) for _, begin, end, *_ in found) == sorted((begin, end) for begin, end, *_ in expected)
    assert {title for _, _, _, title, *_ in found} == {"Choir; evenings"}
    assert {place for *_, place, _ in found} == {f"House {number}, by the pond" for number in range(4)}
    off = [begin for _, begin, *_, status in found if "CANCEL" in status.upper()]
    assert off == [begin for begin, *_, skipped in expected if skipped]
    assert len(off) == 1


def test_a_program_that_fetches_again_finds_what_changed_and_no_second_event(served, path, tmp_path, cast):
    client = Client(tmp_path / "phone", served.address + path)
    client.fetch()
    within = utcnow().date(), utcnow().date() + timedelta(days=60)
    before = [begin for _, begin, *_ in client.shown(*within)]
    hour = timedelta(hours=1)
    with inside(served):
        soon = Meeting.select().where(Meeting.starts_at > utcnow() + timedelta(days=20)).order_by(Meeting.starts_at)
        moved = soon.get()
        moved.move(cast["Ana"].seat(), moved.starts_at + hour, moved.ends_at + hour, moved.sequence, utcnow())
    client.fetch()
    after = [begin for _, begin, *_ in client.shown(*within)]
    was, becomes = f"{moved.starts_at:%Y-%m-%d %H:%M}", f"{moved.starts_at + hour:%Y-%m-%d %H:%M}"
    assert sorted(after) == sorted([*(one for one in before if one != was), becomes])


def test_vobject_reads_every_instant_as_it_was_meant(nobody, path):
    """A third reader, which knows nothing of icalendar; Debian's own Python has it."""
    done = subprocess.run(
        ["/usr/bin/python3", "-c", VOBJECT], input=nobody.get(path).text, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    shown = [one for one in meant() if one[0] < f"{utcnow() + timedelta(days=365):%Y-%m-%d %H:%M}"]
    assert sorted((begin, end) for begin, end, *_ in found) == sorted((begin, end) for begin, end, *_ in shown)
    assert [begin for begin, _, status, _ in found if status == "CANCELLED"] == [one[0] for one in shown if one[3]]
    assert sum(skipped for *_, skipped in shown) == 1
    assert {title for *_, title in found} == {"Choir; evenings"}


def test_the_dates_of_the_fixture_cross_a_change_of_the_clocks():
    now = datetime.now(UTC)
    for zone in ZONES:
        offsets = {(now + timedelta(weeks=n)).astimezone(ZoneInfo(zone)).utcoffset() for n in range(52)}
        assert len(offsets) > 1, zone
