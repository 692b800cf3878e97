"""What a new list changes in the one that stands: entry by entry, so that nothing goes unseen."""

from dataclasses import dataclass, fields

from portal.resources.pack import Entry, Pack


@dataclass(frozen=True)
class Changed:
    was: Entry
    entry: Entry

    @property
    def what(self) -> tuple[str, ...]:
        """The facts that differ, by their names in `Entry`."""
        return tuple(one.name for one in fields(Entry) if getattr(self.was, one.name) != getattr(self.entry, one.name))


@dataclass(frozen=True)
class Comparison:
    new: tuple[Entry, ...]
    changed: tuple[Changed, ...]
    same: tuple[Entry, ...]
    gone: tuple[Entry, ...]
    renames: bool  # the place itself
    moves: bool  # the same entries in another order

    @property
    def is_empty(self) -> bool:
        return not (self.new or self.changed or self.gone or self.renames or self.moves)


def compare(was: Pack | None, pack: Pack) -> Comparison:
    old = {entry.key: entry for entry in was.entries} if was else {}
    found = {entry.key: entry for entry in pack.entries}
    both = [(old[key], entry) for key, entry in found.items() if key in old]
    return Comparison(
        new=tuple(entry for key, entry in found.items() if key not in old),
        changed=tuple(Changed(one, other) for one, other in both if one != other),
        same=tuple(entry for one, entry in both if one == entry),
        gone=tuple(entry for key, entry in old.items() if key not in found),
        renames=was is not None and was.name != pack.name,
        moves=[key for key in old if key in found] != [key for key in found if key in old],
    )
