"""The lists of help on the disk: those that are shipped, and this portal's own beside its database."""

import fcntl
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from portal.disk import settle

SHIPPED = Path(__file__).parent / "places"
Stamp = tuple[tuple[str, int, int, int], ...]


def names(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.yaml")) if folder.is_dir() else []


def shown(places: Iterable[str], own: Path) -> dict[str, Path]:
    """The files of the lists on the help page, in its order. An own list stands in for a shipped one of its name."""
    wanted = dict.fromkeys([*places, *names(own)])
    return {name: found if (found := own / f"{name}.yaml").is_file() else SHIPPED / f"{name}.yaml" for name in wanted}


def stamp(own: Path) -> Stamp:
    """What differs as soon as a list of our own was written, replaced or removed, by whomever."""
    try:
        with os.scandir(own) as found:
            stats = [(entry.name, entry.stat()) for entry in found if entry.name.endswith(".yaml")]
    except FileNotFoundError:
        return ()
    return tuple(sorted((name, one.st_mtime_ns, one.st_size, one.st_ino) for name, one in stats))


def version(own: Path, place: str) -> str:
    """What names the words that the own list now has; empty where there is none."""
    path = own / f"{place}.yaml"
    return sha256(path.read_bytes()).hexdigest()[:32] if path.is_file() else ""


def keep(own: Path, place: str, text: str, was: str) -> bool:
    """Put the list in its place, whole or not at all; a killed process leaves the old one.

    False where the list is no longer the one that `was` names.
    """
    with alone(own):
        if version(own, place) != was:
            return False
        half = own / f".{place}.{secrets.token_hex(8)}.half"
        with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        half.replace(own / f"{place}.yaml")
        settle(own)
    return True


def remove(own: Path, place: str) -> bool:
    with alone(own):
        path = own / f"{place}.yaml"
        if not path.is_file():
            return False
        path.unlink()
        settle(own)
    return True


@contextmanager
def alone(own: Path) -> Iterator[None]:
    """While nobody else changes the folder, in this process or in another."""
    own.mkdir(mode=0o700, exist_ok=True)
    with (own / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        clear_halves(own)
        yield


def clear_halves(own: Path) -> None:
    """What killed processes left half written: whoever writes now waits for the lock or holds it."""
    for half in own.glob(".*.half"):
        half.unlink()
