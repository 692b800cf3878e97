"""Many things in one ZIP file, packed while it is sent: nothing goes to the disk, one thing is in hand at a time."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from portal.accounts.taking import Thing


class Stream(io.RawIOBase):
    """What has been written and not yet sent."""

    def __init__(self) -> None:
        self.waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, some: Any) -> int:
        self.waiting += some
        return len(some)

    def taken(self) -> bytes:
        some, self.waiting = bytes(self.waiting), bytearray()
        return some


def packed(things: Iterable[Thing]) -> Iterator[bytes]:
    """A ZIP file of these things, piece by piece. Two of one name get a number each, and so do “Soup” and “soup”."""
    stream, names = Stream(), set[str]()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for thing in things:
            entry = zipfile.ZipInfo(free_name(thing, names), thing.made_at.timetuple()[:6])
            archive.writestr(entry, thing.content, zipfile.ZIP_DEFLATED)
            yield stream.taken()
    yield stream.taken()


def free_name(thing: Thing, names: set[str]) -> str:
    name, number = f"{thing.name}.{thing.kind}", 1
    while name.casefold() in names:  # many computers take both for one file, and keep the last
        number += 1
        name = f"{thing.name} ({number}).{thing.kind}"
    names.add(name.casefold())
    return name
