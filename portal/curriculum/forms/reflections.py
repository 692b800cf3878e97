"""What is asked of who writes beside a question of the guide."""

from wtforms import HiddenField, TextAreaField

from portal.curriculum.models.reflections import LENGTH
from portal.web.forms import AtMost, Form
from portal.web.language import lazy


class ReflectionForm(Form):
    text = TextAreaField(lazy("Your words"), [AtMost(LENGTH)])
    seen = HiddenField()  # which state of these words the page showed
