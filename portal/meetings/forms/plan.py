"""What is written down for one meeting."""

from wtforms import HiddenField, TextAreaField

from portal.meetings.forms.dates import PlaceForm
from portal.meetings.plan import TEXT_LENGTH
from portal.web.forms import AtMost
from portal.web.language import lazy


class PlanForm(PlaceForm):
    seen = HiddenField()
    text = TextAreaField(lazy("The plan"), [AtMost(TEXT_LENGTH)])
