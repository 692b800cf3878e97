"""What people are asked about themselves."""

from typing import Any

from nacl.public import PrivateKey
from wtforms import BooleanField, HiddenField, PasswordField, RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, ValidationError

from portal import vault
from portal.accounts.models.people import Person
from portal.accounts.models.portals import Portal
from portal.accounts.names import NAME_LENGTH
from portal.accounts.zones import zones
from portal.db import utcnow
from portal.web.filters import city
from portal.web.forms import AtMost, Form, Needed, trimmed
from portal.web.language import LANGUAGES, language, lazy

REGION = {
    "Africa": lazy("Africa"),
    "America": lazy("America"),
    "Asia": lazy("Asia"),
    "Atlantic": lazy("Atlantic"),
    "Australia": lazy("Australia"),
    "Europe": lazy("Europe"),
    "Indian": lazy("Indian Ocean"),
    "Pacific": lazy("Pacific"),
}


def spoken() -> list[SelectChoice]:
    return [SelectChoice(code, name) for code, name in LANGUAGES.items()]


def zone_choices() -> list[SelectChoice]:
    return [SelectChoice(name, zone_label(name)) for name in zones()]


def zone_label(name: str) -> str:
    """America/Argentina/Buenos_Aires as a list of places shows it: America, Argentina, Buenos Aires."""
    region, *between = name.split("/")
    if not between:
        return name
    between[-1] = city(name).partition(",")[0]
    return ", ".join([str(REGION[region]), *between]).replace("_", " ")


OWN_PHONE = lazy("This is my own phone")
TOO_WEAK = {
    "short": lazy("Please use at least 12 characters; four or five words are easiest."),
    "long": lazy("Please stay under 129 characters."),
    "common": lazy("Many people use these words, so they are tried first. Please choose others."),
    "portal": lazy("This is too close to the name of this place or to yours. Please choose other words."),
    "repeated": lazy("The same few signs again and again are easy to guess. Please choose other words."),
}


def refuse_weak(passphrase: str, name: str = "") -> None:
    """Raises ValidationError with what to do."""
    reason = vault.too_weak(passphrase, (Portal.current().name, name[:NAME_LENGTH]))
    if reason:
        raise ValidationError(TOO_WEAK[reason])


class SignInForm(Form):
    name = StringField(lazy("Your name here"), [Needed(), AtMost(NAME_LENGTH)])
    passphrase = PasswordField(lazy("Passphrase"), [Needed()])
    own_phone = BooleanField(OWN_PHONE)


class NewWordsForm(Form):
    """A choice between five words offered and one's own."""

    offered = HiddenField()
    which = RadioField(
        lazy("Your passphrase"),
        choices=[SelectChoice("offered"), SelectChoice("own", lazy("My own words"))],
        default="offered",
    )
    passphrase = PasswordField(lazy("Your own passphrase"))

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        if not self.offered.data:
            self.offered.data = vault.five_words(language())

    @property
    def chosen(self) -> str:
        return (self.offered.data if self.which.data == "offered" else self.passphrase.data) or ""

    def validate_passphrase(self, field: PasswordField) -> None:
        refuse_weak(self.chosen, (self["name"].data or "") if "name" in self else "")


class NewPersonForm(NewWordsForm):
    name = StringField(lazy("What shall we call you here?"), [Needed(), AtMost(NAME_LENGTH)])
    own_phone = BooleanField(OWN_PHONE)

    def person(self, **given: object) -> tuple[Person, PrivateKey]:
        """Whoever filled this in, not yet saved, in the language they read it in and the portal's zone. Raises Busy."""
        mine = {"language": language(), "zone": Portal.current().zone, **given}
        return Person.prepare(trimmed(self.name.data), self.chosen, utcnow().date(), **mine)


class ChangeWordsForm(NewWordsForm):
    current = PasswordField(lazy("The passphrase you use now"), [Needed()])


class CodeForm(Form):
    current = PasswordField(lazy("The passphrase you use now"))


class LostForm(NewWordsForm):
    name = StringField(lazy("Your name here"), [Needed(), AtMost(NAME_LENGTH)])
    code = StringField(lazy("The code you printed or wrote down"), [Needed(), AtMost(80)])
    own_phone = BooleanField(OWN_PHONE)


class SettingsForm(Form):
    language = SelectField(lazy("Language"), [InputRequired()], choices=spoken)
    zone = SelectField(lazy("Your time zone"), [InputRequired()], choices=zone_choices)
