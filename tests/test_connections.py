"""Nobody holds a connection or a thread by asking for much and taking none of it."""

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from werkzeug.wrappers import Response

from portal.config import Settings
from portal.serving import listening
from tests.ports import free_port

PATIENCE = 30  # seconds after which a test gives up on what should come soon
MUCH = b"x" * 4_000_000  # bytes: more than the system holds ready for a reader who takes nothing


def application() -> Flask:
    app = Flask("large")
    app.add_url_rule("/", "small", lambda: "here")
    app.add_url_rule("/much", "much", lambda: MUCH)
    app.add_url_rule("/stream", "stream", lambda: Response(MUCH for _ in range(20)))
    app.add_url_rule("/late", "late", late)
    return app


def late() -> str:
    """After longer than the server waits for anyone."""
    time.sleep(1)
    return "at last"


@pytest.fixture
def server() -> Iterator:
    """One that waits a fifth of a second for who is silent, and holds no more than a megabyte ready."""
    made = listening(application(), Settings(listen=f"127.0.0.1:{free_port()}"))
    made.adj.channel_timeout, made.adj.outbuf_high_watermark = 0.2, 1_000_000
    stopped = threading.Event()

    def serve() -> None:
        while not stopped.is_set():
            made.asyncore.loop(timeout=0.05, map=made._map, use_poll=True, count=1)

    loop = threading.Thread(target=serve, daemon=True)
    loop.start()
    yield made
    stopped.set()
    loop.join(PATIENCE)
    for channel in list(made.active_channels.values()):
        channel.handle_close()
    made.task_dispatcher.shutdown()
    made.close()


def asking(server, sent: bytes) -> socket.socket:
    """A connection that sends this; it takes little at a time."""
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    one.settimeout(PATIENCE)
    one.connect((server.effective_host, int(server.effective_port)))
    one.sendall(sent)
    return one


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def all_of(one: socket.socket) -> bytes:
    """What comes until the connection ends."""
    found = b""
    while some := one.recv(65536):
        found += some
    return found


def soon(happens: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while not happens() and time.monotonic() < end:
        time.sleep(0.02)
    return happens()


def answered(one: socket.socket, word: bytes = b"here") -> bool:
    """Whether this comes; head and body may come apart."""
    found = b""
    while word not in found and (some := one.recv(65536)):
        found += some
    return word in found


def is_answered(server) -> bool:
    with asking(server, get("/")) as honest:
        return answered(honest)


def test_one_connection_is_answered_again_and_again(server):
    server.adj.channel_timeout = PATIENCE
    with asking(server, get("/")) as one:
        for _ in range(3):
            assert answered(one)
            one.sendall(get("/"))
        assert answered(one)


def test_what_is_sent_before_the_first_is_answered_ends_with_the_connection(server):
    with asking(server, get("/") * 50) as one:
        found = all_of(one)
    assert found.count(b"HTTP/1.1 200") == 1
    assert b"Connection: close" in found


def test_many_requests_at_once_hold_no_thread(server):
    greedy = [asking(server, get("/much") * 50) for _ in range(8)]
    assert is_answered(server)
    for one in greedy:
        one.close()


@pytest.mark.parametrize("path", ["/much", "/stream"])
def test_who_takes_nothing_is_let_go_with_their_thread(server, path):
    greedy = [asking(server, get(path)) for _ in range(8)]
    assert soon(lambda: len(server.active_channels) == 8)
    assert is_answered(server)
    assert soon(lambda: not server.active_channels)
    assert is_answered(server)
    for one in greedy:
        one.close()


def test_who_takes_slowly_gets_all_of_it(server):
    server.adj.channel_timeout = PATIENCE
    with asking(server, get("/stream").replace(b"Host", b"Connection: close\r\nHost")) as one:
        taken = 0
        while some := one.recv(65536):
            taken += len(some)
    assert taken > 20 * len(MUCH)


def test_who_waits_long_for_the_first_word_still_gets_it(server):
    with asking(server, get("/late")) as one:
        assert answered(one, b"at last")
