"""Which core does what: the server has the first to itself, the load the last."""

import os
import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
CORES = sorted(os.sched_getaffinity(0))


def on_core(which: int, command: list[str]) -> list[str]:
    """The command, kept to the server's core (0) or to the load's (1): the same one where there is only one."""
    core = CORES[min(which, len(CORES) - 1)]
    return ["taskset", "-c", str(core), *command] if shutil.which("taskset") else command
