"""What a steward is asked about the place, and once about themselves."""

from functools import cached_property
from pathlib import Path
from typing import Any

from flask import current_app
from flask_wtf.file import FileField
from wtforms import HiddenField, PasswordField, RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from portal.accounts.forms import NewPersonForm, refuse_weak, spoken, zone_choices, zones
from portal.accounts.models.portals import Portal
from portal.accounts.neutral import telling_word
from portal.resources.pack import LARGEST
from portal.steward.leave_sites import OFFERED, completed, unfit
from portal.web.forms import AtMost, Form, Needed, trimmed
from portal.web.language import _, lazy

NAME_LENGTH = 60  # characters
OWN = "own"
UNFIT = {
    "insecure": lazy("Please choose an address that begins with https://. Others can be read along the way."),
    "unclear": lazy("This is not a whole address. It looks like this: https://www.weather.gov"),
    "ours": lazy("This is the place itself. Leave must lead somewhere else."),
    "long": lazy("Please choose an address of 200 characters or fewer."),
}


def zone_of_this_machine() -> str:
    """What the computer was set to, so that few people have to look for it in the list."""
    name = Path("/etc/localtime").resolve().as_posix().partition("/zoneinfo/")[2]
    return name if name in zones() else "UTC"


class PlaceForm(Form):
    """The portal as its people meet it."""

    portal_name = StringField(lazy("What is this place called?"), [Needed(), AtMost(NAME_LENGTH)])
    language = SelectField(lazy("Which language does it speak?"), [InputRequired()], choices=spoken)
    zone = SelectField(lazy("In which time zone is it?"), [InputRequired()], choices=zone_choices)
    ages = RadioField(
        lazy("Who is it for?"),
        choices=[SelectChoice("adults", lazy("People of 18 and over")), SelectChoice("young", lazy("Young people"))],
    )
    leave = RadioField(
        lazy("Where does Leave lead?"),
        choices=[
            SelectChoice(OFFERED[0], lazy("The weather, at weather.gov")),
            SelectChoice(OFFERED[1], lazy("An encyclopedia, at wikipedia.org")),
            SelectChoice(OFFERED[2], lazy("The news, at apnews.com")),
            SelectChoice(OWN, lazy("Another site")),
        ],
    )
    leave_own = StringField(lazy("Its address"))

    @classmethod
    def about(cls, portal: Portal) -> "PlaceForm":
        """The form as `portal` would answer it."""
        offered = portal.leave_to in OFFERED
        return cls(
            data={
                **{name: getattr(portal, name) for name in ("language", "zone", "ages")},
                "portal_name": portal.name,
                "leave": portal.leave_to if offered else OWN,
                "leave_own": "" if offered else portal.leave_to,
            }
        )

    def validate_portal_name(self, field: StringField) -> None:
        word = telling_word(field.data)
        if word:
            raise ValidationError(_("“%(word)s” says what kind of place this is. Please leave it out.", word=word))

    def validate_leave_own(self, field: StringField) -> None:
        why = self.leave.data == OWN and unfit(self.leave_to, current_app.config["PORTAL"].allowed_hosts)
        if why:
            raise ValidationError(UNFIT[why])

    @property
    def leave_to(self) -> str:
        return completed(self.leave_own.data or "") if self.leave.data == OWN else self.leave.data

    @property
    def answers(self) -> dict[str, Any]:
        """By the names of the portal's columns."""
        asked = {"language": self.language.data, "zone": self.zone.data, "ages": self.ages.data}
        return {"name": trimmed(self.portal_name.data), "leave_to": self.leave_to, **asked}


class SetUpForm(PlaceForm, NewPersonForm):
    """The place and its first person."""

    def validate_passphrase(self, field: PasswordField) -> None:
        refuse_weak(self.chosen, f"{self.name.data or ''} {self.portal_name.data or ''}")


class ListForm(Form):
    """A list of help, as a file or pasted."""

    file = FileField(lazy("A file"))
    pasted = TextAreaField(lazy("Or paste it here"))

    def validate_file(self, field: FileField) -> None:
        if not field.data and not (self.pasted.data or "").strip():
            raise ValidationError(_("Please choose a file, or paste the list below."))
        if len(self.sent) > LARGEST:
            raise ValidationError(_("This is larger than %(most)s KB, too large for a list.", most=LARGEST // 1024))

    @cached_property
    def sent(self) -> bytes:
        """The file where there is one, up to one byte more than fits."""
        file: Any = self.file.data
        return file.read(LARGEST + 1) if file else (self.pasted.data or "").encode()


class KeepListForm(Form):
    """The list that was looked at, and which one it would replace."""

    pack = HiddenField()
    was = HiddenField()
