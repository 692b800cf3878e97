"""What there is to hold at a meeting: four roles that every circle has, and what a circle makes of them.

A row stands only where something differs. Codes, order and resting are clear; what a circle calls a role is sealed.
"""

from dataclasses import asdict, dataclass
from typing import Any

from peewee import BlobField, BooleanField, CharField, ForeignKeyField, IntegerField, fn

from portal.circles.models import Circle, Seat, lock_table, packed, unpacked
from portal.db import Prepared, Table, afterwards, forget_deleted, new_id, writing
from portal.meetings.errors import RoleChanged, TooManyRoles
from portal.meetings.models.plans import seal_mark
from portal.web.errors import NotHere
from portal.web.language import lazy

FACILITATOR = "facilitator"
MOST = 8  # roles in use: with more, somebody has two at every meeting
NAME_LENGTH = 40  # characters
DOES_LENGTH = 300  # characters


@dataclass(frozen=True)
class Words:
    """What a role is called, and what its holder does."""

    name: str
    does: str


# Their order is the order in which people are asked.
BUILT_IN = {
    FACILITATOR: Words(
        lazy("Facilitator"),
        lazy(
            "Opens and closes the meeting, leads through the plan, "
            "and sees to it that everyone who wants to speak gets the time."
        ),
    ),
    "care_holder": Words(
        lazy("Care-holder"),
        lazy(
            "Keeps an eye on how people are. May ask for a pause or a slower pace, "
            "and goes along when someone needs to step outside."
        ),
    ),
    "timekeeper": Words(
        lazy("Timekeeper"),
        lazy("Watches the clock, so that nobody else has to, and says softly when a part is nearly over."),
    ),
    "scribe": Words(
        lazy("Scribe"),
        lazy(
            "Writes down what you settle together, such as dates and who brings what. "
            "Never what people tell about themselves."
        ),
    ),
}


class Role(Table):
    """What one circle does differently with a role; a role of its own has its row from the start."""

    id = CharField(max_length=26, primary_key=True, default=new_id)
    circle = ForeignKeyField(Circle, on_delete="CASCADE", index=False)
    code = CharField(max_length=26)  # of the four, or the row's own id
    place = IntegerField()  # the order in which people are asked
    rests = BooleanField(default=False)
    sealed_words = BlobField(null=True)  # null: as the portal calls it

    circle_id: str

    class Meta:
        indexes = ((("circle", "code"), True),)

    @classmethod
    def of(cls, circle_id: str, code: str) -> "Role":
        """The row of a role, or a new one for one of the four. Raises NotHere."""
        found = cls.get_or_none((cls.circle == circle_id) & (cls.code == code))
        if found is None and code not in BUILT_IN:
            raise NotHere
        return found or cls(id=new_id(), circle=circle_id, code=code, place=list(BUILT_IN).index(code))

    @classmethod
    def add(cls, seat: Seat, words: Words, role_id: str) -> None:
        """Make one more role. `role_id` comes with the form, so that sending it twice makes one.

        Raises TooManyRoles and NotHere.
        """
        with writing():
            lock_table(seat)
            if cls.select().where(cls.id == role_id).exists():
                return
            if len(in_use(seat.circle_id)) >= MOST:
                raise TooManyRoles
            role = cls(id=role_id, circle=seat.circle_id, code=role_id, place=next_place(seat.circle_id))
            role.put(seat, words)

    @classmethod
    def call(cls, seat: Seat, code: str, words: Words | None, seen: str) -> None:
        """Call a role something else; None gives one of the four its own words back.

        `seen` is the mark of the words that stood in the form. Raises RoleChanged and NotHere.
        """
        with writing():
            lock_table(seat)
            role = cls.of(seat.circle_id, code)
            if words is None and code not in BUILT_IN:
                raise NotHere
            if seal_mark(role.sealed_words) != seen:
                raise RoleChanged
            role.put(seat, words)

    @classmethod
    def rest(cls, seat: Seat, code: str, *, rests: bool) -> None:
        """Let a role rest, or bring it back. Must run inside `writing()`. Raises TooManyRoles and NotHere."""
        lock_table(seat)
        role = cls.of(seat.circle_id, code)
        if code == FACILITATOR or role.rests == rests:
            return
        if not rests and len(in_use(seat.circle_id)) >= MOST:
            raise TooManyRoles
        role.rests = rests
        role.keep()

    def put(self, seat: Seat, words: Words | None) -> None:
        was = self.sealed_words
        place = bound_to(self.id, self.code)
        self.sealed_words = seat.keys.seal_table(packed(asdict(words)), place) if words else None
        self.keep()
        if was is not None:
            afterwards(forget_deleted)

    def keep(self) -> None:
        """Write the row, in place of the one that stood there, or none where nothing differs any more."""
        Role.delete().where(Role.id == self.id).execute()
        if self.rests or self.sealed_words is not None:
            self.save(force_insert=True)


def next_place(circle_id: str) -> int:
    last = Role.select(fn.MAX(Role.place)).where(Role.circle == circle_id).scalar()
    return max(len(BUILT_IN), 1 + (last or 0))


def in_use(circle_id: str) -> list[str]:
    """The codes of the roles that people are asked for, in order."""
    places = {code: place for place, code in enumerate(BUILT_IN)}
    for code, _id, place, rests, _sealed in roles_of(circle=circle_id):
        places[code] = place
        if rests:
            del places[code]
    return sorted(places, key=lambda code: (places[code], code))


def bound_to(role_id: str, code: str) -> str:
    """Which role is meant is bound into the seal: as the name of another it does not open."""
    return f"role|{role_id}|words|{code}"


def open_words(seat: Seat, role_id: str, code: str, sealed: bytes) -> Words:
    """Raises Closed and Unsealable."""
    return Words(**unpacked(seat.keys.open_table(bytes(sealed), bound_to(role_id, code))))


@Prepared
def roles_of(circle: str) -> Any:
    """What differs at one circle: usually nothing."""
    return Role.select(Role.code, Role.id, Role.place, Role.rests, Role.sealed_words).where(Role.circle == circle)
