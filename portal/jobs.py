"""What the portal does by itself, each thing by one process at a time: chores, and what is carried out of the house."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from peewee import CharField, Expression, IntegerField

from portal.db import Instant, Table, db, utcnow, writing

log = logging.getLogger("portal")

LEASE = timedelta(minutes=10)  # a process that died with a chore in hand holds it no longer than this
PAUSE = 20  # seconds between two looks at what is due
LOOK = timedelta(minutes=10)  # how often it is written down what the clock shows
BACK = timedelta(hours=2)  # a small machine without a battery starts at the last hour it wrote down: that is no jump
STEADY = timedelta(days=1)  # a clock that has jumped further than this is believed again after as long
FAREWELL = 5  # seconds that a stopping process waits for what it has in hand


@dataclass(frozen=True)
class Chore:
    name: str
    every: timedelta
    do: Callable[[datetime], object]
    destroys: bool = False


class ClockLook(Table):
    """What the clock showed when it was last looked at, and since when it has gone on without a jump; one row."""

    id = IntegerField(primary_key=True, default=1)
    seen_at = Instant()
    steady_since = Instant()

    @classmethod
    def is_steady(cls, now: datetime) -> bool:
        """Look at the clock. A small machine may start with a wrong one, and what is destroyed stays destroyed.

        A clock set back, or on by more than `STEADY`, is a jump; so is a long time without power. The first clock
        that a portal sees is believed: nothing is older than it.
        """
        before = cls.get_or_none() or cls(seen_at=now - LOOK, steady_since=now - STEADY)
        since, reached = (now, now) if before.jumps_to(now) else (before.steady_since, max(now, before.seen_at))
        if since == now or now >= before.seen_at + LOOK:
            seen = cls.insert(id=1, seen_at=now, steady_since=since)
            seen.on_conflict(conflict_target=[cls.id], preserve=[cls.seen_at, cls.steady_since]).execute()
        return since + STEADY <= reached

    def jumps_to(self, now: datetime) -> bool:
        return not self.seen_at - BACK <= now <= self.seen_at + STEADY


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


def chore(
    minutes: int, destroys: bool = False
) -> Callable[[Callable[[datetime], object]], Callable[[datetime], object]]:
    """Have a function of `now` done every so many minutes; one that destroys, only while the clock can be believed."""

    def registered(do: Callable[[datetime], object]) -> Callable[[datetime], object]:
        CHORES.append(Chore(f"{do.__module__}.{do.__qualname__}", timedelta(minutes=minutes), do, destroys))
        return do

    return registered


def do_what_is_due(now: datetime) -> None:
    """Do each due chore once. One that breaks is logged and tried again when its lease ends."""
    steady = ClockLook.is_steady(now)
    for each in CHORES:
        if each.destroys and not steady:
            continue
        try:
            if ChoreLease.take(each, now):
                each.do(now)
                ChoreLease.done(each, now)
        except Exception as error:
            log.error("chore %s broke: %s", each.name, type(error).__name__)


Round = Callable[[datetime, threading.Event], object]
CARRIERS: list[Round] = []


def carrier(do: Round) -> Round:
    """Have a function of `now` called again and again in a thread of its own, until the event it gets is set.

    It is for what waits for other machines: a mail server that hangs must keep no chore waiting.
    """
    CARRIERS.append(do)
    return do


def waiting(table: Any, which: Expression, now: datetime) -> Any:
    """The ids of those of these rows that are due and in no one's hands, earliest first.

    Such a table has an `id`, an indexed `due_at`, and a `leased_until` that is null while nobody has the row in hand.
    """
    free = table.leased_until.is_null() | (table.leased_until <= now)
    return table.select(table.id).where(which & (table.due_at <= now) & free).order_by(table.due_at)


def claim(table: Any, which: Expression, now: datetime, lease: timedelta, limit: int, **also: Any) -> list[Any]:
    """Take up to `limit` of the rows that wait, and set in them what `also` says.

    Of several processes exactly one gets a row. When its lease ends unreported, the row is due again.
    """
    until, free = now + lease, table.leased_until.is_null() | (table.leased_until <= now)
    with writing():
        # Said of the row itself, too: a database that locks row by row looks at that again when its turn comes.
        mine = table.id.in_(waiting(table, which, now).limit(limit)) & (table.due_at <= now) & free
        taken = table.update(due_at=until, leased_until=until, **also).where(mine)
        return list(taken.returning(table).execute())


def start(app: Flask) -> Callable[[], None]:
    """Do the chores in one thread of this process and each carrier's rounds in another; returns what stops them."""
    stopped = threading.Event()
    rounds: list[Round] = [lambda now, stopped: do_what_is_due(now), *CARRIERS]
    threads = [threading.Thread(target=again_and_again, args=(app, each, stopped), daemon=True) for each in rounds]
    for thread in threads:
        thread.start()

    def stop() -> None:
        stopped.set()
        end = time.monotonic() + FAREWELL
        for thread in threads:
            thread.join(timeout=max(0, end - time.monotonic()))

    return stop


def again_and_again(app: Flask, do: Round, stopped: threading.Event) -> None:
    while not stopped.is_set():
        with app.app_context():
            try:
                do(utcnow(), stopped)
            except Exception as error:
                log.error("round %s broke: %s", do.__qualname__, type(error).__name__)
        stopped.wait(PAUSE)
    db.close()
