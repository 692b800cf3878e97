"""What is measured of pictures that are put up: how long others wait meanwhile, and what it takes of memory."""

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from statistics import median

from portal.media.worker import CHILD
from tests.bench.load import Plan, carry_out, new_id
from tests.bench.numbers import percentile
from tests.bench.rows import Ground, Measured, table
from tests.bench.servers import GLANCE, Server, memory
from tests.bench.visitor import Visitor

QUIET_HOUR = 20  # requests a second: more than a whole neighborhood makes
UPLOADERS = 2


def row_6(ground: Ground) -> Measured:
    busy, quiet, answers = [], [], []
    for _ in range(ground.haste.processes):
        with ground.to_write_in() as server:
            busy.append(slowest(ground, server, answers, pace=0))
            quiet.append(slowest(ground, server, answers, pace=QUIET_HOUR))
    ratio = median(with_uploads / without for without, with_uploads in busy)
    refused = sum(status != 303 for status in answers)
    return Measured(
        6,
        "the slowest page of a hundred while 12-megapixel pictures come in, against without",
        f"**{ratio:.2f}** at full load ({told(busy)} ms); {told(quiet)} ms at {QUIET_HOUR} pages a second;"
        f" {refused} of {len(answers)} pictures refused",
        "1.5",
        ratio <= 1.5 and not refused,
    )


def told(pairs: list[tuple[float, float]]) -> str:
    without, with_uploads = zip(*pairs, strict=True)
    return f"{median(with_uploads):.0f} and {median(without):.0f}"


def slowest(ground: Ground, server: Server, answers: list[int], pace: float) -> tuple[float, float]:
    """Milliseconds that 99 in 100 pages do not exceed: without uploads, and with them, in turns.

    `answers` takes what the pictures were answered.
    """
    page, uploaders = table(server, ground.small), ground.small.signed_in(server, UPLOADERS)
    plan = Plan(server.address, [page.cookies], [page.path], seconds=ground.haste.window, pace=pace)
    without: list[float] = []
    with_uploads: list[float] = []
    for _ in range(ground.haste.rounds):
        without.extend(carry_out(plan).reads)
        with uploads_going_on(ground, uploaders, answers):
            with_uploads.extend(carry_out(plan).reads)
    return percentile(without, 0.99), percentile(with_uploads, 0.99)


@contextmanager
def uploads_going_on(ground: Ground, people: list[Visitor], answers: list[int]) -> Iterator[None]:
    """These people put up one picture after the other until the block ends."""
    over = threading.Event()

    def keep_uploading(visitor: Visitor) -> None:
        while not over.is_set():
            answers.append(upload(ground, visitor))

    threads = [threading.Thread(target=keep_uploading, args=(visitor,)) for visitor in people]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def upload(ground: Ground, visitor: Visitor) -> int:
    path = f"{ground.small.table.path}/works/new"
    words = {"csrf_token": visitor.token(f"{path}?kind=picture"), "once": new_id(), "kind": "picture", "who": "me"}
    return visitor.upload(path, words, "picture", ground.photograph).status


def row_7(ground: Ground) -> Measured:
    with ground.to_write_in() as server:
        people = cycle(ground.small.signed_in(server, UPLOADERS))
        upload(ground, next(people))
        before = server.memory
        refused = [status for _ in range(ground.haste.uploads) if (status := upload(ground, next(people))) != 303]
        growth = server.memory - before
    child = worker_memory(ground.photograph)
    return Measured(
        7,
        f"memory of the process that cleans a picture; growth of the serving one after {ground.haste.uploads} of them",
        f"**{child:.0f} MB; {growth:+.1f} MB**",
        "96 MB; 10 MB",
        child <= 96 and growth <= 10 and not refused,
    )


def worker_memory(picture: bytes) -> float:
    """The most MiB that the portal's own child process ever held for this picture."""
    child = subprocess.Popen(CHILD, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env={}, cwd="/")
    threading.Thread(target=child.communicate, args=(picture,)).start()
    most = 0.0
    while child.poll() is None:
        most = max(most, memory(child.pid, "VmHWM"))
        time.sleep(GLANCE)
    return most


ROWS: dict[int, Callable[[Ground], Measured]] = {6: row_6, 7: row_7}
