"""What a person is asked about mail, and what a steward types to try it."""

from datetime import time
from typing import Any

from wtforms import BooleanField, EmailField, RadioField, SelectChoice, SelectField
from wtforms.validators import ValidationError

from portal.config import MAIL_ADDRESS
from portal.notices.models import Wishes
from portal.web import filters
from portal.web.forms import AtMost, Form, Needed, trimmed
from portal.web.language import _, language, lazy

LONGEST = 254  # characters of an address, by RFC 5321
DAYS = (
    *(lazy("Monday"), lazy("Tuesday"), lazy("Wednesday"), lazy("Thursday"), lazy("Friday"), lazy("Saturday")),
    lazy("Sunday"),
)
EARLY = (
    (60, lazy("An hour before")),
    (3 * 60, lazy("Three hours before")),
    (24 * 60, lazy("A day before")),
    (48 * 60, lazy("Two days before")),
)
EACH, WEEKLY = "each", "weekly"


def hours() -> list[SelectChoice]:
    pattern = filters.CLOCK[language()]
    return [SelectChoice(hour, filters.on_the_wall(time(hour), pattern, language())) for hour in range(24)]


def days() -> list[SelectChoice]:
    return [SelectChoice(number, name) for number, name in enumerate(DAYS)]


class WishesForm(Form):
    reminder = BooleanField(lazy("Before something on my calendar"))
    changed = BooleanField(lazy("When a date changes"))
    asked = BooleanField(lazy("When there is a question for me, such as whether I take a turn"))
    early = RadioField(lazy("How early?"), coerce=int, choices=[SelectChoice(*one) for one in EARLY])
    pace = RadioField(
        lazy("One by one, or together?"),
        choices=[
            SelectChoice(EACH, lazy("Each when its time comes")),
            SelectChoice(WEEKLY, lazy("All in one mail a week")),
        ],
    )
    digest_day = SelectField(lazy("On which day"), coerce=int, choices=days)
    digest_hour = SelectField(lazy("At what time"), coerce=int, choices=hours)
    quiet_from = SelectField(lazy("From"), coerce=int, choices=hours)
    quiet_to = SelectField(lazy("To"), coerce=int, choices=hours)
    says_time = BooleanField(lazy("A mail may say the time of day"))

    @classmethod
    def about(cls, wishes: Wishes, **given: Any) -> "WishesForm":
        return cls(obj=wishes, data={"pace": WEEKLY if wishes.digest else EACH}, **given)

    def take_into(self, wishes: Wishes) -> None:
        self.populate_obj(wishes)
        wishes.digest = self.pace.data == WEEKLY


class AddressForm(Form):
    email = EmailField(lazy("Mail address"), [Needed(), AtMost(LONGEST)])

    def validate_email(self, field: EmailField) -> None:
        if not MAIL_ADDRESS.fullmatch(self.address) or "." not in self.address.partition("@")[2]:
            raise ValidationError(_("This is not a whole mail address. It looks like this: me@mail.example"))

    @property
    def address(self) -> str:
        return trimmed(self.email.data)
