"""Cleans a picture in a child process: what a hostile file breaks there, breaks nothing here."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from portal.media.cleaned import MOST_BYTES, Cleaned, Why
from portal.media.refusals import NAMED, PictureBroken, PicturesBusy, PictureTooHeavy
from portal.waiting import waiting_elsewhere

# -I: no path, settings or packages of the user's own; -B: the child may write no file.
CHILD = (sys.executable, "-I", "-B", str(Path(__file__).with_name("child.py")))
SECONDS = 10  # by the clock; a 12-megapixel photograph takes half a second here, perhaps five on a Pi 3
WAITING = 2  # pictures that may wait for the one in hand; with the other lines they are fewer than the threads
PATIENCE = 25  # seconds

_in_hand = threading.Semaphore(1)  # per process: decoding takes 50 MB, so one at a time
_in_line = threading.BoundedSemaphore(1 + WAITING)


def clean(data: bytes, most: int = MOST_BYTES, child: Sequence[str] = CHILD, seconds: float = SECONDS) -> Cleaned:
    """The picture in its two clean sizes. Raises a PictureRefused. Not for inside a transaction: it takes a while.

    `most` is how many bytes it may weigh.
    """
    if len(data) > most:
        raise PictureTooHeavy
    with waiting_elsewhere(), turn():
        try:
            done = subprocess.run(  # noqa: S603
                (*child, str(most)), input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=seconds,
                env={}, cwd="/", start_new_session=True, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise PictureBroken from None
        except OSError:  # no memory or no process to be had just now
            raise PicturesBusy from None
    if done.returncode != 0:
        raise PictureBroken
    return understood(done.stdout)


@contextmanager
def turn() -> Iterator[None]:
    """Wait in a short line for the one place. Raises PicturesBusy."""
    if not _in_line.acquire(blocking=False):
        raise PicturesBusy
    try:
        if not _in_hand.acquire(timeout=PATIENCE):
            raise PicturesBusy
        try:
            yield
        finally:
            _in_hand.release()
    finally:
        _in_line.release()


def understood(answer: bytes) -> Cleaned:
    """The child's answer, believed only as far as it fits. Raises a PictureRefused."""
    head, _, body = answer.partition(b"\n")
    try:
        said = json.loads(head)
        if "why" in said:
            raise NAMED[Why(said["why"])]
        (first, second), (large_size, small_size) = said["lengths"], said["sizes"]
        large, small = body[:first], body[first:]
        if len(small) != second or not (is_webp(large) and is_webp(small)):
            raise PictureBroken
        return Cleaned(large, small, tuple(large_size), tuple(small_size))
    except (ValueError, TypeError, KeyError):
        raise PictureBroken from None


def is_webp(data: bytes) -> bool:
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"
