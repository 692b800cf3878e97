"""What is asked of who puts up a piece, and of who opens one to their table."""

import re
from typing import Any

from flask_wtf.file import FileField
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import ValidationError

from portal.db import new_id
from portal.sharing.models import PICTURE, WRITING
from portal.web.forms import REQUIRED, AtMost, Form
from portal.web.language import lazy

TITLE_LENGTH = 120  # characters
TEXT_LENGTH = 100_000  # characters; about forty printed pages
ALT_LENGTH = 500  # characters; a screen reader says this in half a minute
ONLY_ME, CIRCLE = "me", "circle"


class NewForm(Form):
    """One form for both kinds; `once` is its one-time id, so that a double tap makes one piece."""

    once = HiddenField(default=new_id)
    kind = HiddenField(default=WRITING)
    title = StringField(lazy("Title, if it has one"), [AtMost(TITLE_LENGTH)])
    text = TextAreaField(lazy("Your words"), [AtMost(TEXT_LENGTH)])
    picture = FileField(lazy("The picture"))
    alt = StringField(lazy("What is on it"), [AtMost(ALT_LENGTH)])
    who = RadioField(lazy("Who may see it?"), default=ONLY_ME)

    def __init__(self, table: str, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.who.choices = [(ONLY_ME, lazy("Only me")), (CIRCLE, table)]
        if self.kind.data not in (WRITING, PICTURE):
            self.kind.data = WRITING
        if not re.fullmatch("[a-z2-7]{26}", self.once.data or ""):
            self.once.data = new_id()

    @property
    def is_picture(self) -> bool:
        return self.kind.data == PICTURE

    def validate_text(self, field: TextAreaField) -> None:
        if not self.is_picture and not (field.data or "").strip():
            raise ValidationError(REQUIRED)

    def validate_picture(self, field: FileField) -> None:
        if self.is_picture and not field.data:
            raise ValidationError(lazy("Please choose a picture."))


class ShareForm(Form):
    """The yes to the sentence that was read back; it carries the seats that the sentence named."""

    named = HiddenField()

    @property
    def seats(self) -> frozenset[str]:
        return frozenset((self.named.data or "").split())
