"""What a serving process does with its memory."""

import gc
import subprocess
import sys
from contextlib import closing
from dataclasses import replace

import pytest
from flask import Flask

from portal.accounts import views
from portal.accounts.models import people
from portal.answering import OneAtATime
from portal.config import Settings
from portal.media import worker
from portal.serving import draw_ahead, listening
from tests.ports import free_port

SEVERAL_PICTURES = """
from portal.serving import give_large_buffers_back
{first}

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096

before = resident()
for _n in range(3):
    taken = [b"x" * 6_000_000 for _copy in range(3)]
    kept = [bytes(1000) for _small in range(100)]  # what comes after it and stays
    del taken
print(resident() - before)
"""


def growth(first: str) -> int:
    code = SEVERAL_PICTURES.format(first=first)
    return int(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)


def test_the_memory_of_a_picture_is_given_back():
    assert growth("give_large_buffers_back()") < 5_000_000
    assert growth("") > 5_000_000, "there is nothing to give back here: is the threshold still needed?"


@pytest.fixture
def here() -> Settings:
    return Settings(listen=f"127.0.0.1:{free_port()}")


def test_the_server_takes_many_slow_phones_and_lets_go_of_silent_ones(here):
    with closing(listening(Flask("nothing"), here)) as server:
        assert server.adj.connection_limit == 400
        assert server.adj.channel_timeout == 30
        assert server.adj.asyncore_use_poll, "select() ends at 1,024 files"


def test_when_everyone_waits_who_may_a_thread_is_left_for_pages():
    """With four, a picture in hand and three who signed in took all of them, and a page waited most of a second."""
    assert Settings().threads > people.IN_LINE + 1 + worker.WAITING + views.PACKED


def test_the_server_has_as_many_threads_as_the_settings_say(here):
    with closing(listening(Flask("nothing"), replace(here, threads=3))) as server:
        assert isinstance(server.task_dispatcher, OneAtATime)
        assert len(server.task_dispatcher.threads) == 3
        server.task_dispatcher.shutdown()


def test_the_server_keeps_bodies_in_memory(here):
    with closing(listening(Flask("nothing"), here)) as server:
        assert server.adj.max_request_body_size == 13 * 1024 * 1024
        assert server.adj.inbuf_overflow > server.adj.max_request_body_size
        assert server.adj.outbuf_overflow > server.adj.max_request_body_size


def test_only_a_named_web_server_is_believed_about_who_came(here):
    with closing(listening(Flask("nothing"), here)) as server:
        assert server.adj.trusted_proxy is None
        assert server.adj.clear_untrusted_proxy_headers
    with closing(listening(Flask("nothing"), Settings(listen=here.listen, trusted_proxy="127.0.0.1"))) as server:
        assert server.adj.trusted_proxy == "127.0.0.1"
        assert server.adj.trusted_proxy_count == 1


def test_what_no_start_waits_for_is_drawn_soon_after_it(app, cast):
    guide, lists = app.extensions["guide"], app.extensions["help"]
    guide.found = lists.found = None
    draw_ahead(app)
    gc.unfreeze()
    assert guide.found is not None
    assert lists.found


def test_a_page_that_cannot_be_drawn_ahead_keeps_no_other_from_it(app, cast, monkeypatch):
    drawn = []
    monkeypatch.setitem(app.extensions, "draw_ahead", [lambda: 1 / 0, lambda: drawn.append("help")])
    draw_ahead(app)
    gc.unfreeze()
    assert drawn == ["help"]
