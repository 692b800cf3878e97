"""Who held which role, and which turn somebody would like instead of their own."""

from typing import Any

from wtforms import BooleanField, HiddenField, RadioField
from wtforms.validators import ValidationError

from portal.circles.access import Sitting
from portal.meetings.access.turns import Asking, Turns, TurnThen
from portal.meetings.models.roles import FACILITATOR
from portal.meetings.models.turns import MOST
from portal.web.fields import Several
from portal.web.forms import Form
from portal.web.language import _, lazy

TOGETHER = f"{FACILITATOR}.together"


class SettleForm(Form):
    """Who held each role at a meeting that is over: for every role two lists of names, all under one name."""

    holders = Several(lazy("Who held it?"), validate_choice=False)
    not_met = BooleanField(lazy("We did not meet"))

    def __init__(self, around: list[Sitting], turns: Turns, *args: Any, **given: Any) -> None:
        stands = [f"{one.role.code}.{seat.id}" for one in turns.all for seat in one.holders]
        given["data"] = {"holders": [*stands, *([TOGETHER] if turns.together else [])], **(given.get("data") or {})}
        super().__init__(*args, **given)
        self.around, self.turns = around, turns

    def choices(self, one: Asking) -> list[tuple[str, str]]:
        return [(f"{one.role.code}.{seat.id}", seat.name) for seat in self.around]

    def chosen(self, one: Asking, which: int) -> str:
        """What the first or the second list of a role says."""
        known = [value for value, _name in self.choices(one)]
        found = [value for value in self.holders.data or () if value in known]
        if which == 0 and not found and one.role.is_facilitator and TOGETHER in (self.holders.data or ()):
            return TOGETHER
        return found[which] if which < len(found) else ""

    def validate_holders(self, field: Several) -> None:
        known = {TOGETHER, "", *(value for one in self.turns.all for value, _name in self.choices(one))}
        if not known.issuperset(field.data or ()):
            raise ValidationError(_("Please choose among the people at this table."))

    @property
    def held(self) -> dict[str, list[str]]:
        told = [value.partition(".") for value in self.holders.data or () if value and value != TOGETHER]
        return {
            one.role.code: [seat for code, _dot, seat in told if code == one.role.code][:MOST] for one in self.turns.all
        }

    @property
    def together(self) -> bool:
        return TOGETHER in (self.holders.data or ())


class SwapForm(Form):
    """Which turn of somebody else one would take for one's own."""

    wanted = RadioField(lazy("Which turn would you take instead?"), coerce=int, validate_choice=False)
    role = HiddenField()

    def __init__(self, others: list[tuple[TurnThen, str]], *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.wanted.choices = [(turn.id, words) for turn, words in others]

    def validate_wanted(self, field: RadioField) -> None:
        if field.data not in dict(self.wanted.choices):
            field.errors = []
            raise ValidationError(_("Please choose one."))
