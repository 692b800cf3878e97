"""Activities that a circle wrote itself: sealed whole under its table ring, facts and all."""

from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from peewee import BlobField, CharField, ForeignKeyField

from portal.circles.models import Circle, Seat, lock_table, packed, seal_mark, still_here, unpacked
from portal.curriculum.choosing import ANY_NUMBER, FREE, NOTHING, OWN, SMALL, Facts
from portal.curriculum.errors import OwnChanged
from portal.curriculum.pieces import MEETING_PLACES
from portal.db import Instant, Prepared, Table, afterwards, forget_deleted, new_id, writing
from portal.rings import Closed
from portal.vault import Unsealable
from portal.web.errors import NotHere

UNDO = timedelta(minutes=10)  # for this long one that was taken away can be brought back


@dataclass(frozen=True)
class Described:
    """An activity in a circle's own words. What was left open is empty."""

    title: str
    steps: str
    minutes: tuple[int, int]
    aim: str = ""
    family: str = ""
    energy: str = ""
    people: tuple[int, int] = ANY_NUMBER
    place: tuple[str, ...] = MEETING_PLACES
    materials: tuple[str, ...] = ()
    costs: bool = False
    flags: tuple[str, ...] = ()
    set_up: str = ""
    opening: str = ""
    closing: str = ""
    gentler: str = ""
    watch: str = ""

    @classmethod
    def unpacked(cls, opened: bytes) -> "Described":
        facts: dict[str, Any] = unpacked(opened)
        facts |= {name: tuple(value) for name, value in facts.items() if isinstance(value, list)}
        return cls(**facts)

    @property
    def facts(self) -> Facts:
        needs = SMALL if self.costs else FREE if self.materials else NOTHING
        given = (self.minutes, self.people, self.family, self.energy, self.place, needs, frozenset(self.flags))
        return Facts(*given)


class OwnActivity(Table):
    """One of a circle's own. Anyone who sits there may change it or take it away."""

    id = CharField(max_length=26, primary_key=True, default=new_id)
    circle = ForeignKeyField(Circle, on_delete="CASCADE")
    hidden_at = Instant(null=True, index=True)  # taken away; gone for good when `UNDO` is over
    sealed_words = BlobField()

    circle_id: str
    words: Described  # once `opened`

    @classmethod
    def write(cls, seat: Seat, words: Described, id: str) -> "OwnActivity":
        """Put down a new one. `id` comes with the form, so that sending it twice makes one. Raises NotHere.

        Sent again with other words, such as after Back, it makes another one: nothing typed is lost.
        """
        with writing():
            lock_table(seat)
            made = cls.get_or_none(cls.id == id)
            if made and made.says(seat, words):
                return made
            own = cls(id=new_id() if made else id, circle=seat.circle_id)
            own.seal(seat, words)
            own.save(force_insert=True)
        return own

    @classmethod
    def all_of(cls, seat: Seat, now: datetime) -> list["OwnActivity"]:
        """Those of a circle that open, by title, with those that can still be brought back."""
        found = []
        for own in own_of.models(circle=seat.circle_id, since=now - UNDO):
            with suppress(Closed, Unsealable):  # a row that no member wrote keeps nobody from the others
                found.append(own.opened(seat))
        return sorted(found, key=lambda own: own.words.title.casefold())

    @classmethod
    def find(cls, seat: Seat, id: str, now: datetime) -> "OwnActivity":
        """One of this circle's, opened. Raises NotHere, also for one that does not open."""
        there = cls.hidden_at.is_null() | (cls.hidden_at > now - UNDO)
        found = cls.get_or_none((cls.id == id) & (cls.circle == seat.circle_id) & there)
        try:
            if found:
                return found.opened(seat)
        except (Closed, Unsealable):
            pass
        raise NotHere

    def opened(self, seat: Seat) -> "OwnActivity":
        self.words = Described.unpacked(seat.keys.open_table(bytes(self.sealed_words), self.bound_to))
        return self

    def says(self, seat: Seat, words: Described) -> bool:
        """Whether it is this table's and says just this."""
        with suppress(Closed, Unsealable):
            return self.circle_id == seat.circle_id and self.opened(seat).words == words
        return False

    @property
    def bound_to(self) -> str:
        return f"own_activity|{self.id}|words"

    @property
    def mark(self) -> str:
        """Which words these are, and whether they were taken away."""
        return seal_mark(self.sealed_words) + ("-away" if self.hidden_at else "")

    @cached_property
    def code(self) -> str:
        return OWN + self.id

    def seal(self, seat: Seat, words: Described) -> None:
        self.sealed_words = seat.keys.seal_table(packed(asdict(words)), self.bound_to)

    def change(self, seat: Seat, words: Described, seen: str) -> None:
        """Put these words in place of those whose `mark` was `seen`; one taken away is back with that.

        Raises OwnChanged and NotHere.
        """
        with writing():
            lock_table(seat)
            own = still_here(self)
            if own.mark != seen:
                raise OwnChanged
            own.seal(seat, words)
            own.hidden_at = None
            own.save(only=[OwnActivity.sealed_words, OwnActivity.hidden_at])
            afterwards(forget_deleted)

    def take_away(self, seat: Seat, now: datetime) -> None:
        """Out of everyone's sight at once; erased when the time to undo that is over. Raises NotHere."""
        with writing():
            lock_table(seat)
            away = OwnActivity.update(hidden_at=now)
            away.where((OwnActivity.id == self.id) & OwnActivity.hidden_at.is_null()).execute()

    def bring_back(self, seat: Seat) -> None:
        """Raises NotHere when it is erased."""
        with writing():
            lock_table(seat)
            still_here(self)
            OwnActivity.update(hidden_at=None).where(OwnActivity.id == self.id).execute()

    def erase(self, seat: Seat) -> None:
        """For good, one that was taken away; one that was brought back meanwhile stays. Raises NotHere."""
        with writing():
            lock_table(seat)
            OwnActivity.delete().where((OwnActivity.id == self.id) & OwnActivity.hidden_at.is_null(False)).execute()
            afterwards(forget_deleted)


@Prepared
def own_of(circle: str, since: datetime) -> Any:
    there = OwnActivity.hidden_at.is_null() | (OwnActivity.hidden_at > since)
    return OwnActivity.select().where((OwnActivity.circle == circle) & there)


def erase_due(now: datetime) -> None:
    """Erase what was taken away long enough. The log is emptied where something was."""
    if OwnActivity.delete().where(OwnActivity.hidden_at <= now - UNDO).execute():
        forget_deleted()


def titles_of(seat: Seat, codes: set[str]) -> dict[str, str]:
    """What a circle's own among these are called, those that are there still. No query where there is none."""
    ids = [code.removeprefix(OWN) for code in codes if code.startswith(OWN)]
    if not ids:
        return {}
    there = (OwnActivity.circle == seat.circle_id) & OwnActivity.id.in_(ids) & OwnActivity.hidden_at.is_null()
    titles = {}
    for own in OwnActivity.select().where(there):
        with suppress(Closed, Unsealable):
            titles[own.code] = own.opened(seat).words.title
    return titles
