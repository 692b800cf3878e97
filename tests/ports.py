"""Ports that nobody listens on."""

import random
import socket
from contextlib import suppress

ASKED_FOR = range(15_000, 30_000)  # below those the system gives to whoever calls out: none is taken before its server


def free_port(host: str = "127.0.0.1") -> int:
    """One that a server started next can have."""
    for port in random.sample(ASKED_FOR, 200):
        with suppress(OSError), socket.create_server((host, port)):
            return port
    raise OSError("no port is free")
