"""How far a reader has come, by the keys of lessons: for themselves, and for nobody else unless they say so."""

from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Progress:
    """`read` are the lessons marked as read, in the order they were marked; `here` is the one last opened."""

    here: str = ""
    read: tuple[str, ...] = ()
    remembers: bool = True  # where the reader was; what they mark themselves is kept in any case

    def at(self, lesson: str) -> "Progress":
        return replace(self, here=lesson) if self.remembers else self

    def marked(self, lesson: str) -> "Progress":
        return self if lesson in self.read else replace(self, read=(*self.read, lesson))

    def unmarked(self, lesson: str) -> "Progress":
        return replace(self, read=tuple(one for one in self.read if one != lesson))

    def remembering(self, yes: bool) -> "Progress":
        """What was remembered goes when nothing is to be remembered any more."""
        return replace(self, remembers=yes, here=self.here if yes else "")

    def next_of(self, lessons: Sequence[str]) -> str | None:
        """Where to go on: the lesson last opened, unless it is read; then the first after it that is not.

        None where nothing is unread, nothing was begun, or nothing is remembered.
        """
        if self.here in lessons and self.here not in self.read:
            return self.here
        if not self.here and not (self.read and self.remembers):
            return None
        start = lessons.index(self.here) + 1 if self.here in lessons else 0
        return next((one for one in (*lessons[start:], *lessons[:start]) if one not in self.read), None)
