"""The load: many readers and writers at once, in a process of their own.

wrk makes the plain bursts where it is installed. What wrk cannot do is done here: forms, a steady pace, and how long
each answer took. The plan comes on standard input, since it holds cookies; what came of it goes to standard output.
"""

import json
import secrets
import shutil
import subprocess
import sys
import threading
import time
from base64 import b32encode
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from http.client import HTTPException
from itertools import count, cycle

from tests.bench.cores import ROOT, on_core
from tests.bench.numbers import Burst, read_wrk
from tests.bench.visitor import Visitor

CONNECTIONS = 8


@dataclass(frozen=True)
class Write:
    """A form that is sent over and over: the page that shows it, where it goes, and what stands in it.

    `{new}` in a field becomes a new id each time.
    """

    page: str
    path: str
    fields: dict[str, str]

    def filled(self) -> dict[str, str]:
        return {name: value.replace("{new}", new_id()) for name, value in self.fields.items()}


@dataclass(frozen=True)
class Plan:
    """Each connection is one of `people` (a Cookie header); together they go round the `pages`."""

    address: str
    people: list[str]
    pages: list[str]
    connections: int = CONNECTIONS
    seconds: float = 3600
    requests: int = sys.maxsize
    pace: float = 0  # requests a second, all connections together; 0 is as fast as answers come
    writes: list[Write] = field(default_factory=list)
    write_every: int = 0  # requests; 20 makes one in twenty a write


@dataclass(frozen=True)
class Came:
    """What came of a plan. `wrong` counts answers of 400 and above and broken connections by what they were."""

    seconds: float
    reads: list[float]  # milliseconds each took
    written: list[float]
    wrong: dict[str, int]

    @property
    def requests(self) -> int:
        return len(self.reads) + len(self.written)

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def burst(address: str, path: str, cookies: str, seconds: float, connections: int = CONNECTIONS) -> Burst:
    """Ask for one page as often as it is answered."""
    if not shutil.which("wrk"):
        came = carry_out(Plan(address, [cookies], [path], connections, seconds))
        return Burst(came.requests, came.seconds, sum(came.wrong.values()))
    wrk = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "-H", f"Cookie: {cookies}", address + path]
    return read_wrk(subprocess.run(on_core(1, wrk), capture_output=True, text=True, check=True).stdout)


def carry_out(plan: Plan) -> Came:
    """Do it in a process of its own, on the core that the server does not have."""
    own = on_core(1, [sys.executable, "-m", "tests.bench.load"])
    done = subprocess.run(own, input=json.dumps(asdict(plan)), capture_output=True, text=True, check=True, cwd=ROOT)
    return Came(**json.loads(done.stdout))


class Crowd:
    """Everyone of one plan, each in a thread."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.number = count()
        self.reads: list[float] = []
        self.written: list[float] = []
        self.wrong: Counter[str] = Counter()

    def come(self) -> Came:
        people = cycle(self.plan.people)
        visitors = [Visitor(self.plan.address, next(people), stays=True) for _ in range(self.plan.connections)]
        tokens = [self.tokens(visitor) for visitor in visitors]
        self.began = time.monotonic()
        threads = [threading.Thread(target=self.one, args=each) for each in zip(visitors, tokens, strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for visitor in visitors:
            visitor.connection.close()
        return Came(time.monotonic() - self.began, self.reads, self.written, dict(self.wrong))

    def tokens(self, visitor: Visitor) -> list[str]:
        return [visitor.token(write.page) for write in self.plan.writes]

    def one(self, visitor: Visitor, tokens: list[str]) -> None:
        for number in self.turns():
            began = time.monotonic()
            took, wrong = self.written if self.is_write(number) else self.reads, ""
            try:
                answer = self.write(visitor, tokens, number) if self.is_write(number) else self.read(visitor, number)
                wrong = str(answer) if answer >= 400 else ""
            except (HTTPException, OSError) as error:
                visitor.connection.close()
                wrong = type(error).__name__
            took.append(1000 * (time.monotonic() - began))
            self.wrong.update([wrong] if wrong else [])

    def turns(self) -> Iterator[int]:
        """The numbers of the requests of one connection, each given when it is time for it."""
        while True:
            number = next(self.number)
            if number >= self.plan.requests:
                return
            due = self.began + (number / self.plan.pace if self.plan.pace else 0)
            if max(due, time.monotonic()) > self.began + self.plan.seconds:
                return
            time.sleep(max(0.0, due - time.monotonic()))
            yield number

    def is_write(self, number: int) -> bool:
        return self.plan.write_every > 0 and number % self.plan.write_every == 0

    def read(self, visitor: Visitor, number: int) -> int:
        return visitor.get(self.plan.pages[number % len(self.plan.pages)]).status

    def write(self, visitor: Visitor, tokens: list[str], number: int) -> int:
        which = number // self.plan.write_every % len(self.plan.writes)
        form = self.plan.writes[which]
        return visitor.post(form.path, {"csrf_token": tokens[which], **form.filled()}).status


def new_id() -> str:
    """As the portal makes them, without loading its database for it."""
    return b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


if __name__ == "__main__":
    given = json.load(sys.stdin)
    plan = Plan(**{**given, "writes": [Write(**write) for write in given["writes"]]})
    json.dump(asdict(Crowd(plan).come()), sys.stdout)
