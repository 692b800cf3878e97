"""Days and numbers as people type them: a slip of the finger is given back, with words of our own."""

from datetime import date

import pytest
from flask import Flask, g
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField

from portal.web.fields import Blank, Count, Day
from portal.web.forms import Form


class Asked(Form):
    day = Day("Day", [Blank()])
    number = Count("Number", [Blank()])
    seen = HiddenField()


def asked(app: Flask, **kept) -> Asked:
    """The form as it opens after a sign-in that came between."""
    with app.test_request_context("/"):
        g.kept = kept
        return Asked()


@pytest.mark.parametrize(("name", "typed"), [("day", "the 3rd"), ("day", "2027-13-40"), ("number", "a dozen")])
def test_what_was_mistyped_before_a_sign_in_is_still_there_after_it(app, name, typed):
    assert asked(app, **{name: typed})[name]._value() == typed


def test_what_was_typed_well_is_understood_after_a_sign_in(app):
    form = asked(app, day=" 2027-01-08 ", number="12")
    assert (form.day.data, form.number.data) == (date(2027, 1, 8), 12)


@pytest.mark.parametrize("typed", ["1999-12-31", "2200-01-01", "9999-12-31", "soon"])
def test_a_day_out_of_all_reason_is_refused_with_an_example(app, typed):
    with app.test_request_context("/", method="POST"):
        form = Asked(formdata=MultiDict({"day": typed}), meta={"csrf": False})
        assert not form.validate()
        assert str(form.day.errors[0]) == "Please give a date, such as 2026-03-06."
