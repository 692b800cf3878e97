"""Which lessons a circle takes, and by when."""

from collections.abc import Sequence
from datetime import date, timedelta

from wtforms import HiddenField
from wtforms.validators import InputRequired, ValidationError

from portal.curriculum.models.paths import MOST, Step
from portal.curriculum.pieces import Lesson
from portal.web.fields import Blank, Count, Day, Several
from portal.web.forms import Form
from portal.web.language import _, lazy

WEEKS = range(1, 9)


class LessonsForm(Form):
    lessons = Several(lazy("Lessons"), validate_choice=False)
    seen = HiddenField()  # which path the page showed

    def chosen(self, lessons: Sequence[Lesson], stands: Sequence[Step]) -> list[Step]:
        """Those that were ticked, in the order of the guide; one that was on the path before keeps its day."""
        days = {step.lesson: step.by for step in stands}
        ticked = set(self.lessons.data or ())
        return [Step(one.key, days.get(one.key)) for one in lessons if one.key in ticked][:MOST]


class DaysForm(Form):
    """The days of all lessons of a path at once: the first, and how many weeks there are from one to the next."""

    first = Day(lazy("The first lesson by"), [InputRequired(lazy("Please give a date."))])
    weeks = Count(lazy("Weeks from one to the next"), [InputRequired(lazy("Please give a number from 1 to 8."))])
    seen = HiddenField()

    def validate_weeks(self, field: Count) -> None:
        if field.data is not None and field.data not in WEEKS:
            raise ValidationError(_("Please give a number from 1 to 8."))

    def spread(self, steps: Sequence[Step]) -> list[Step]:
        begins, apart = self.first.data, timedelta(weeks=self.weeks.data)
        return [Step(step.lesson, begins + number * apart) for number, step in enumerate(steps)]


class DayForm(Form):
    """The day of one lesson; without one, it has none."""

    by = Day(lazy("By"), [Blank()])
    seen = HiddenField()

    def put(self, steps: Sequence[Step], lesson: str) -> list[Step]:
        day: date | None = self.by.data
        return [Step(step.lesson, day) if step.lesson == lesson else step for step in steps]
