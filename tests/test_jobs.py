"""Chores: each is done by one process at a time, again when it is due, and one that breaks stops no other."""

import multiprocessing
from datetime import timedelta
from pathlib import Path

import pytest
from peewee import SqliteDatabase

from portal import jobs
from portal.db import PRAGMAS, db, open_database, utcnow
from portal.jobs import Chore, ChoreLease, do_what_is_due

NOW = utcnow()


@pytest.fixture
def chores(app, monkeypatch):
    done: list[str] = []
    monkeypatch.setattr(jobs, "CHORES", [])

    def add(name: str, do=None) -> Chore:
        jobs.CHORES.append(Chore(name, timedelta(minutes=5), do or (lambda now: done.append(name))))
        return jobs.CHORES[-1]

    add.done = done
    return add


def test_a_chore_is_done_when_it_is_due_and_not_before(chores):
    chores("sweep")
    for minutes in (0, 1, 4, 5, 6, 10):
        do_what_is_due(NOW + timedelta(minutes=minutes))
    assert chores.done == ["sweep"] * 3


def test_a_chore_that_breaks_stops_no_other_and_is_tried_again(chores):
    chores("breaks", lambda now: 1 / 0)
    chores("sweep")
    do_what_is_due(NOW)
    assert chores.done == ["sweep"]
    tried = []
    jobs.CHORES[0] = Chore("breaks", timedelta(minutes=5), tried.append)
    do_what_is_due(NOW + jobs.LEASE + timedelta(seconds=1))
    assert tried


def test_a_chore_in_other_hands_is_left_there_until_its_lease_ends(chores):
    sweep = chores("sweep")
    assert ChoreLease.take(sweep, NOW)
    do_what_is_due(NOW + timedelta(minutes=6))
    assert chores.done == []
    do_what_is_due(NOW + jobs.LEASE)
    assert chores.done == ["sweep"]


def take_in_a_process(path: Path, gate, answers) -> None:
    open_database(path)
    gate.wait(20)
    answers.put(ChoreLease.take(Chore("sweep", timedelta(minutes=5), print), NOW))
    db.close()


def test_of_four_processes_one_takes_a_chore(tmp_path: Path):
    path = tmp_path / "jobs.db"
    database = SqliteDatabase(str(path), pragmas=PRAGMAS)
    with database.bind_ctx([ChoreLease]):
        database.create_tables([ChoreLease])
    database.close()
    several = multiprocessing.get_context("spawn")
    gate, answers = several.Barrier(4), several.Queue()
    processes = [several.Process(target=take_in_a_process, args=(path, gate, answers)) for _n in range(4)]
    for process in processes:
        process.start()
    taken = sorted(answers.get(timeout=60) for _n in range(4))
    for process in processes:
        process.join(20)
    assert taken == [False, False, False, True]
