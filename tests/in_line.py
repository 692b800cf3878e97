"""Requests in the line of those who answer."""

import threading
from collections.abc import Callable

from portal.answering import OneAtATime

PATIENCE = 30  # seconds after which a test gives up on what should come at once
NEVER = 3600  # seconds: nobody is held up in a test that does not want it


class Asked:
    """A request as waitress puts it in the queue."""

    def __init__(self, do: Callable[[], object]) -> None:
        self.do, self.done, self.cancelled = do, threading.Event(), False

    def service(self) -> None:
        try:
            self.do()
        finally:
            self.done.set()

    def cancel(self) -> None:
        self.cancelled = True


def ask(threads: OneAtATime, do: Callable[[], object]) -> Asked:
    asked = Asked(do)
    threads.add_task(asked)
    return asked


def came(asked: Asked) -> bool:
    return asked.done.wait(PATIENCE)
