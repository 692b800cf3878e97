"""Saying that one waits for something that is not Python, so that somebody else is answered meanwhile."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_here = threading.local()


def tell(aside: Callable[[], None], back: Callable[[], None]) -> None:
    """Call these, from now on, before and after this thread waits."""
    _here.told = aside, back


@contextmanager
def waiting_elsewhere() -> Iterator[None]:
    """For what takes long without Python: a passphrase, a child process, the disk. Around Python it would gain nothing.

    Outside a thread that answers people, it does nothing.
    """
    aside, back = getattr(_here, "told", (None, None))
    if not (aside and back):
        yield
        return
    aside()
    try:
        yield
    finally:
        back()
