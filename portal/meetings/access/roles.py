"""Roles, as the people of one table call them."""

from contextlib import suppress
from dataclasses import dataclass

from portal.circles.models import Seat
from portal.meetings.models.plans import seal_mark
from portal.meetings.models.roles import BUILT_IN, FACILITATOR, Words, open_words, roles_of
from portal.rings import Closed
from portal.vault import Unsealable
from portal.web.errors import NotHere


@dataclass(frozen=True)
class RoleHere:
    """A role at one table. `own_words` are the table's; else the portal's, which it says in the reader's language."""

    code: str
    name: str
    does: str
    own_words: bool = False
    rests: bool = False
    seen: str = ""  # which words these are: see `models.plans.seal_mark`

    @property
    def is_built_in(self) -> bool:
        return self.code in BUILT_IN

    @property
    def is_facilitator(self) -> bool:
        return self.code == FACILITATOR


def all_roles(seat: Seat) -> list[RoleHere]:
    """Every role of this table, also those that rest, in the order in which people are asked. One query.

    Words that do not open close no page: one of the four is called as the portal calls it, another is left out.
    """
    differs = {code: facts for code, *facts in roles_of(circle=seat.circle_id)}
    found = []
    for place, (code, words) in enumerate(BUILT_IN.items()):
        _id, _place, rests, sealed = differs.pop(code, ("", place, False, None))
        own = own_words(seat, _id, code, sealed)
        shown = own or words
        found.append((place, RoleHere(code, shown.name, shown.does, own is not None, rests, seal_mark(sealed))))
    for code, (_id, place, rests, sealed) in differs.items():
        if own := own_words(seat, _id, code, sealed):
            found.append((place, RoleHere(code, own.name, own.does, True, rests, seal_mark(sealed))))
    return [role for _place, role in sorted(found, key=lambda one: (one[0], one[1].code))]


def own_words(seat: Seat, role_id: str, code: str, sealed: bytes | None) -> Words | None:
    """What the table calls a role, if it has words of its own for it and they open."""
    with suppress(Closed, Unsealable):
        return open_words(seat, role_id, code, sealed) if sealed else None
    return None


def role_or_404(seat: Seat, code: str) -> RoleHere:
    """A role of this table. Raises NotHere."""
    found = next((role for role in all_roles(seat) if role.code == code), None)
    if found is None:
        raise NotHere
    return found
