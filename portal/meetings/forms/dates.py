"""When and where a circle meets."""

import re
from datetime import timedelta
from itertools import chain
from typing import Any

from wtforms import (
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, ValidationError

from portal.accounts.forms import zone_choices
from portal.db import new_id
from portal.meetings.models.opening import NAME_LENGTH
from portal.meetings.plan import LINK_LENGTH, PLACE_LENGTH, Place, as_link
from portal.meetings.recurrence import Repeats, Rule
from portal.web.fields import Blank, Count, Day, Typed
from portal.web.forms import AtMost, Form, one_line, trimmed
from portal.web.language import _, lazy

GONE_BY = lazy("This moment has gone by. Please choose a later one.")
WEEKS = range(1, 9)  # more than two months apart is no circle that keeps meeting
MINUTES = range(15, 481)
TIMES = range(1, 501)
LONGEST_BREAK = timedelta(days=366)
BREAKS = ("rest_1", "rest_2", "rest_3", "rest_4")


class Clock(Typed, TimeField):
    wrong = lazy("Please give a time between 00:00 and 23:59, such as 18:00.")


class Minutes(Typed, IntegerField):
    wrong = lazy("Please give a number of minutes, such as 90.")


class PlaceForm(Form):
    """Where a circle comes together."""

    place = TextAreaField(lazy("Where"), [AtMost(PLACE_LENGTH)])  # how one gets in may be said, too: more than a line
    link = StringField(lazy("Link, if you meet on a screen"), [AtMost(LINK_LENGTH)])

    def validate_link(self, field: StringField) -> None:
        if trimmed(field.data) and as_link(field.data) is None:
            raise ValidationError(_("This is not an address of the web. It usually begins with https://."))

    @property
    def where(self) -> Place:
        typed = trimmed(self.link.data)
        return Place(one_line(self.place.data), (as_link(typed) or "") if typed else "")


def how_often() -> list[tuple[str, str]]:
    weeks = [(as_code(Repeats.WEEKS, n), _("Every %(weeks)s weeks", weeks=n)) for n in WEEKS[1:]]
    return [
        (as_code(Repeats.WEEKS), _("Every week")),
        *weeks,
        (as_code(Repeats.WEEKDAY), _("Every month, such as on the first Tuesday")),
        (as_code(Repeats.LAST_WEEKDAY), _("Every month, such as on the last Friday")),
        (as_code(Repeats.DATE), _("Every month, such as on the 15th")),
    ]


def as_code(repeats: Repeats, every: int = 1) -> str:
    return f"{repeats.value}-{every}"


class WhenForm(PlaceForm):
    """A date, a time and a place. `once` makes of a form that is sent twice one thing only."""

    once = HiddenField(default=new_id)
    stands = HiddenField()  # the series that the form was filled from
    seen = HiddenField()  # the mark of the preview that is said yes to
    first = Day(lazy("The first date"), [InputRequired(lazy("Please give a date."))])
    at = Clock(lazy("Beginning at"), [InputRequired(lazy("Please say when you begin."))])
    minutes = Minutes(lazy("Minutes"), default=90)
    zone = SelectField(lazy("By the clock of"), choices=zone_choices)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        if not re.fullmatch("[a-z2-7]{26}", self.once.data or ""):
            self.once.data = new_id()

    def validate_minutes(self, field: IntegerField) -> None:
        if field.data is not None and field.data not in MINUTES:
            raise ValidationError(_("Please choose 15 to 480 minutes."))

    @property
    def called(self) -> str:
        return ""


class AddForm(WhenForm):
    """One meeting by itself."""

    first = Day(lazy("The day"), [InputRequired(lazy("Please give a date."))])

    @property
    def rule(self) -> Rule:
        return Rule(Repeats.ONCE, 1, self.first.data, self.at.data, self.zone.data, self.minutes.data)


class SeriesForm(WhenForm):
    """Meetings that repeat. The rarer questions are the ones after the place."""

    often = SelectField(lazy("How often?"), choices=how_often, default=as_code(Repeats.WEEKS))
    name = StringField(lazy("A name for these meetings"), [AtMost(NAME_LENGTH)])
    until = Day(lazy("The last day, if there is one"), [Blank()])
    times = Count(lazy("Or after so many meetings"), [Blank()])
    # Every name stands once, so that an interrupted form is kept whole.
    rest_1 = Day(lazy("We rest from"), [Blank()])
    rest_1_to = Day(lazy("To"), [Blank()])
    rest_2 = Day(lazy("We rest from"), [Blank()])
    rest_2_to = Day(lazy("To"), [Blank()])
    rest_3 = Day(lazy("We rest from"), [Blank()])
    rest_3_to = Day(lazy("To"), [Blank()])
    rest_4 = Day(lazy("We rest from"), [Blank()])
    rest_4_to = Day(lazy("To"), [Blank()])

    def validate_often(self, field: SelectField) -> None:
        first = self.first.data
        last = as_code(Repeats.LAST_WEEKDAY)
        if field.data == last and first and (first + timedelta(weeks=1)).month == first.month:
            raise ValidationError(
                _("The first date is not the last such weekday of its month. Please choose that one.")
            )

    def validate_until(self, field: Day) -> None:
        if field.data and self.first.data and field.data < self.first.data:
            raise ValidationError(_("This is before the first date."))

    def validate_times(self, field: IntegerField) -> None:
        if field.data is not None and field.data not in TIMES:
            raise ValidationError(_("Please choose 1 to 500 meetings."))
        if field.data is not None and self.until.data:
            raise ValidationError(_("Please give a last day or a number of meetings, not both."))

    def validate(self, extra_validators: Any = None) -> bool:
        others = super().validate(extra_validators)
        return all([others, *[self.is_break(begin, end) for begin, end in self.breaks]])

    def is_break(self, begin: Day, end: Day) -> bool:
        """Whether the two days are a break or both empty; says what is wrong where they are not."""
        if begin.errors or end.errors:
            return False
        if not begin.data and not end.data:
            return True
        if not begin.data or not end.data:
            self.refuse((end if begin.data else begin).name, _("Please give the first day of the break and its last."))
        elif end.data < begin.data:
            self.refuse(end.name, _("This is before the break begins."))
        elif end.data - begin.data > LONGEST_BREAK:
            self.refuse(end.name, _("A break can last a year. To rest longer, end these meetings and begin again."))
        return not (begin.errors or end.errors)

    @property
    def breaks(self) -> list[tuple[Day, Day]]:
        return [(self[name], self[f"{name}_to"]) for name in BREAKS]

    @property
    def breaks_shown(self) -> list[tuple[Day, Day]]:
        """Those that say something, and one more."""
        used = [n for n, pair in enumerate(self.breaks) if any(field.data or field.errors for field in pair)]
        return self.breaks[: max(used, default=-1) + 2]

    @property
    def is_rare(self) -> bool:
        """Whether one of the rarer questions has an answer, or a wrong one."""
        asked = [self.name, self.until, self.times, *chain(*self.breaks)]
        return any(field.errors or field.data for field in asked) or bool(self.zone.errors)

    @property
    def called(self) -> str:
        return trimmed(self.name.data)

    @property
    def rule(self) -> Rule:
        repeats, _dash, every = self.often.data.partition("-")
        facts = (self.first.data, self.at.data, self.zone.data, self.minutes.data, self.until.data, self.times.data)
        rests = sorted((begin.data, end.data) for begin, end in self.breaks if begin.data)
        return Rule(Repeats(repeats), int(every), *facts, tuple(rests))


class MoveForm(Form):
    """Another day, time or length for one meeting. `seen` is the `sequence` of the meeting it was filled from."""

    seen = HiddenField()
    overlap = HiddenField()  # the id of the other meeting at that time, once that has been said
    first = Day(lazy("The day"), [InputRequired(lazy("Please give a date."))])
    at = Clock(lazy("Beginning at"), [InputRequired(lazy("Please say when you begin."))])
    minutes = Minutes(lazy("Minutes"), [InputRequired(lazy("Please give a number of minutes, such as 90."))])

    def validate_minutes(self, field: IntegerField) -> None:
        if field.data is not None and field.data not in MINUTES:
            raise ValidationError(_("Please choose 15 to 480 minutes."))


class EndForm(Form):
    seen = HiddenField()
    since = Day(lazy("From this day on"), [InputRequired(lazy("Please give a date."))])
