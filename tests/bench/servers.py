"""The servers that are measured: started on a core of their own, watched, stopped."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from tests.bench.cores import ROOT, on_core
from tests.ports import free_port

PATIENCE = 120  # seconds for a server to come up
GLANCE = 0.002  # seconds between two looks
KIBIBYTE, MEBIBYTE = 1024, 1024 * 1024
MODULE = (sys.executable, "-m")
TICKS = os.sysconf("SC_CLK_TCK")
PLAIN_PATH, PLAIN_SIGN_IN = "/circle/2", "/sign-in-as/13"


class DidNotStart(Exception):
    """The server ended or stayed silent; its own words are in the message."""


class Server:
    """One process that serves. `says` is the file with what it says: production's journal."""

    def __init__(self, process: subprocess.Popen, address: str, says: Path) -> None:
        self.process, self.address, self.says = process, address, says

    def wait_for(self, path: str, cookies: str) -> None:
        """Return once the page is answered with 200. Raises DidNotStart."""
        until = time.monotonic() + PATIENCE
        while not self.answers(path, cookies):
            if self.process.poll() is not None or time.monotonic() > until:
                raise DidNotStart(self.says.read_text(errors="replace")[-2000:])
            time.sleep(GLANCE)

    def answers(self, path: str, cookies: str) -> bool:
        connection = HTTPConnection(self.address.removeprefix("http://"), timeout=PATIENCE)
        with suppress(OSError, HTTPException), closing(connection):
            connection.request("GET", path, headers={"Cookie": cookies})
            return connection.getresponse().status == 200
        return False

    @property
    def memory(self) -> float:
        """MiB that the process holds now."""
        return memory(self.process.pid, "VmRSS")

    @property
    def processor_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def memory(process: int, line: str) -> float:
    """MiB by a line of a process's status: VmRSS is now, VmHWM the most there ever was. 0 when it has gone."""
    with suppress(OSError):
        for each in Path(f"/proc/{process}/status").read_text().splitlines():
            if each.startswith(f"{line}:"):
                return int(each.split()[1]) * KIBIBYTE / MEBIBYTE
    return 0.0


@contextmanager
def serving(
    program: list[str], port: int, first: str, says: Path, cookies: str = "", **environ: str
) -> Iterator[Server]:
    """A program on the server's core, from when it answers the `first` page until the block ends."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    command = on_core(0, program)
    with says.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**ours, **environ}, stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
    server = Server(process, f"http://127.0.0.1:{port}", says)
    try:
        server.wait_for(first, cookies)
        yield server
    finally:
        server.stop()


@contextmanager
def plain_page(mode: str, database: Path, cookies: str = "") -> Iterator[Server]:
    """The reference: C, T or S. The first page is the circle's for whoever has `cookies` of an earlier run."""
    port = free_port()
    program = [*MODULE, "tests.bench.reference.app", mode, str(database), str(port)]
    first = PLAIN_PATH if cookies else PLAIN_SIGN_IN
    with serving(program, port, first, database.with_suffix(f".{mode}.log"), cookies) as server:
        yield server


@contextmanager
def portal(folder: Path) -> Iterator[Server]:
    """The portal over a data folder, as in production."""
    port = free_port()
    program = [*MODULE, "portal.commands", "serve", "--listen", f"127.0.0.1:{port}"]
    says = folder.with_suffix(".log")
    with serving(program, port, "/enter", says, PORTAL_DATA_DIR=str(folder)) as server:
        yield server


@contextmanager
def radicale(folder: Path) -> Iterator[Server]:
    """A calendar server that Debian has, open to whoever asks, over a folder of its own."""
    port = free_port()
    program = ["radicale", "--server-hosts", f"127.0.0.1:{port}", "--auth-type", "none"]
    program += ["--rights-type", "authenticated", "--storage-filesystem-folder", str(folder)]
    with serving(program, port, "/.web/", folder.with_suffix(".log")) as server:
        yield server
