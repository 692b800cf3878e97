"""What a role is called, and which roles somebody wishes to be asked for."""

import re
from typing import Any

from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import ValidationError

from portal.db import new_id
from portal.meetings.access.roles import RoleHere
from portal.meetings.models.roles import BUILT_IN, DOES_LENGTH, NAME_LENGTH, Words
from portal.meetings.models.turns import NOT_NOW, PARTNER, YES
from portal.web.fields import Several
from portal.web.forms import REQUIRED, AtMost, Form, one_line, trimmed
from portal.web.language import _, lazy

ANSWERS = {YES: lazy("Yes"), PARTNER: lazy("With a partner"), NOT_NOW: lazy("Not for a while")}


class RoleForm(Form):
    """One of the four may be left empty: then it has the portal's own words again."""

    name = StringField(lazy("What is it called?"), [AtMost(NAME_LENGTH)])
    does = TextAreaField(lazy("What does whoever holds it do?"), [AtMost(DOES_LENGTH)])
    seen = HiddenField()
    once = HiddenField(default=new_id)

    def __init__(self, code: str, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.code = code

    def validate_name(self, field: StringField) -> None:
        if self.code not in BUILT_IN and not trimmed(field.data):
            raise ValidationError(REQUIRED)

    @property
    def once_id(self) -> str:
        """What a new role gets as its id, so that a double tap makes one."""
        sent = self.once.data or ""
        return sent if re.fullmatch("[a-z2-7]{26}", sent) else new_id()

    @property
    def words(self) -> Words | None:
        """None where nothing differs from what the portal says."""
        usual = BUILT_IN.get(self.code, Words("", ""))
        typed = Words(one_line(self.name.data), trimmed(self.does.data))
        named = Words(typed.name or str(usual.name), typed.does or str(usual.does))
        return None if named == Words(str(usual.name), str(usual.does)) else named


class MyRolesForm(Form):
    """For each role whether one wishes to be asked: a list of answers for each, all under one name."""

    answers = Several(validate_choice=False)

    def __init__(self, roles: list[RoleHere], stands: dict[str, str], *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.roles, self.stands = roles, stands

    def choices(self, role: RoleHere) -> list[tuple[str, str]]:
        return [(f"{role.code}.{answer}", str(words)) for answer, words in ANSWERS.items()]

    def chosen(self, role: RoleHere) -> str:
        sent = [value for value, _words in self.choices(role) if value in (self.answers.data or ())]
        return sent[0] if sent else f"{role.code}.{self.stands.get(role.code, YES)}"

    def validate_answers(self, field: Several) -> None:
        known = {value for role in self.roles for value, _words in self.choices(role)}
        if not known.issuperset(field.data or ()):
            raise ValidationError(_("Please choose one."))

    @property
    def said(self) -> dict[str, str]:
        return {code: answer for code, _dot, answer in (value.partition(".") for value in self.answers.data or ())}
