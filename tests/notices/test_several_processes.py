"""Several processes carry mail from one database: each mail once, and at most twice where one of them is killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portal.db import db
from portal.notices.models import LEASE, Outbox
from tests.notices.claiming import NOW, claimed, prepare
from tests.notices.conftest import DAY, NOON, remind, say_yes

ROOT = Path(__file__).parents[2]


def test_of_a_thousand_due_reminders_each_is_claimed_by_exactly_one_of_four_processes(tmp_path, app):
    path, before = tmp_path / "claims.db", db.database
    db.close()
    try:
        prepare(path, 1000)
        got, _seconds = claimed(path, 4)
        left = Outbox.take(NOW)
    finally:
        db.close()
        db.init(before)
    every = [one for each in got for one in each]
    assert len(every) == len(set(every)) == 1000
    assert left == []
    assert sum(bool(each) for each in got) >= 2, "several took part"


CARRY = """
import sys, threading
from datetime import datetime
from pathlib import Path
from portal import create_app
from portal.config import Settings
from portal.notices.delivery import carry
folder, port, now = sys.argv[1:]
settings = Settings.load({}, data_dir=Path(folder), smtp_url=f"smtp://127.0.0.1:{port}", mail_from="post@elm.example")
with create_app(settings).app_context():
    carry(datetime.fromisoformat(now), threading.Event())
"""


@pytest.fixture
def process(home, server):
    """A process of its own that carries what is due at a moment."""
    started = []

    def start(now) -> subprocess.Popen:
        db.close()
        command = [sys.executable, "-c", CARRY, str(home), str(server[1]), now.isoformat()]
        started.append(subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}))
        return started[-1]

    yield start
    for one in started:
        one.kill()
        one.wait(20)


def test_killed_between_sent_and_marked_it_comes_twice_at_most_and_is_never_lost(cast, app, inbox, process):
    say_yes(cast["Ana"])
    row = remind(cast["Ana"], NOON + DAY)
    running = {}
    inbox.on_arrival = lambda mail: os.kill(running["process"].pid, signal.SIGKILL)
    for minutes in (0, 1, 2):
        now = NOON + minutes * (LEASE + LEASE / 60)
        running["process"] = process(now)
        assert running["process"].wait(300) == (-signal.SIGKILL if minutes < 2 else 0)
    assert len(inbox.mails) == 2
    assert len(set(inbox.ids)) == 1, "a mail program can tell that they are one"
    assert Outbox.get_by_id(row.id).gone == "unsure", "after two that arrived unmarked, a third would be one too many"


def test_killed_before_anything_was_sent_it_is_sent_by_the_next(cast, app, inbox, process):
    say_yes(cast["Ana"])
    row = remind(cast["Ana"], NOON + DAY)
    running, kill = {}, [True]

    def at_recipient() -> str:
        if kill.pop():
            os.kill(running["process"].pid, signal.SIGKILL)
        return "451 nobody is there to read this"

    class Once(list):
        def __bool__(self) -> bool:
            return bool(kill)

        def pop(self, _index: int = 0) -> str:
            return at_recipient()

    inbox.at_recipient = Once()
    running["process"] = process(NOON)
    assert running["process"].wait(300) == -signal.SIGKILL
    assert inbox.mails == []
    assert process(NOON + LEASE + LEASE / 60).wait(300) == 0
    assert len(inbox.mails) == 1
    assert Outbox.get_by_id(row.id).sent_at


def test_four_processes_at_one_mail_server_send_each_mail_once(cast, app, inbox, process):
    for name in ("Ana", "Bo"):
        say_yes(cast[name])
        for _n in range(40):
            remind(cast[name], NOON + DAY)
    running = [process(NOON) for _n in range(4)]
    assert [one.wait(300) for one in running] == [0] * 4
    end = time.monotonic() + 60
    while len(inbox.mails) < 80 and time.monotonic() < end:
        time.sleep(0.05)
    assert len(inbox.ids) == len(set(inbox.ids)) == 80
