"""What is asked of who may be missing, and of a circle that may be few."""

from typing import Any

from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import ValidationError

from portal.circles.access import Sitting
from portal.meetings.models.presence import CAME, MISSED
from portal.meetings.pact import Choice, Wish
from portal.meetings.quorum import may_be
from portal.web.forms import AtMost, Form, Needed
from portal.web.language import _, lazy

NOTE_LENGTH = 600  # characters
LINES = 5  # ways to reach one person: more are not read
LINE_LENGTH = 120  # characters
NO_NUMBER = "0"


class PactForm(Form):
    """What may happen when one misses two meetings in a row: one of three wishes, or the seat of who is asked."""

    wish = RadioField(lazy("What may happen?"), validate_choice=False)

    def __init__(self, others: list[Sitting], choice: Choice, **given: Any) -> None:
        stands = choice.who if choice.wish is Wish.NAMED else choice.wish.value
        super().__init__(data={"wish": stands}, **given)
        wishes = [
            (Wish.NOTHING.value, _("Nothing")),
            (Wish.CARE.value, _("A few lines from the care-holder of the next meeting")),
            (Wish.ANYONE.value, _("A few lines from whoever takes it on")),
        ]
        named = [(one.id, _("A few lines from %(name)s", name=one.name)) for one in others]
        self.wish.choices = [*wishes, *named]

    def validate_wish(self, field: RadioField) -> None:
        if field.data not in dict(self.wish.choices):
            raise ValidationError(_("Please choose one."))

    @property
    def chosen(self) -> tuple[Wish, str]:
        if self.wish.data in {wish.value for wish in Wish}:
            return Wish(self.wish.data), ""
        return Wish.NAMED, self.wish.data


class ReachForm(Form):
    lines = TextAreaField(lazy("How to reach me"))

    def validate_lines(self, field: TextAreaField) -> None:
        if len(self.typed) > LINES:
            raise ValidationError(_("Please keep to %(lines)s lines.", lines=LINES))
        if any(len(line) > LINE_LENGTH for line in self.typed):
            raise ValidationError(_("Please keep each line to %(signs)s characters.", signs=LINE_LENGTH))

    @property
    def typed(self) -> list[str]:
        return [line.strip() for line in (self.lines.data or "").splitlines() if line.strip()]


class LeastForm(Form):
    """With how few a circle wishes to meet. `seen` is the number that stood there when the form was opened."""

    number = RadioField(lazy("With how few do you still meet?"), validate_choice=False)
    seen = HiddenField()

    def __init__(self, seats: int, least: int | None, **given: Any) -> None:
        stands = str(least or NO_NUMBER)
        super().__init__(data={"number": stands, "seen": stands}, **given)
        numbers = [(str(number), str(number)) for number in may_be(seats)]
        self.number.choices = [(NO_NUMBER, _("We set no number")), *numbers]

    def validate_number(self, field: RadioField) -> None:
        if field.data not in dict(self.number.choices):
            raise ValidationError(_("Please choose one."))

    @property
    def least(self) -> int | None:
        return int(self.number.data) or None

    @property
    def stood(self) -> int | None:
        seen = self.seen.data or ""
        return int(seen) or None if seen.isascii() and seen.isdecimal() and len(seen) < 4 else None


class NoteForm(Form):
    words = TextAreaField(lazy("The note"), [Needed(), AtMost(NOTE_LENGTH)])


class MissedForm(Form):
    """Who was missing without a word, or was there after all. It never shows what was put down before."""

    who = RadioField(lazy("Who?"), validate_choice=False)
    was = HiddenField()  # by which of its two buttons it was sent

    def __init__(self, sat_there: tuple[Sitting, ...], **given: Any) -> None:
        super().__init__(**given)
        self.who.choices = [(one.id, one.name) for one in sat_there]

    def validate_who(self, field: RadioField) -> None:
        if field.data not in dict(self.who.choices):
            raise ValidationError(_("Please choose one."))

    @property
    def kind(self) -> str:
        return CAME if self.was.data == CAME else MISSED
