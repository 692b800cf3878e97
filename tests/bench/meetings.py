"""What is measured of meetings, calendars and reminders; rows as in `rows`, with numbers of their own."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from statistics import median

from tests.bench.cores import ROOT
from tests.bench.load import new_id
from tests.bench.numbers import Ratios
from tests.bench.rows import Ground, Measured, Page, in_turns, table, times
from tests.bench.servers import Server, portal, radicale
from tests.bench.visitor import NotLetIn, Visitor
from tests.notices.claiming import seconds_to_claim

LARGEST_FEED = 60_000  # bytes
REMINDERS, PROCESSES = 1000, 4


def row_10(ground: Ground) -> Measured:
    """The same dates are kept in Radicale, and asked for in the same way."""
    with portal(ground.small.copy(ground.folder / "feed")) as us, radicale(ground.folder / "radicale") as them:
        ours, theirs = Page(us, new_feed(ground, us), ""), Page(them, "/somebody/dates/", "")
        text = Visitor(us.address).get(ours.path).body
        keeper = Visitor(them.address)
        keeper.ask("MKCOL", "/somebody/")
        keeper.ask("PUT", theirs.path, text, {"Content-Type": "text/calendar"})
        of_them, of_us = in_turns([theirs, ours], ground.haste)
    ratio = Ratios([times(of_us, of_them)]).middle
    each = " and ".join(f"{median(burst.per_second for burst in bursts):.0f}" for bursts in (of_us, of_them))
    return Measured(
        10,
        f"a calendar of {text.count(b'BEGIN:VEVENT')} dates, requests a second against Radicale",
        f"**{ratio:.2f}**; {each} a second",
        "1",
        ratio >= 1,
    )


def row_13(ground: Ground) -> Measured:
    folder = ground.large.copy(ground.folder / "dates")
    words = [sys.executable, "-m", "tests.bench.make_dates", str(folder)]
    said = subprocess.run(words, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    made = json.loads(said.splitlines()[-1])
    return Measured(
        13,
        f"a year of dates for {made['circles']} circles ({made['dates']:,} dates)",
        f"**{made['seconds']:.2f} s**",
        "1 s for half of it",
        made["seconds"] <= 1,
    )


def row_14(ground: Ground) -> Measured:
    """The feed is asked for as a calendar program does: without a session."""
    with portal(ground.small.copy(ground.folder / "feed")) as server:
        page = table(server, ground.small)
        feed = Page(server, new_feed(ground, server), "")
        of_page, of_feed = in_turns([page, feed], ground.haste)
        text = ground.small.signed_in(server)[0].get(feed.path).body
    slower = Ratios([times(of_page, of_feed)])
    dates, cost = text.count(b"BEGIN:VEVENT"), median(burst.cost for burst in of_feed)
    return Measured(
        14,
        f"a table’s calendar ({dates} dates): its time against the table’s page; its size",
        f"**{slower.middle:.2f}; {len(text) / 1000:.1f} KB**; {cost:.1f} ms of processor each",
        "2; 60 KB",
        slower.middle <= 2 and len(text) <= LARGEST_FEED,
    )


def new_feed(ground: Ground, server: Server) -> str:
    """The path of a new address for the dates of the fullest table. Raises NotLetIn."""
    (visitor,) = ground.small.signed_in(server)
    circle = ground.small.table.path.rpartition("/")[2]
    words = {"csrf_token": visitor.token("/me/calendar/new"), "once": new_id(), "which": circle, "what": "times"}
    made = visitor.post("/me/calendar/new", {**words, "title": ""})
    found = re.search(r"/feed/[^\s<\"]+\.ics", visitor.get(made.headers.get("Location", "/")).text)
    if made.status != 303 or found is None:
        raise NotLetIn("No address for a calendar was made.")
    return found[0]


def row_15(ground: Ground) -> Measured:
    seconds = seconds_to_claim(REMINDERS, PROCESSES)
    return Measured(
        15,
        f"{REMINDERS:,} due reminders, taken by {PROCESSES} processes, each exactly once",
        f"**{seconds:.1f} s**",
        "each once",
        True,  # it raises where one was taken twice or not at all
    )


ROWS: dict[int, Callable[[Ground], Measured]] = {13: row_13, 14: row_14, 15: row_15}
if shutil.which("radicale"):
    ROWS[10] = row_10
