"""How many meetings, until when to rest, and which meeting is the last."""

from typing import Any

from wtforms import HiddenField, IntegerField, SelectField
from wtforms.validators import InputRequired, ValidationError

from portal.seasons.models import NUMBERS
from portal.web.fields import Blank, Count, Day
from portal.web.forms import Form
from portal.web.language import _, lazy

WAS = "was"  # the last meeting has been


class ChoosingForm(Form):
    seen = HiddenField()  # what the page showed of the season
    was = HiddenField()  # the mark of the dates that the page told


class NumberForm(ChoosingForm):
    number = Count(lazy("How many meetings?"), [InputRequired(lazy("Please give a number, such as 12."))], default=12)
    first = Day(lazy("Count from this day on"), [Blank()])
    least: int = NUMBERS[0]

    def validate_number(self, field: IntegerField) -> None:
        if field.data is None:
            return
        if field.data not in NUMBERS:
            raise ValidationError(_("Please choose 2 to 60 meetings."))
        if field.data < self.least:
            raise ValidationError(_("You have met more often already. Please choose at least %(num)s.", num=self.least))


class RestForm(ChoosingForm):
    until = Day(lazy("We meet again from this day on"), [InputRequired(lazy("Please give a date."))])


class CloseForm(ChoosingForm):
    last = SelectField(lazy("Which meeting is the last one?"), validate_choice=False)

    def __init__(self, offered: list[tuple[str, str]], **given: Any) -> None:
        super().__init__(**given)
        self.last.choices = offered

    def validate_last(self, field: SelectField) -> None:
        if field.data not in dict(field.choices):
            raise ValidationError(_("This meeting cannot be the last one any more. Please choose another."))
