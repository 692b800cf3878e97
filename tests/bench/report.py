"""The table of what was measured, and its place in docs/performance.md."""

import platform
import sqlite3
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version

from tests.bench.cores import CORES, ROOT
from tests.bench.rows import Measured

PAGE = ROOT / "docs" / "performance.md"
BEGINS, ENDS = "<!-- measured -->\n", "<!-- /measured -->\n"
LIBRARIES = ("flask", "peewee", "waitress", "pynacl", "pillow")


def table(measured: Sequence[Measured]) -> str:
    lines = ["| row | what | came to | floor | |", "|---|---|---|---|---|"]
    for one in measured:
        kept = "kept" if one.holds else "**missed**"
        lines.append(f"| {one.row} | {one.what} | {one.came} | {one.floor} | {kept} |")
    return "\n".join(lines) + "\n"


def machine(today: date) -> str:
    """What the numbers depend on, and nothing that tells which machine it was."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    cores = f"{len(CORES)} core{'s' if len(CORES) > 1 else ''}"
    python, sqlite = platform.python_version(), sqlite3.sqlite_version
    return f"{today.isoformat()}, {cores} ({platform.machine()}), Python {python}, SQLite {sqlite}, {libraries}.\n"


def written_into(page: str, measured: Sequence[Measured], today: date) -> str:
    """The page with its measured part made new."""
    before, _, rest = page.partition(BEGINS)
    _, _, after = rest.partition(ENDS)
    return f"{before}{BEGINS}{machine(today)}\n{table(measured)}{ENDS}{after}"


def write(measured: Sequence[Measured], today: date) -> None:
    PAGE.write_text(written_into(PAGE.read_text(encoding="utf-8"), measured, today), encoding="utf-8")
