"""What is made of the measured numbers. Pure."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

UNIT = {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}  # milliseconds


@dataclass(frozen=True)
class Burst:
    """What one burst of requests came to."""

    requests: int
    seconds: float
    failed: int = 0
    processor: float = 0.0  # seconds that the server computed for it

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds

    @property
    def cost(self) -> float:
        """Milliseconds that the server computed for one request."""
        return 1000 * self.processor / self.requests


@dataclass(frozen=True)
class Ratios:
    """One side of a comparison against the other, round by round; a list of rounds for every pair of processes."""

    processes: Sequence[Sequence[float]]

    @property
    def middle(self) -> float:
        return median(ratio for rounds in self.processes for ratio in rounds)

    @property
    def spread(self) -> tuple[float, float]:
        """The lowest and the highest of the processes' own medians."""
        each = [median(rounds) for rounds in self.processes]
        return min(each), max(each)

    def __str__(self) -> str:
        lowest, highest = self.spread
        return f"{self.middle:.2f} ({lowest:.2f} to {highest:.2f})"


def per_round(one: Sequence[float], other: Sequence[float]) -> list[float]:
    """How many times the other the one is, in each round."""
    return [mine / theirs for mine, theirs in zip(one, other, strict=True)]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0 to 1) of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def read_wrk(said: str) -> Burst:
    """The burst that wrk tells of. Answers of 400 and above and broken connections count as failed."""
    done = re.search(r"(\d+) requests in ([\d.]+)(us|ms|s|m)\b", said)
    if done is None:
        raise ValueError(f"wrk said something else: {said}")
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    failed = int(wrong[1]) if wrong else 0
    failed += sum(map(int, broken.groups())) if broken else 0
    return Burst(int(done[1]), float(done[2]) * UNIT[done[3]] / 1000, failed)
