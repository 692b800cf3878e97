"""What is asked of who starts a table, and of who sits down at one."""

from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from portal.accounts.forms import spoken, zone_choices
from portal.accounts.names import NAME_LENGTH
from portal.circles.models import About
from portal.circles.seats import SEATS, USUAL
from portal.circles.starter import rules
from portal.web.forms import AtMost, Form, Needed, trimmed
from portal.web.language import lazy

RULES = 20  # more than this nobody reads aloud


class AboutForm(Form):
    """What a circle says of itself."""

    name = StringField(lazy("What is your table called?"), [Needed(), AtMost(60)])
    sentence = StringField(lazy("One sentence about it"), [Needed(), AtMost(200)])
    for_whom = StringField(lazy("Who is it for?"), [AtMost(120)])
    language = SelectField(lazy("Which language do you speak there?"), [InputRequired()], choices=spoken)
    zone = SelectField(lazy("In which time zone do you meet?"), [InputRequired()], choices=zone_choices)
    seats = RadioField(
        lazy("How many seats?"), choices=[SelectChoice(n, str(n)) for n in SEATS], default=USUAL, coerce=int
    )

    @property
    def about(self) -> About:
        return About(
            name=trimmed(self.name.data),
            sentence=trimmed(self.sentence.data),
            for_whom=trimmed(self.for_whom.data),
            language=self.language.data,
            zone=self.zone.data,
        )


class StartForm(AboutForm):
    agreed = TextAreaField(lazy("What you propose to agree on"), [Needed(), AtMost(6000)])
    my_name = StringField(lazy("Your name at this table"), [Needed(), AtMost(NAME_LENGTH)])

    def validate_agreed(self, field: TextAreaField) -> None:
        if len(rules(field.data or "")) > RULES:
            raise ValidationError(lazy("Please keep to twenty rules or fewer, one on a line."))


class SitDownForm(Form):
    version = HiddenField()
    my_name = StringField(lazy("Your name at this table"), [Needed(), AtMost(NAME_LENGTH)])
    yes = BooleanField(lazy("I have read this, and I want to keep to it"))

    def validate_yes(self, field: BooleanField) -> None:
        if not field.data:
            raise ValidationError(lazy("Tick this if you can say yes. If you can’t, close the page: nobody is told."))

    @property
    def affirmed(self) -> int:
        version = self.version.data or ""
        return int(version) if version.isdecimal() and version.isascii() and len(version) < 7 else 0


class MyNameForm(Form):
    my_name = StringField(lazy("Your name at this table"), [Needed(), AtMost(NAME_LENGTH)])


class LeaveForm(Form):
    works = RadioField(
        lazy("What you shared here"),
        choices=[
            SelectChoice("back", lazy("Take all of it back")),
            SelectChoice("stay", lazy("Leave it with the people who can read it now")),
        ],
        default="back",
    )
