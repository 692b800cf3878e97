"""Who held a role."""

from typing import Any

from wtforms import RadioField
from wtforms.validators import ValidationError

from portal.circles.access import Sitting
from portal.web.forms import Form
from portal.web.language import _, lazy

NOBODY, NOT_MET = "nobody", "not_met"


class SettleForm(Form):
    """Who facilitated a meeting that is over."""

    holder = RadioField(lazy("Who facilitated?"), validate_choice=False)

    def __init__(self, around: list[Sitting], *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        everyone = [(one.id, one.name) for one in around]
        rest = [(NOBODY, _("Nobody, or we don’t remember")), (NOT_MET, _("We did not meet"))]
        self.holder.choices = [*everyone, *rest]

    def validate_holder(self, field: RadioField) -> None:
        if field.data not in dict(self.holder.choices):
            raise ValidationError(_("Please choose one."))
