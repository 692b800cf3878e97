"""How fast several processes share out due reminders: in a database of their own, each claimed by one of them."""

import multiprocessing
import tempfile
import time
from datetime import date, datetime, timedelta
from pathlib import Path

from peewee import OperationalError

from portal import upgrade
from portal.accounts.models.people import Person
from portal.db import db, new_id, open_database
from portal.notices.models import Address, Outbox, Wishes

NOW = datetime(2026, 11, 23, 18)


def prepare(path: Path, reminders: int) -> None:
    """A database with so many reminders that are due, ten for each person."""
    open_database(path)
    upgrade.migrate(db, NOW)
    people = [new_id() for _n in range(max(1, reminders // 10))]
    blank = {"folded": "", "joined_on": date(2026, 1, 1), "stretch_ops": 1, "stretch_mem": 8192}
    keys = {"verifier": b"", "public": b"", "sealed_private": b""}
    with db.atomic():
        Person.insert_many([{"id": one, "name": "P", **blank, **keys} for one in people]).execute()
        Address.insert_many(
            [{"person": one, "email": "p@mail.example", "asked_at": NOW, "confirmed_at": NOW} for one in people]
        ).execute()
        Wishes.insert_many([{"person": one} for one in people]).execute()
        for begin in range(0, reminders, 500):
            rows = [reminder(people[n % len(people)]) for n in range(begin, min(begin + 500, reminders))]
            Outbox.insert_many(rows).execute()
    db.close()


def reminder(person: str) -> dict[str, object]:
    times = {"happens_at": NOW + timedelta(days=1), "drop_at": NOW + timedelta(days=1), "due_at": NOW}
    return {"id": new_id(), "person": person, "about": new_id(), "kind": "reminder", **times}


def take_all(path: Path, gate, answers) -> None:
    """What one process gets, mail by mail as delivery takes it."""
    open_database(path)
    got: list[str] = []
    gate.wait(300)
    while True:
        try:
            rows = Outbox.take(NOW)
        except OperationalError:  # four that do nothing else can keep one of them from the lock for five seconds
            continue
        if not rows:
            break
        got += [row.id for row in rows]
        if len(got) == len(rows):
            gate.wait(300)  # whoever was first goes on when each has one: else it could have them all
    answers.put(got)
    db.close()


def claimed(path: Path, processes: int) -> tuple[list[list[str]], float]:
    """What each process got, and the seconds until the last of them was done."""
    several = multiprocessing.get_context("spawn")
    gate, answers = several.Barrier(processes + 1), several.Queue()
    started = [several.Process(target=take_all, args=(path, gate, answers)) for _n in range(processes)]
    for process in started:
        process.start()
    gate.wait(300)
    began = time.perf_counter()
    gate.wait(300)
    got = [answers.get(timeout=600) for _process in started]
    seconds = time.perf_counter() - began
    for process in started:
        process.join(20)
    return got, seconds


def seconds_to_claim(reminders: int = 1000, processes: int = 4) -> float:
    """For the table of figures: raises AssertionError where one was claimed twice or not at all."""
    before = db.database
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "claims.db"
        if before:
            db.close()
        prepare(path, reminders)
        got, seconds = claimed(path, processes)
        every = [one for each in got for one in each]
        assert len(every) == len(set(every)) == reminders
    if before:
        open_database(Path(before))
    return seconds
