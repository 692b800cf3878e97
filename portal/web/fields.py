"""Fields for days and numbers: what is typed badly gets words of our own, and a kept form opens with what was typed."""

from typing import Any

from wtforms import DateField, Form, IntegerField, SelectMultipleField
from wtforms.validators import Optional

from portal.web.language import lazy

YEARS = range(2000, 2200)  # dates beside them are slips of the finger, and the last one of all has no day after it


class Typed:
    """A field whose words may also come from a form that was kept while its writer signed in again."""

    wrong: Any

    def process_data(self, value: object) -> None:
        if isinstance(value, str):
            self.raw_data = [value]  # so that also what is no day and no number is shown again
            self.process_formdata([value])
        else:
            super().process_data(value)  # type: ignore[misc]

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata([value.strip() for value in valuelist])  # type: ignore[misc]
        except ValueError:
            raise ValueError(self.wrong) from None


class Blank(Optional):
    """The field may be empty. One that was not sent at all holds what stood in the form, and that is looked at."""

    def __call__(self, form: Form, field: Any) -> None:
        if field.raw_data or field.data is None:
            super().__call__(form, field)


class Day(Typed, DateField):
    wrong = lazy("Please give a date, such as 2026-03-06.")
    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data and self.data.year not in YEARS:
            self.data = None
            raise ValueError(self.wrong)


class Several(SelectMultipleField):
    """What was chosen among many, under one name. A kept form holds one alone as a bare word."""

    def process_data(self, value: object) -> None:
        super().process_data([value] if isinstance(value, str) else value)


class Count(Typed, IntegerField):
    wrong = lazy("Please give a number, such as 12.")
