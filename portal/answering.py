"""The threads that answer: one at a time, and the next as soon as that one waits for something that is not Python.

Python runs one thread at a time anyway. Several that draw a page each hand Python to one another at every query and
every text that is opened, hundreds of times a page, and all are slower for it: one thread alone answers a quarter more.
But a passphrase, a picture or a slow disk must keep nobody waiting. So the others stand by.
"""

import threading
from time import monotonic

from waitress.task import Task, ThreadedTaskDispatcher

from portal import waiting

HELD_UP = 0.03  # seconds at one request after which, whatever the cause, the next one is begun beside it


class NewestFirst:
    """For waitress’s Condition: wakes whoever slept last, so that threads that are not needed fill no memory."""

    def __init__(self, lock: threading.Lock) -> None:
        self.lock = lock
        self.asleep: list[threading.Condition] = []

    def wait(self, timeout: float | None = None) -> None:
        mine = threading.Condition(self.lock)
        self.asleep.append(mine)
        mine.wait(timeout)
        if mine in self.asleep:  # nobody woke it
            self.asleep.remove(mine)

    def notify(self) -> None:
        if self.asleep:
            self.asleep.pop().notify()

    def notify_all(self) -> None:
        while self.asleep:
            self.notify()


class OneAtATime(ThreadedTaskDispatcher):
    """waitress's queue and threads, with a rule of their own for who takes the next request from the queue.

    While requests wait for whoever is answering, one idle thread, the watcher, looks now and then whether that one is
    held up; all others sleep until they are called. Attributes change only under `self.lock`.
    """

    def __init__(self, held_up: float = HELD_UP) -> None:
        super().__init__()
        self.queue_cv = NewestFirst(self.lock)
        self.held_up = held_up
        self.began: dict[int, float] = {}  # by thread, when it began to answer; without those that wait elsewhere
        self.watched = False

    def handler_thread(self, thread_no: int) -> None:
        waiting.tell(self.step_aside, self.step_back)
        while task := self.next_task(thread_no):
            try:
                task.service()
            except BaseException:  # as waitress does: whatever it is, this thread answers the next one
                self.logger.exception("Exception when servicing %r", task)

    def next_task(self, thread_no: int) -> Task | None:
        """Wait for one that may be begun; None when this thread is to end."""
        with self.lock:
            self.began.pop(threading.get_ident(), None)
            while not self.stop_count:
                if self.queue and not self.somebody_answers():
                    return self.begin()
                self.sleep()
            self.stop_count -= 1
            self.threads.discard(thread_no)
            self.thread_exit_cv.notify()
            return None

    def begin(self) -> Task:
        self.began[threading.get_ident()] = monotonic()
        task = self.queue.popleft()
        if self.queue and not self.watched:
            self.queue_cv.notify()
        return task

    def somebody_answers(self) -> bool:
        """Whether a thread is at work, and likely to be done soon."""
        now = monotonic()
        return any(now - began < self.held_up for began in self.began.values())

    def sleep(self) -> None:
        if self.queue and not self.watched:
            self.watched = True
            self.queue_cv.wait(self.held_up)
            self.watched = False
        else:
            self.queue_cv.wait()

    def add_task(self, task: Task) -> None:
        with self.lock:
            self.queue.append(task)
            if not (self.watched and self.somebody_answers()):
                self.queue_cv.notify()

    def step_aside(self) -> None:
        with self.lock:
            self.began.pop(threading.get_ident(), None)
            if self.queue:
                self.queue_cv.notify()

    def step_back(self) -> None:
        with self.lock:
            self.began[threading.get_ident()] = monotonic()
