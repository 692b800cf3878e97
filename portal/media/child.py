"""What the child process runs: limits first, then one picture from standard input to standard output.

Its argument is how many bytes the picture may weigh. It is started by its path, so that the portal's package, and all
that it imports, stays out of the child.
"""

import json
import os
import resource
import sys
import types
from contextlib import suppress
from pathlib import Path

MEMORY = 400_000_000  # bytes of address space: a 40-megapixel PNG fits, a bomb does not
SECONDS = 10  # of processor time


def limit() -> None:
    """Give up what the work does not need, before a foreign byte is read."""
    os.nice(19)  # pages come first
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")  # if memory runs out, this process goes and not the one that serves
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
    ):
        resource.setrlimit(what, (most, most))


def main() -> None:
    limit()
    leave_the_rest_outside()
    from portal.media.cleaned import MOST_BYTES, Refused
    from portal.media.pictures import clean

    most = int(sys.argv[1]) if sys.argv[1:] else MOST_BYTES
    try:
        made = clean(sys.stdin.buffer.read(), most)
    except Refused as refused:
        answer({"why": refused.why})
        return
    answer({"lengths": [len(made.large), len(made.small)], "sizes": [made.large_size, made.small_size]})
    sys.stdout.buffer.write(made.large + made.small)


def leave_the_rest_outside() -> None:
    """Let `portal` be a bare folder here: its own first lines would bring in Flask and the whole web."""
    folder = types.ModuleType("portal")
    folder.__path__ = [str(Path(__file__).parent.parent)]
    sys.modules["portal"] = folder


def answer(head: dict) -> None:
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n")


if __name__ == "__main__":
    main()
