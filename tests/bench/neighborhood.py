"""The invented neighborhood that is measured on: made once by the demo, then served from copies of its folder."""

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.bench.cores import ROOT
from tests.bench.servers import DidNotStart, Server
from tests.bench.visitor import Visitor
from tests.ports import free_port

COUNTS = (
    "select (select count(*) from work where circle_id = ? and shared_at is not null),"
    " (select count(*) from seat where circle_id = ?)"
)


@dataclass(frozen=True)
class Table:
    """A circle's page, and who can open it: (name, passphrase)."""

    path: str
    people: tuple[tuple[str, str], ...]
    works: int
    seats: int

    def __str__(self) -> str:
        return f"{self.works} works, {self.seats} people"


@dataclass(frozen=True)
class Neighborhood:
    folder: Path
    table: Table  # the one with the most works

    def copy(self, folder: Path) -> Path:
        """A folder to write in, so that the next measurement finds what this one found."""
        shutil.rmtree(folder, ignore_errors=True)
        return shutil.copytree(self.folder, folder)

    def signed_in(self, server: Server, people: int = 1) -> list[Visitor]:
        """Some who sit at the table, each with a session of their own, after a first look at its page."""
        visitors = []
        for name, passphrase in self.table.people[:people]:
            visitor = Visitor(server.address)
            visitor.sign_in(name, passphrase)
            visitor.get(self.table.path)  # which puts the token of the page's forms into the session
            visitors.append(visitor)
        return visitors


def make(folder: Path, size: str) -> Neighborhood:
    """Have the demo make it; once it serves, it is told to stop. Raises DidNotStart."""
    words = ["demo", "--json", "--language", "en", "--size", size, "--data", str(folder)]
    words += ["--listen", f"127.0.0.1:{free_port()}"]
    with folder.with_suffix(".made.log").open("wb") as says:
        demo = subprocess.Popen(
            [sys.executable, "-m", "portal.commands", *words], cwd=ROOT, stdout=subprocess.PIPE, stderr=says
        )
    line = demo.stdout.readline() if demo.stdout else b""
    demo.terminate()
    demo.wait()
    if not line:
        raise DidNotStart(folder.with_suffix(".made.log").read_text(errors="replace")[-2000:])
    return Neighborhood(folder, fullest(folder, json.loads(line)["people"]))


def fullest(folder: Path, people: list[dict]) -> Table:
    """The table with the most shared works that somebody in the demo's list sits at."""
    sitting: dict[str, list[tuple[str, str]]] = {}
    for person in people:
        for circle in person["circles"]:
            sitting.setdefault(circle["path"], []).append((person["name"], person["passphrase"]))
    with closing(sqlite3.connect(folder / "portal.db")) as database:
        tables = []
        for path, who in sitting.items():
            circle = path.rpartition("/")[2]
            works, seats = database.execute(COUNTS, (circle, circle)).fetchone()
            tables.append(Table(path, tuple(who), works, seats))
    return max(tables, key=lambda table: (table.works, table.seats))
