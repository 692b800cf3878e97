"""How one process keeps to itself and answers: file modes, core dumps, temporary files, waitress and its limits."""

import atexit
import ctypes
import gc
import logging
import os
import resource
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import waitress
from flask import Flask
from waitress.server import BaseWSGIServer

from portal import jobs
from portal.answering import OneAtATime
from portal.config import Settings
from portal.connections import Connection
from portal.db import db

log = logging.getLogger("portal")

MEBIBYTE = 1024 * 1024
CONNECTIONS = 400  # waitress's own 100 are starved by 340 slow phones, 400 are not
SOON = 2  # seconds after which what no start waits for is drawn once, before most people come
PATIENCE = 30  # seconds without a byte; bytes that only drip need limits in the web server in front
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
LARGE = 256 * 1024  # bytes; smaller ones are kept for the next request, which saves time
M_ARENA_MAX = -8  # of glibc’s malloc.h
M_MMAP_THRESHOLD = -3  # as malloc.h of glibc calls it
FORWARDED = {"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"}


class CannotServe(Exception):
    """The address cannot be had; the sentence names it and says why."""


def keep_to_itself() -> None:
    """What this process writes is nobody else's, and its memory, with opened keys in it, is never dumped to disk."""
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    keep_temporary_files_in_memory()


def keep_temporary_files_in_memory() -> None:
    """On a memory card, a deleted temporary file can be read again."""
    if os.access(MEMORY, os.W_OK):
        sweep(MEMORY)
        folder = tempfile.mkdtemp(prefix=f"portal-{os.getpid()}-", dir=MEMORY)
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        os.environ["TMPDIR"] = tempfile.tempdir = folder


def sweep(memory: Path) -> None:
    """Remove the folders that killed processes could not remove themselves."""
    for folder in memory.glob("portal-*-*"):
        process = folder.name.split("-")[1]
        if process.isdigit() and not Path("/proc", process).exists():
            shutil.rmtree(folder, ignore_errors=True)


def give_large_buffers_back() -> None:
    """Return a picture's memory to the system once it has been taken in.

    glibc would learn from the first one and from then on keep, in each thread, as much as its largest request took:
    37 MB more after six photographs, against one.
    """
    with suppress(AttributeError):  # another C library than glibc
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE)
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)  # threads take turns in Python anyway: one heap for all of them


def limits(settings: Settings) -> dict[str, Any]:
    """What waitress is told. No body, sent or answered, is large enough for it to lay down in a temporary file."""
    body = (settings.upload_limit + 1) * MEBIBYTE
    proxy = {"trusted_proxy_count": 1, "trusted_proxy_headers": FORWARDED} if settings.trusted_proxy else {}
    return {
        "listen": settings.listen,
        "connection_limit": CONNECTIONS,
        "channel_timeout": PATIENCE,
        "max_request_body_size": body,
        "inbuf_overflow": 2 * body,
        "outbuf_overflow": 2 * body,
        "asyncore_use_poll": True,  # select() ends at 1,024 files
        "ident": None,
        "trusted_proxy": settings.trusted_proxy or None,
        "clear_untrusted_proxy_headers": True,
        **proxy,
    }


def listening(app: Flask, settings: Settings) -> Any:
    """waitress, with the address in its hands. Raises CannotServe."""
    threads = OneAtATime()
    sockets: dict[int, Any] = {}
    try:
        server = waitress.create_server(app, sockets, _dispatcher=threads, **limits(settings))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise CannotServe(f"The portal can’t serve on {settings.listen}: {why}.") from error
    for one in sockets.values():
        if isinstance(one, BaseWSGIServer):  # one for each address that the name stands for
            one.channel_class = Connection
    threads.set_thread_count(settings.threads)
    return server


def draw_ahead(app: Flask) -> None:
    """Draw once what rooms put off until somebody needs it, so that the first who opens Help need not wait for it."""
    with app.test_request_context():
        for draw in app.extensions.get("draw_ahead", ()):
            try:
                draw()
            except Exception as error:  # whoever opens the page will be told; the others must not miss theirs
                log.warning("drawing ahead broke: %s", type(error).__name__)
    db.close()
    gc.freeze()  # like what the start loaded: no later look need go over it


def serve(app: Flask, settings: Settings, announce: Callable[[], None]) -> None:
    """Answer until Ctrl-C or SIGTERM; `announce` is called once people can come in. Raises CannotServe."""
    if sys.stderr.isatty():
        log.setLevel(logging.WARNING)  # a line per request would push the address away
    give_large_buffers_back()
    server = listening(app, settings)
    stop_jobs = jobs.start(app) if settings.worker else None
    end_quietly()
    ahead = threading.Timer(SOON, draw_ahead, (app,))
    ahead.daemon = True
    ahead.start()
    announce()
    try:
        server.run()
    finally:
        ahead.cancel()
        if stop_jobs:
            stop_jobs()
        server.close()
        db.close()


def work(app: Flask, announce: Callable[[], None]) -> None:
    """Do the chores and carry the mail without answering anyone, until Ctrl-C or SIGTERM."""
    stop_jobs = jobs.start(app)
    end_quietly()
    announce()
    try:
        threading.Event().wait()
    finally:
        stop_jobs()
        db.close()


def end_quietly() -> None:
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, lambda *_: sys.exit(0))
