"""Measure speed and memory beside a plain page, in one run, against the floors of docs/performance.md."""

import argparse
import os
import sys
import tempfile
from datetime import date
from pathlib import Path

from tests.bench import meetings, pictures, report, rows
from tests.bench.cores import CORES
from tests.bench.rows import Ground, Haste

ROWS = dict(sorted((rows.ROWS | pictures.ROWS | meetings.ROWS).items()))


def main() -> None:
    asked = words()
    os.sched_setaffinity(0, CORES[-1:])  # the first core is the server's alone
    measured = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        ground = Ground(Path(folder), Haste.quick() if asked.quick else Haste())
        for row in asked.only or ROWS:
            print(f"Measuring row {row} …", file=sys.stderr, flush=True)
            measured.append(ROWS[row](ground))
            print(f"    {measured[-1].came}", file=sys.stderr, flush=True)
    print(report.table(measured))
    if asked.write:
        report.write(measured, date.today())


def words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds: a first look, not a result")
    parser.add_argument("--only", type=numbers, metavar="1,3", help=f"these rows only, of {', '.join(map(str, ROWS))}")
    parser.add_argument("--write", action="store_true", help="put the result of a whole run into docs/performance.md")
    asked = parser.parse_args()
    if asked.write and (asked.quick or asked.only):
        parser.error("--write takes a whole run.")
    return asked


def numbers(words: str) -> list[int]:
    asked = [int(word) for word in words.split(",")]
    if not set(asked) <= set(ROWS):
        raise argparse.ArgumentTypeError(f"rows are {', '.join(map(str, ROWS))}")
    return asked


if __name__ == "__main__":
    main()
