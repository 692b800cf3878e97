"""Once with a mail server that people run: Debian’s, which delivers into a file."""

import email
import email.policy
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from portal.notices.models import Address, Outbox
from portal.notices.post import MailServer, Post
from tests.notices.conftest import DAY, NOON, remind, say_yes

EXIM = shutil.which("exim4") or shutil.which("exim4", path="/usr/sbin")
CONFIG = """
primary_hostname = mail.test
spool_directory = {folder}/spool
log_file_path = {folder}/%slog
keep_environment =
untrusted_set_sender = *
exim_user = {uid}
exim_group = {gid}
disable_ipv6
tls_advertise_hosts =
host_lookup =
rfc1413_hosts =
prdr_enable = false
deliver_drop_privilege
domainlist here = mail.example
acl_smtp_rcpt = check

begin acl
check:
  deny !domains = +here
       message = relaying is not permitted
  deny !local_parts = ana
       message = no such mailbox
  accept

begin routers
here:
  driver = accept
  domains = +here
  transport = file

begin transports
file:
  driver = appendfile
  file = {folder}/mailbox
"""


@pytest.fixture
def mailbox():
    """The file that mail for Ana is delivered into, and the port it is taken on.

    Exim talks to one caller and ends, so anybody may start it, with a configuration of their own.
    """
    if EXIM is None:
        if os.environ.get("PORTAL_REQUIRE_BROWSER"):
            pytest.fail("exim4 is missing: apt-get install exim4-daemon-light")
        pytest.skip("no exim4: this was not tried with Debian’s mail server")
    folder, uid, gid = Path(tempfile.mkdtemp(prefix="exim-")), *somebody()
    (folder / "conf").write_text(CONFIG.format(folder=folder, uid=uid, gid=gid))
    theirs = {"user": uid, "group": gid, "extra_groups": []} if os.geteuid() == 0 else {}
    if theirs:
        for path in (folder, folder / "conf"):
            shutil.chown(path, uid, gid)
    try:
        with answered_by([EXIM, "-C", folder / "conf", "-bs"], **theirs) as port:
            yield folder / "mailbox", port
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def somebody() -> tuple[int, int]:
    """Whom Exim runs as: as root it would deliver nothing."""
    if os.geteuid():
        return os.geteuid(), os.getegid()
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


@contextmanager
def answered_by(command: list, **given: Any) -> Iterator[int]:
    """The port on which one caller after the other talks to a process of their own.

    Through pipes: handed the socket itself, Exim would want it to be of a port that only root can open.
    """
    listening = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            try:
                caller, _ = listening.accept()
            except OSError:
                return
            with caller, subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **given) as exim:
                said = threading.Thread(target=pass_on, args=(exim.stdout.read1, caller.sendall))
                said.start()
                pass_on(caller.recv, lambda heard: (exim.stdin.write(heard), exim.stdin.flush()))
                exim.stdin.close()
                said.join(20)

    answering = threading.Thread(target=answer, daemon=True)
    answering.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        answering.join(20)


def pass_on(hear: Callable[[int], bytes], say: Callable[[bytes], object]) -> None:
    with suppress(OSError):
        while heard := hear(4096):
            say(heard)


def delivered(path: Path) -> list:
    """The mails in an mbox file, once there are any."""
    end = time.monotonic() + 60
    while not path.exists() or not path.read_text().endswith("\n\n"):
        assert time.monotonic() < end, "nothing was delivered"
        time.sleep(0.05)
    parts = re.split(r"^From \S+ .*\n", path.read_text(), flags=re.MULTILINE)[1:]
    return [email.message_from_string(part, policy=email.policy.default) for part in parts]


def test_debians_mail_server_delivers_a_reminder_and_refuses_what_it_must(cast, carried, mailbox):
    path, port = mailbox
    say_yes(cast["Ana"])
    say_yes(cast["Bo"])
    for name in ("Ana", "Bo"):
        remind(cast[name], NOON + DAY)
    Outbox.update(due_at=NOON).execute()
    carried(NOON, Post(MailServer("127.0.0.1", port, tls_at_once=False), "localhost"))
    (mail,) = delivered(path)
    assert mail["To"] == "ana@mail.example"
    assert mail["Subject"] == "For your calendar"
    assert mail["List-Unsubscribe"].startswith("<http://localhost:8080/off/")
    assert mail.get_content().startswith("Something is on your calendar: Tuesday 24 November.\n")
    rows = {row.person.name: (row.sent_at, row.gone) for row in Outbox.select()}
    assert rows == {"Ana": (NOON, None), "Bo": (None, "refused")}
    assert Address.of(cast["Bo"].id).refused_at == NOON
