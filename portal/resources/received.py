"""What somebody sent as a list of help: the list, or every row that will not do, with its line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from portal.errors import Unfit
from portal.resources.entries import try_pack
from portal.resources.pack import Pack
from portal.resources.tables import NO_LIST, sheet_of
from portal.web.sheets import Part


@dataclass(frozen=True)
class Fault:
    line: int
    wrong: str


@dataclass(frozen=True)
class Received:
    pack: Pack | None  # as far as it can be read; none where no list could be made out
    faults: tuple[Fault, ...]

    @property
    def whole(self) -> Pack | None:
        """The list, where every row of it will do."""
        return None if self.faults else self.pack


def received(sent: bytes, taken: Mapping[str, str] = MappingProxyType({})) -> Received:
    """Never raises, whatever was sent. `taken`: the keys that lists of other places use, with their places."""
    try:
        sheet, rows = sheet_of(sent)
        pack, entries = try_pack(sheet)
        if not (pack.entries or rows or entries):
            raise Unfit(Path("list"), 1, NO_LIST)
    except Unfit as fault:
        return Received(None, (Fault(fault.line, fault.wrong),))
    faults = {(fault.line, fault.wrong) for fault in (*rows, *entries, *used_twice(sheet, pack, taken))}
    return Received(pack, tuple(Fault(*fault) for fault in sorted(faults)))


def used_twice(sheet: Part, pack: Pack, taken: Mapping[str, str]) -> Iterator[Unfit]:
    lines = {part.value["key"].value: part.line for part in sheet.value["entries"].value if has_key(part)}
    for entry in pack.entries:
        if taken.get(entry.key, pack.place) != pack.place:
            wrong = (
                f"“{entry.key}” also stands in the list {taken[entry.key]}. Give it another key here, or leave it out."
            )
            yield Unfit(sheet.path, lines[entry.key], wrong)


def has_key(part: Part) -> bool:
    return isinstance(part.value, dict) and "key" in part.value and isinstance(part.value["key"].value, str)
