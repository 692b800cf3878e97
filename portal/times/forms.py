"""Which hours can work."""

from collections.abc import Callable
from datetime import time

from wtforms import BooleanField, RadioField, SelectField
from wtforms.validators import ValidationError

from portal.times.week import CELL, Answer
from portal.web import filters
from portal.web.forms import Form
from portal.web.language import _, language, lazy

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MIDNIGHT = 24 * 60
ANSWERS = {"works": Answer.WORKS, "need": Answer.IF_NEED_BE, "no": Answer.NO}


def on_the_wall(minute: int) -> str:
    """18:00; the end of a day is 24:00."""
    if minute == MIDNIGHT:
        return "24:00"
    return filters.on_the_wall(time(minute // 60, minute % 60), filters.CLOCK[language()], language())


def half_hours(begin: int, end: int) -> Callable[[], list[tuple[int, str]]]:
    return lambda: [(minute, on_the_wall(minute)) for minute in range(begin, end + 1, CELL)]


def answers() -> list[tuple[str, str]]:
    return [("works", _("They work")), ("need", _("If need be")), ("no", _("They don’t, after all"))]


class HoursForm(Form):
    """Some hours of some days, said anew. Every name stands once, so that an interrupted form is kept whole."""

    monday = BooleanField()
    tuesday = BooleanField()
    wednesday = BooleanField()
    thursday = BooleanField()
    friday = BooleanField()
    saturday = BooleanField()
    sunday = BooleanField()
    begins = SelectField(lazy("From"), coerce=int, choices=half_hours(0, MIDNIGHT - CELL), default=18 * 60)
    ends = SelectField(lazy("To"), coerce=int, choices=half_hours(CELL, MIDNIGHT), default=21 * 60)
    kind = RadioField(lazy("How are these hours?"), choices=answers, default="works")

    def validate_monday(self, field: BooleanField) -> None:
        if not self.days:
            raise ValidationError(_("Please tick at least one day."))

    def validate_ends(self, field: SelectField) -> None:
        if field.data is not None and self.begins.data is not None and field.data <= self.begins.data:
            raise ValidationError(_("This ends before it begins. What goes past midnight is said in two parts."))

    def offer(self, *, taking_back: bool) -> None:
        """Ask only what makes sense: where nothing is marked, no hours can be taken back."""
        self.kind.choices = answers() if taking_back else answers()[:-1]

    @property
    def days(self) -> list[int]:
        """Monday is 0."""
        return [day for day, name in enumerate(DAYS) if self[name].data]

    @property
    def answer(self) -> Answer:
        return ANSWERS[self.kind.data]
