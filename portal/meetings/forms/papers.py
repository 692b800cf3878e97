"""What a facilitator hands on, and what somebody says on arriving."""

from wtforms import StringField, TextAreaField

from portal.meetings.models.papers import HANDED_LENGTH, WORD_LENGTH, Handed
from portal.web.forms import AtMost, Form, one_line, trimmed
from portal.web.language import lazy


class HandoverForm(Form):
    carry_on = TextAreaField(lazy("What to carry on with"), [AtMost(HANDED_LENGTH)])
    let_be = TextAreaField(lazy("What to leave be"), [AtMost(HANDED_LENGTH)])
    practical = TextAreaField(lazy("What is good to know in practice"), [AtMost(HANDED_LENGTH)])

    @property
    def handed(self) -> Handed:
        return Handed(*(trimmed(field.data) for field in (self.carry_on, self.let_be, self.practical)))


class ArrivalForm(Form):
    word = StringField(lazy("A word or a short line"), [AtMost(WORD_LENGTH)])

    @property
    def said(self) -> str:
        return one_line(self.word.data)
