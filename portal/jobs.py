"""Chores that the portal does by itself, each by one process at a time, and the loop that does them."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask
from peewee import CharField

from portal.db import Instant, Table, db, utcnow, writing

log = logging.getLogger("portal")

LEASE = timedelta(minutes=10)  # a process that died with a chore in hand holds it no longer than this
PAUSE = 20  # seconds between two looks at what is due


@dataclass(frozen=True)
class Chore:
    name: str
    every: timedelta
    do: Callable[[datetime], object]


class ChoreLease(Table):
    """When a chore is due next, and until when a process has it in hand."""

    name = CharField(max_length=64, primary_key=True)
    due_at = Instant()
    leased_until = Instant()

    @classmethod
    def take(cls, chore: Chore, now: datetime) -> bool:
        """Claim the chore if it is due and in no one's hands; true for exactly one of several processes."""
        with writing():
            cls.insert(name=chore.name, due_at=now, leased_until=now).on_conflict_ignore().execute()
            mine = cls.update(leased_until=now + LEASE).where(
                (cls.name == chore.name) & (cls.due_at <= now) & (cls.leased_until <= now)
            )
            return mine.execute() == 1

    @classmethod
    def done(cls, chore: Chore, now: datetime) -> None:
        cls.update(due_at=now + chore.every, leased_until=now).where(cls.name == chore.name).execute()


CHORES: list[Chore] = []


def chore(minutes: int) -> Callable[[Callable[[datetime], object]], Callable[[datetime], object]]:
    """Have a function of `now` done every so many minutes."""

    def registered(do: Callable[[datetime], object]) -> Callable[[datetime], object]:
        CHORES.append(Chore(f"{do.__module__}.{do.__qualname__}", timedelta(minutes=minutes), do))
        return do

    return registered


def do_what_is_due(now: datetime) -> None:
    """Do each due chore once. One that breaks is logged and tried again when its lease ends."""
    for each in CHORES:
        try:
            if ChoreLease.take(each, now):
                each.do(now)
                ChoreLease.done(each, now)
        except Exception as error:
            log.error("chore %s broke: %s", each.name, type(error).__name__)


def start(app: Flask) -> Callable[[], None]:
    """Do the chores in a thread of this process until the returned function is called."""
    stopped = threading.Event()

    def loop() -> None:
        while not stopped.is_set():
            with app.app_context():
                do_what_is_due(utcnow())
            stopped.wait(PAUSE)
        db.close()

    thread = threading.Thread(target=loop, name="chores", daemon=True)
    thread.start()

    def stop() -> None:
        stopped.set()
        thread.join(timeout=5)

    return stop
