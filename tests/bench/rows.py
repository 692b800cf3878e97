"""What is measured: one function for each row of the table in docs/performance.md."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from statistics import median

from tests.bench.browser import View, views
from tests.bench.cores import ROOT
from tests.bench.load import CONNECTIONS, Plan, Write, burst, carry_out
from tests.bench.neighborhood import Neighborhood, make
from tests.bench.numbers import Burst, Ratios, per_round
from tests.bench.photograph import photograph
from tests.bench.reference.seed import seed
from tests.bench.servers import PLAIN_PATH, PLAIN_SIGN_IN, Server, plain_page, portal
from tests.bench.visitor import NotLetIn, Visitor

SETTLE = 3  # seconds in which a server that just started does its first chores
WRITE_EVERY = 20  # requests: 95 reads and 5 writes in a hundred


@dataclass(frozen=True)
class Measured:
    row: int
    what: str
    came: str
    floor: str
    holds: bool


@dataclass(frozen=True)
class Haste:
    """How long it may take. A quick look is for the one who changes something, and proves nothing."""

    processes: int = 3
    rounds: int = 6
    seconds: float = 1  # of a burst
    window: float = 2.5  # seconds in which the slowest answers are looked for
    mixed: int = 10_000  # requests
    minute: float = 60  # seconds of reading and writing
    uploads: int = 20

    @classmethod
    def quick(cls) -> "Haste":
        return cls(processes=1, rounds=3, window=2, mixed=1000, minute=8, uploads=6)


@dataclass(frozen=True)
class Ground:
    """What is measured on; each part is made when it is first asked for."""

    folder: Path
    haste: Haste

    @cached_property
    def plain(self) -> Path:
        database = self.folder / "plain.db"
        seed(str(database))
        return database

    @cached_property
    def small(self) -> Neighborhood:
        return make(self.folder / "small", "small")

    @cached_property
    def large(self) -> Neighborhood:
        return make(self.folder / "large", "large")

    @cached_property
    def photograph(self) -> bytes:
        return photograph()

    @contextmanager
    def to_write_in(self) -> Iterator[Server]:
        """The portal over a copy that may be changed."""
        with portal(self.small.copy(self.folder / "copy")) as server:
            yield server


@dataclass(frozen=True)
class Page:
    """A page as somebody signed in asks for it."""

    server: Server
    path: str
    cookies: str

    def burst(self, seconds: float) -> Burst:
        before = self.server.processor_seconds
        done = burst(self.server.address, self.path, self.cookies, seconds)
        done = replace(done, processor=self.server.processor_seconds - before)
        if done.failed or Visitor(self.server.address, self.cookies).get(self.path).status != 200:
            raise NotLetIn(f"{self.path} was not always answered with the page.")
        return done


def plain(server: Server) -> Page:
    visitor = Visitor(server.address)
    visitor.get(PLAIN_SIGN_IN)
    return Page(server, PLAIN_PATH, visitor.cookies)


def table(server: Server, neighborhood: Neighborhood) -> Page:
    (visitor,) = neighborhood.signed_in(server)
    return Page(server, neighborhood.table.path, visitor.cookies)


def in_turns(pages: list[Page], haste: Haste) -> list[list[Burst]]:
    """The bursts of each page, round by round: in turns, so that a slow minute of the machine slows them all."""
    for page in pages:
        page.burst(haste.seconds)
    rounds = [[page.burst(haste.seconds) for page in pages] for _ in range(haste.rounds)]
    return [list(bursts) for bursts in zip(*rounds, strict=True)]


def row_1(ground: Ground) -> Measured:
    mine: list[Burst] = []
    against_c, against_s, cost = [], [], []
    for _ in range(ground.haste.processes):
        with plain_page("C", ground.plain) as c, plain_page("S", ground.plain) as s, portal(ground.small.folder) as us:
            of_c, of_s, ours = in_turns([plain(c), plain(s), table(us, ground.small)], ground.haste)
        against_c.append(times(ours, of_c))
        against_s.append(times(ours, of_s))
        cost.extend(per_round([burst.cost for burst in ours], [burst.cost for burst in of_c]))
        mine.extend(ours)
    ratio = Ratios(against_c)
    each = f"{median(burst.per_second for burst in mine):.0f} a second, {median(burst.cost for burst in mine):.1f} ms"
    return Measured(
        1,
        f"a table’s page ({ground.small.table}), requests a second against C, {CONNECTIONS} connections",
        f"**{ratio}**; {each} of processor each, {median(cost):.2f} of C’s; {Ratios(against_s).middle:.2f} of S",
        "0.8",
        ratio.middle >= 0.8,
    )


def times(ours: list[Burst], theirs: list[Burst]) -> list[float]:
    return per_round([burst.per_second for burst in ours], [burst.per_second for burst in theirs])


def row_3(ground: Ground) -> Measured:
    with plain_page("C", ground.plain) as server:
        cookies = plain(server).cookies
    c, mine = [], []
    for _ in range(1 + ground.haste.processes * ground.haste.rounds):
        c.append(seconds_until(plain_page("C", ground.plain, cookies)))
        mine.append(seconds_until(portal(ground.small.folder)))
    c, mine = c[1:], mine[1:]  # the first time, Python may still have to compile
    ratio = Ratios([per_round(mine, c)]).middle
    return Measured(
        3,
        "from a cold start to the first page, its database looked through, against C",
        f"**{ratio:.2f}**; {median(mine):.2f} s and {median(c):.2f} s",
        "2",
        ratio <= 2,
    )


def seconds_until(served: AbstractContextManager[Server]) -> float:
    began = time.monotonic()
    with served:
        return time.monotonic() - began


def row_4(ground: Ground) -> Measured:
    with ground.to_write_in() as server:
        time.sleep(SETTLE)
        idle = server.memory
        came = carry_out(replace(mixed(ground, server), requests=ground.haste.mixed))
        loaded = server.memory
    growth = loaded / idle - 1
    return Measured(
        4,
        f"memory of the process that serves and does the chores: idle, and after {came.requests:,} mixed requests",
        f"**{idle:.0f} MB, {growth:+.0%}** ({loaded:.0f} MB)",
        "64 MB, +15 %",
        idle <= 64 and growth <= 0.15 and not came.wrong,
    )


def mixed(ground: Ground, server: Server) -> Plan:
    """What a busy evening asks for: pages of every kind, and one request in twenty writes."""
    neighborhood = ground.small
    people = neighborhood.signed_in(server, CONNECTIONS)
    path = neighborhood.table.path
    mine = [f"{path}/works", f"{path}/people", f"{path}/agreement", f"{path}/meetings", f"{path}/works/new"]
    pages = [path, mine[0], path, mine[1], path, mine[2], path, mine[3], path, mine[4], "/guide", "/help", "/me"]
    unfit = [page for page in pages if people[0].get(page).status != 200]
    if unfit:
        raise NotLetIn(f"There is no page {unfit[0]}.")
    return Plan(
        server.address,
        [visitor.cookies for visitor in people],
        pages,
        writes=writes(path),
        write_every=WRITE_EVERY,
    )


def writes(path: str) -> list[Write]:
    """A new piece of writing, and a new name at the table: the second proves the ring and seals under it."""
    words = "The kettle was on when I came in.\nNobody asked me anything, and I stayed."
    piece = {"once": "{new}", "kind": "writing", "title": "{new}", "text": words, "who": "me"}
    return [
        Write(f"{path}/works/new", f"{path}/works/new", piece),
        Write(f"{path}/people/name", f"{path}/people/name", {"my_name": "{new}"}),
    ]


def row_5(ground: Ground) -> Measured:
    with portal(ground.small.folder) as server:
        first, next_page = seen(server, ground.small)
    return Measured(
        5,
        "first view of a table’s page without pictures, with an empty cache; the next page",
        f"**{first}**; next {next_page}",
        "45 KB, 6 requests",
        first.bytes <= 45_000 and first.requests <= 6,
    )


def seen(server: Server, neighborhood: Neighborhood) -> list[View]:
    page = table(server, neighborhood)
    return views(server.address, page.cookies, page.path, f"{page.path}/people")


def row_8(ground: Ground) -> Measured:
    with ground.to_write_in() as server:
        came = carry_out(replace(mixed(ground, server), seconds=ground.haste.minute))
        locked = server.says.read_text(errors="replace").count("OperationalError")
    wrong = ", ".join(f"{count} × {what}" for what, count in came.wrong.items()) or "none"
    return Measured(
        8,
        f"95 reads to 5 writes, {CONNECTIONS} threads, {came.seconds:.0f} s: errors of locking, answers that failed",
        f"**{locked}; {wrong}** in {len(came.reads):,} reads and {len(came.written):,} writes",
        "0; 0",
        locked == 0 and not came.wrong,
    )


def row_11(ground: Ground) -> Measured:
    """As they lie in the folders that `run.py` and the wheel fill; what only the tests need is not counted."""
    locked = re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    libraries = sum(installed(name) for name in locked) / 1_000_000
    own = sum(weight(ROOT / folder) for folder in ("portal", "templates", "static")) / 1_000_000
    return Measured(
        11,
        "installed: the libraries, and the portal itself with its guide",
        f"**{libraries + own:.0f} MB**: {libraries:.0f} and {own:.0f}",
        "120 MB",
        libraries + own <= 120,
    )


def installed(name: str) -> int:
    """Bytes of a library; none where this machine does not need it."""
    with suppress(PackageNotFoundError):
        return sum(Path(str(file.locate())).stat().st_size for file in files(name) or ())
    return 0


def weight(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def row_12(ground: Ground) -> Measured:
    ratios = []
    for _ in range(ground.haste.processes):
        with portal(ground.small.folder) as small, portal(ground.large.folder) as large:
            few, many = in_turns([table(small, ground.small), table(large, ground.large)], ground.haste)
            light, heavy = seen(small, ground.small)[0], seen(large, ground.large)[0]
        ratios.append(times(few, many))
    slower, heavier = Ratios(ratios), heavy.bytes / light.bytes
    return Measured(
        12,
        f"how much slower and heavier the page is with {ground.large.table}, in a portal of a hundred tables",
        f"**{slower}; {heavier:.2f}**",
        "1.2; 1.2",
        slower.middle <= 1.2 and heavier <= 1.2,
    )


ROWS: dict[int, Callable[[Ground], Measured]] = {
    1: row_1, 3: row_3, 4: row_4, 5: row_5, 8: row_8, 11: row_11, 12: row_12,
}  # fmt: skip
