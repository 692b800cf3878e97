"""What every form shares: a CSRF token that lasts as long as the session, and words given back after a sign-in."""

from typing import Any

from flask import g, request
from flask_wtf import FlaskForm
from wtforms.validators import StopValidation, ValidationError

from portal.web.language import lazy, ngettext

SECRET = ("passphrase", "offered", "current", "code")  # fields whose words are never shown again or kept
REQUIRED = lazy("Please fill this in.")


class Form(FlaskForm):
    """A form of the portal. Opened after an interrupted sign-in, it holds what was being typed (`g.kept`)."""

    class Meta(FlaskForm.Meta):
        locales = False  # our validators bring their own words

    def __init__(self, *args: Any, **given: Any) -> None:
        kept = g.get("kept")
        if kept and request.method == "GET":
            given["data"] = {**(given.get("data") or {}), **kept}
        super().__init__(*args, **given)
        self.meta.form = self  # so that a field's template can ask which of them is the first wrong one

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows the form: 422 where something in it is wrong."""
        return 422 if self.errors else 200

    def refuse(self, field: str, message: object) -> None:
        """Mark a field wrong with something only the change itself could find out."""
        self[field].errors = [*self[field].errors, message]

    def first_wrong(self) -> str | None:
        return next((field.id for field in self if field.errors), None)


class Needed:
    """The field may not be empty or only spaces."""

    field_flags = {"required": True}

    def __call__(self, form: FlaskForm, field: Any) -> None:
        if not field.data or (isinstance(field.data, str) and not field.data.strip()):
            field.errors[:] = []
            raise ValidationError(REQUIRED)


class AtMost:
    """No more than so many characters; says how many there were."""

    def __init__(self, characters: int) -> None:
        self.characters = characters
        self.field_flags = {"maxlength": characters}

    def __call__(self, form: FlaskForm, field: Any) -> None:
        over = len(field.data or "") - self.characters
        if over > 0:
            raise StopValidation(  # what is far too long is not looked at further
                ngettext(
                    "This is one character too long. Please shorten it.",
                    "This is %(num)s characters too long. Please shorten it.",
                    over,
                )
            )


def trimmed(text: str | None) -> str:
    return (text or "").strip()


def one_line(text: str | None) -> str:
    return " ".join((text or "").split())
