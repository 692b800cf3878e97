"""Roles, as the people of one table call them."""

from dataclasses import dataclass

from portal.circles.models import Seat
from portal.meetings.models.plans import seal_mark
from portal.meetings.models.roles import BUILT_IN, FACILITATOR, open_words, roles_of
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
    """Every role of this table, also those that rest, in the order in which people are asked. One query."""
    differs = {code: facts for code, *facts in roles_of(circle=seat.circle_id)}
    found = []
    for place, (code, words) in enumerate(BUILT_IN.items()):
        _id, _place, rests, sealed = differs.pop(code, ("", place, False, None))
        if sealed is None:
            found.append((place, RoleHere(code, words.name, words.does, rests=rests)))
        else:
            own = open_words(seat, _id, sealed)
            found.append((place, RoleHere(code, own.name, own.does, True, rests, seal_mark(sealed))))
    for code, (_id, place, rests, sealed) in differs.items():
        own = open_words(seat, _id, sealed)
        found.append((place, RoleHere(code, own.name, own.does, True, rests, seal_mark(sealed))))
    return [role for _place, role in sorted(found, key=lambda one: (one[0], one[1].code))]


def role_or_404(seat: Seat, code: str) -> RoleHere:
    """A role of this table. Raises NotHere."""
    found = next((role for role in all_roles(seat) if role.code == code), None)
    if found is None:
        raise NotHere
    return found
