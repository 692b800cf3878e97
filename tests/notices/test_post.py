"""The talk with a mail server: encrypted or not at all, never endless; and what is printed where there is none."""

import io
import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from portal.notices.letters import Office, trial
from portal.notices.post import Console, MailServer, Outcome, Post
from tests.notices.mailserver import HANG, mail_server

OFFICE = Office("Elm Street", "post@elm.example", "https://elm.example", "secret" * 6)
NOON = datetime(2026, 11, 23, 18)
ELSEWHERE = "127.0.0.2"  # not counted as this machine's own name


def a_mail(email="ana@mail.example"):
    return trial(email, OFFICE, at=NOON, letter="x")


def sent(url, mail=None, **given):
    server = replace(MailServer.named(url), **{"patience": 60, **given})
    with Post(server, "elm.example") as post:
        return post.send(mail or a_mail())


@pytest.fixture(scope="session")
def certificate(tmp_path_factory) -> tuple[Path, Path]:
    """One that names the server's address, signed by itself."""
    if shutil.which("openssl") is None and not os.environ.get("PORTAL_REQUIRE_BROWSER"):
        pytest.skip("no openssl: encrypted mail was not tried")
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2",
         "-subj", "/CN=mail.test", "-addext", f"subjectAltName=IP:{ELSEWHERE}"],
        check=True, capture_output=True,
    )  # fmt: skip
    return key, cert


@pytest.fixture
def context(certificate) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate[1], certificate[0])
    return made


@pytest.fixture
def trusted(certificate, monkeypatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[1]))


def test_to_another_machine_mail_goes_encrypted_and_signed_in(context, trusted):
    given = {"tls_context": context, "require_starttls": True, "auth_required": True}
    inboxes = []
    with mail_server(ELSEWHERE, **given, authenticator=lambda *a: inboxes[0].authenticate(*a)) as (inbox, port):
        inboxes.append(inbox)
        assert sent(f"smtp://elm:p%40ss%3Aword@{ELSEWHERE}:{port}").outcome is Outcome.TAKEN
    assert inbox.secure == [True]
    assert inbox.signed_in == [b"elm|p@ss:word"]
    assert inbox.greeted == ["elm.example"], "not the name of the machine"


def test_a_wrong_password_loses_no_mail(context, trusted):
    inboxes = []
    given = {"tls_context": context, "require_starttls": True, "auth_required": True}
    with mail_server(ELSEWHERE, **given, authenticator=lambda *a: inboxes[0].authenticate(*a)) as (inbox, port):
        inboxes.append(inbox)
        answer = sent(f"smtp://elm:wrong@{ELSEWHERE}:{port}")
    assert (answer.outcome, answer.code, answer.goes_on) == (Outcome.LATER, "SMTPAuthenticationError", False)
    assert answer.said.startswith("535 ")


def test_to_another_machine_nothing_goes_in_clear(trusted):
    with mail_server(ELSEWHERE) as (inbox, port):
        answer = sent(f"smtp://elm:word@{ELSEWHERE}:{port}")
    assert answer.outcome is Outcome.LATER
    assert "STARTTLS" in answer.said
    assert inbox.mails == inbox.signed_in == []


def test_a_server_that_cannot_prove_its_name_gets_nothing(context):
    with mail_server(ELSEWHERE, tls_context=context) as (inbox, port):
        answer = sent(f"smtp://{ELSEWHERE}:{port}")
    assert answer.outcome is Outcome.LATER
    assert "certificate" in answer.said.lower()
    assert inbox.mails == []


def test_on_this_machine_it_may_go_in_clear():
    with mail_server() as (inbox, port):
        assert sent(f"smtp://127.0.0.1:{port}").outcome is Outcome.TAKEN
    assert inbox.secure == [False]


def test_a_line_that_begins_with_a_dot_arrives_whole():
    mail = a_mail()
    mail.set_content(".first\r\n..second\r\nAnd a word: ñandú\r\n.\r\nlast\r\n")
    with mail_server() as (inbox, port):
        assert sent(f"smtp://127.0.0.1:{port}", mail).outcome is Outcome.TAKEN
    assert inbox.mails[0].get_content().splitlines() == [".first", "..second", "And a word: ñandú", ".", "last"]


def test_one_talk_carries_several_mails_also_after_a_refusal():
    with mail_server() as (inbox, port):
        inbox.at_recipient = ["550 nobody here"]
        inbox.at_mail = ["250 OK", "552 too much"]
        with Post(MailServer("127.0.0.1", port, tls_at_once=False, patience=60), "elm.example") as post:
            outcomes = [post.send(a_mail()).outcome for _n in range(4)]
    assert outcomes == [Outcome.REFUSED, Outcome.TAKEN, Outcome.REFUSED, Outcome.TAKEN]


def test_a_server_that_hangs_after_the_mail_leaves_it_unsure():
    with mail_server() as (inbox, port):
        inbox.at_mail = [HANG]
        answer = sent(f"smtp://127.0.0.1:{port}", patience=2)
    assert (answer.outcome, answer.code) == (Outcome.UNSURE, "SMTPServerDisconnected")


class Dripping:
    """A server that says its answers byte by byte and never comes to their end."""

    def __init__(self, answers: list[bytes]) -> None:
        self.answers, self.listening = answers, socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self) -> None:
        talk, _ = self.listening.accept()
        with talk:
            try:
                for answer in self.answers:
                    talk.sendall(answer)
                    talk.recv(1000)
                while True:
                    talk.sendall(b"2")
                    time.sleep(0.05)
            except OSError:
                pass

    def __enter__(self) -> "Dripping":
        return self

    def __exit__(self, *_given: object) -> None:
        self.listening.close()
        self.thread.join(10)


def test_a_server_that_answers_byte_by_byte_is_cut_off():
    with Dripping([b"220 hello\r\n", b"250 hello\r\n"]) as slow:
        answer = sent(f"smtp://127.0.0.1:{slow.port}", patience=5, talk=0.5)
    assert answer.outcome is Outcome.LATER
    assert not answer.goes_on


@pytest.mark.parametrize("garbage", [b"", b"\xff\xfe\r\n", b"hello\r\n", b"220 " + b"x" * 100_000, b"421 closing\r\n"])
def test_nothing_that_a_server_says_breaks_anything(garbage):
    with Dripping([garbage]) as odd:
        answer = sent(f"smtp://127.0.0.1:{odd.port}", patience=0.2, talk=1)
    assert answer.outcome is Outcome.LATER
    assert len(answer.said) <= 200


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", ("mail.example", 587, False, "", "")),
        ("smtps://a:b@mail.example", ("mail.example", 465, True, "a", "b")),
        ("smtp://a%40elm.example:b%3A%2F@[::1]:25", ("::1", 25, False, "a@elm.example", "b:/")),
    ],
)
def test_the_setting_names_a_server(url, server):
    named = MailServer.named(url)
    assert (named.host, named.port, named.tls_at_once, named.user, named.password) == server
    assert named.is_here == (named.host == "::1")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_what_is_printed_holds_no_address_and_no_link_unless_somebody_reads_along():
    mail = a_mail()
    mail.set_content("Something.\nhttps://elm.example/off/abcdefgh\nhttps://elm.example/confirm/abcdefgh\n")
    kept, seen = io.StringIO(), Terminal()
    for stream in (kept, seen):
        assert Console(stream).send(mail).outcome is Outcome.TAKEN
        assert "ana@" not in stream.getvalue()
        assert "| Subject: A test" in stream.getvalue()
    assert "abcdefgh" not in kept.getvalue()
    assert seen.getvalue().count("abcdefgh") == 2
