"""When and where a circle meets."""

from typing import Any

from wtforms import DateField, HiddenField, IntegerField, SelectField, StringField, TimeField
from wtforms.validators import InputRequired, ValidationError

from portal.accounts.forms import zone_choices
from portal.meetings.plan import LINK_LENGTH, PLACE_LENGTH, Place, as_link
from portal.meetings.recurrence import Every
from portal.web.forms import AtMost, Form, trimmed
from portal.web.language import _, lazy

WEEKS = range(1, 9)  # more than two months apart is no circle that keeps meeting
MINUTES = range(15, 481)


class Typed:
    """A field whose words may also come from a form that was kept while its writer signed in again."""

    wrong: Any

    def process_data(self, value: object) -> None:
        if isinstance(value, str):
            self.process_formdata([value])
        else:
            super().process_data(value)  # type: ignore[misc]

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata([value.strip() for value in valuelist])  # type: ignore[misc]
        except ValueError:
            raise ValueError(self.wrong) from None


class Day(Typed, DateField):
    wrong = lazy("Please give a date, such as 2026-03-06.")


class Clock(Typed, TimeField):
    wrong = lazy("Please give a time between 00:00 and 23:59, such as 18:00.")


class Minutes(Typed, IntegerField):
    wrong = lazy("Please give a number of minutes, such as 90.")


class PlaceForm(Form):
    """Where a circle comes together."""

    place = StringField(lazy("Where"), [AtMost(PLACE_LENGTH)])
    link = StringField(lazy("Link, if you meet on a screen"), [AtMost(LINK_LENGTH)])

    def validate_link(self, field: StringField) -> None:
        if trimmed(field.data) and as_link(field.data) is None:
            raise ValidationError(_("This is not an address of the web. It usually begins with https://."))

    @property
    def where(self) -> Place:
        typed = trimmed(self.link.data)
        return Place(trimmed(self.place.data), (as_link(typed) or "") if typed else "")


def weeks_apart() -> list[tuple[int, str]]:
    others = [(weeks, _("Every %(weeks)s weeks", weeks=weeks)) for weeks in WEEKS[1:]]
    return [(1, _("Every week")), *others]


class SeriesForm(PlaceForm):
    weeks = SelectField(lazy("How often?"), coerce=int, choices=weeks_apart, default=1)
    first = Day(lazy("The first date"), [InputRequired(lazy("Please give the first date."))])
    at = Clock(lazy("Beginning at"), [InputRequired(lazy("Please say when you begin."))])
    minutes = Minutes(lazy("Minutes"), default=90)
    zone = SelectField(lazy("By the clock of"), choices=zone_choices)
    seen = HiddenField()

    def validate_minutes(self, field: IntegerField) -> None:
        if field.data is not None and field.data not in MINUTES:
            raise ValidationError(_("Please choose 15 to 480 minutes."))

    @property
    def rule(self) -> Every:
        return Every(self.weeks.data, self.first.data, self.at.data, self.zone.data, self.minutes.data)
