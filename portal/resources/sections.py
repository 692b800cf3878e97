"""The order of the help page: how soon it is needed, then what it is about, then the country before what is nearer."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from portal.resources.pack import GROUPS, KINDS, Entry, Pack, everything


@dataclass
class Section:
    """The lines of one kind that are needed equally soon. `number` is its place in addresses: neutral, for history."""

    kind: str
    group: str
    number: int = 0
    entries: list[Entry] = field(default_factory=list)
    also: list[tuple[Entry, "Section"]] = field(default_factory=list)  # of this kind, but found under another


def arranged(packs: Iterable[Pack]) -> dict[str, list[Section]]:
    """The sections of each group, without groups that have none."""
    listed = list(everything(packs))
    found: dict[tuple[str, str], Section] = {}
    for group in GROUPS:
        for kind in KINDS:
            entries = [entry for entry in listed if (entry.group, entry.kinds[0]) == (group, kind)]
            if entries:
                found[group, kind] = Section(kind, group, len(found) + 1, entries)
    for section in found.values():
        point_elsewhere(section, found)
    groups = {group: [section for section in found.values() if section.group == group] for group in GROUPS}
    return {group: sections for group, sections in groups.items() if sections}


def point_elsewhere(section: Section, found: dict[tuple[str, str], Section]) -> None:
    """Name the lines that a person who looks here would look for, too. Only once for each kind: where it is at home."""
    homes = [one for one in found.values() if one.kind == section.kind]
    if section is not homes[-1]:
        return
    for other in found.values():
        for entry in other.entries:
            if section.kind in entry.kinds and other.kind != section.kind:
                section.also.append((entry, other))
