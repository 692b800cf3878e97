"""What is asked before an address is made."""

import re
from collections.abc import Sequence
from typing import Any

from wtforms import HiddenField, RadioField, SelectChoice, StringField
from wtforms.validators import ValidationError

from portal.accounts.neutral import telling_word
from portal.circles.models import Seat
from portal.db import new_id
from portal.feeds.models import TITLE_LENGTH
from portal.web.forms import AtMost, Form, trimmed
from portal.web.language import _, lazy

ALL = "all"
TIMES, PLACES = "times", "places"


class FeedForm(Form):
    """`once` is its one-time id, so that a double tap makes one address."""

    once = HiddenField(default=new_id)
    which = RadioField(lazy("Which dates?"), default=ALL)
    title = StringField(lazy("What each date is called"), [AtMost(TITLE_LENGTH)])
    what = RadioField(
        lazy("What does the calendar show?"),
        default=TIMES,
        choices=[SelectChoice(TIMES, lazy("Only when")), SelectChoice(PLACES, lazy("When and where"))],
    )

    def __init__(self, seats: Sequence[Seat], *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.seats = seats
        tables = [SelectChoice(seat.circle_id, seat.about.name) for seat in seats]
        self.which.choices = [SelectChoice(ALL, _("All my tables")), *tables]
        if not re.fullmatch("[a-z2-7]{26}", self.once.data or ""):
            self.once.data = new_id()

    def validate_title(self, field: StringField) -> None:
        word = telling_word(field.data or "")
        if word:
            raise ValidationError(
                _("“%(word)s” could tell others what this is. Please choose another word.", word=word)
            )

    @property
    def circle_id(self) -> str | None:
        return None if self.which.data == ALL else self.which.data

    @property
    def named(self) -> str:
        return trimmed(self.title.data)

    @property
    def places_of(self) -> list[Seat]:
        """The seats whose places are to be shown."""
        if self.what.data != PLACES:
            return []
        return [seat for seat in self.seats if self.circle_id in (None, seat.circle_id)]
