"""What is asked of who writes down an activity: what it is called, its steps and its minutes; the rest if they like."""

import re
from typing import Any

from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from portal.curriculum import naming
from portal.curriculum.choosing import ANY_NUMBER
from portal.curriculum.models.own import Described
from portal.curriculum.pieces import FLAGS, MEETING_PLACES
from portal.db import new_id
from portal.web.fields import Blank, Count
from portal.web.forms import AtMost, Form, Needed, one_line, trimmed
from portal.web.language import _, lazy

TITLE_LENGTH, AIM_LENGTH, TEXT_LENGTH, STEPS_LENGTH = 120, 300, 2000, 6000  # characters
LONGEST = 240  # minutes, as in the guide
OPEN = lazy("We leave it open")
TEXTS = ("set_up", "opening", "steps", "closing", "gentler", "watch")


class Within:
    """A number between two others."""

    def __init__(self, least: int, most: int) -> None:
        self.least, self.most = least, most

    def __call__(self, form: Form, field: Any) -> None:
        if field.data is not None and not self.least <= field.data <= self.most:
            raise ValidationError(_("Please choose %(least)s to %(most)s.", least=self.least, most=self.most))


class OwnForm(Form):
    title = StringField(lazy("What is it called?"), [Needed(), AtMost(TITLE_LENGTH)])
    aim = StringField(lazy("What is it for?"), [AtMost(AIM_LENGTH)])
    least = Count(
        lazy("Minutes, at least"),
        [InputRequired(lazy("Please give a number of minutes, such as 20.")), Within(1, LONGEST)],
    )
    most = Count(lazy("Minutes, at most"), [Blank(), Within(1, LONGEST)])
    steps = TextAreaField(lazy("Steps"), [Needed(), AtMost(STEPS_LENGTH)])
    family = SelectField(lazy("What kind of thing is it?"), default="")
    energy = SelectField(lazy("Pace"), default="")
    people_least = Count(lazy("People, at least"), [Blank(), Within(*ANY_NUMBER)])
    people_most = Count(lazy("People, at most"), [Blank(), Within(*ANY_NUMBER)])
    materials = TextAreaField(lazy("What it needs"), [AtMost(AIM_LENGTH)])
    costs = BooleanField(lazy("It costs a little money"))
    set_up = TextAreaField(lazy("Set up"), [AtMost(TEXT_LENGTH)])
    opening = TextAreaField(lazy("Words to open"), [AtMost(TEXT_LENGTH)])
    closing = TextAreaField(lazy("Words to close"), [AtMost(TEXT_LENGTH)])
    gentler = TextAreaField(lazy("A gentler variation"), [AtMost(TEXT_LENGTH)])
    watch = TextAreaField(lazy("What to watch for"), [AtMost(TEXT_LENGTH)])
    together = BooleanField(naming.PLACES["together"])
    remote = BooleanField(naming.PLACES["remote"])
    seated = BooleanField(naming.FLAGS["seated"])
    no_touch = BooleanField(naming.FLAGS["no-touch"])
    camera_off = BooleanField(naming.FLAGS["camera-off"])
    outdoors = BooleanField(naming.FLAGS["outdoors"])
    no_reading = BooleanField(naming.FLAGS["no-reading"])
    one_hand = BooleanField(naming.FLAGS["one-hand"])
    seen = HiddenField()
    once = HiddenField(default=new_id)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.family.choices = [("", str(OPEN)), *((code, str(name)) for code, name in naming.FAMILIES.items())]
        self.energy.choices = [("", str(OPEN)), *((code, str(name)) for code, name in naming.ENERGIES.items())]

    def validate_most(self, field: Count) -> None:
        self.in_order(self.least, field)

    def validate_people_most(self, field: Count) -> None:
        self.in_order(self.people_least, field)

    def in_order(self, least: Count, most: Count) -> None:
        if least.data is not None and most.data is not None and least.data > most.data:
            raise ValidationError(_("This is less than “at least”."))

    @property
    def flags(self) -> list[BooleanField]:
        return [self[flag.replace("-", "_")] for flag in FLAGS]

    @property
    def once_id(self) -> str:
        """What a new one gets as its id, so that a double tap makes one."""
        sent = self.once.data or ""
        return sent if re.fullmatch("[a-z2-7]{26}", sent) else new_id()

    @property
    def described(self) -> Described:
        assert self.least.data is not None  # noqa: S101  the form was validated
        return Described(
            title=one_line(self.title.data),
            aim=one_line(self.aim.data),
            minutes=(self.least.data, self.most.data or self.least.data),
            people=(self.people_least.data or ANY_NUMBER[0], self.people_most.data or ANY_NUMBER[1]),
            family=self.family.data,
            energy=self.energy.data,
            place=tuple(place for place in MEETING_PLACES if self[place].data) or MEETING_PLACES,
            materials=tuple(one_line(line) for line in (self.materials.data or "").splitlines() if line.strip()),
            costs=self.costs.data,
            flags=tuple(flag for flag, field in zip(FLAGS, self.flags, strict=True) if field.data),
            **{name: trimmed(self[name].data).replace("\r\n", "\n") for name in TEXTS},
        )


def as_typed(words: Described) -> dict[str, Any]:
    """An activity as its form holds it."""
    (least, most), (few, many) = words.minutes, words.people
    return {
        "title": words.title,
        "aim": words.aim,
        "least": least,
        "most": most if most != least else None,
        "people_least": few if few != ANY_NUMBER[0] else None,
        "people_most": many if many != ANY_NUMBER[1] else None,
        "family": words.family,
        "energy": words.energy,
        "materials": "\n".join(words.materials),
        "costs": words.costs,
        **{place: place in words.place for place in MEETING_PLACES},
        **{flag.replace("-", "_"): flag in words.flags for flag in FLAGS},
        **{name: getattr(words, name) for name in TEXTS},
    }
