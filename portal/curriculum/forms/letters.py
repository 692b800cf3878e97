"""How the letters of the guide look."""

from wtforms import BooleanField, RadioField, SelectChoice

from portal.curriculum.letters import SIZES
from portal.web.forms import Form
from portal.web.language import lazy

NAMES = (lazy("As usual"), lazy("Larger"), lazy("Largest"))


class LettersForm(Form):
    size = RadioField(
        lazy("Size"),
        choices=[SelectChoice(size, name) for size, name in zip(SIZES, NAMES, strict=True)],
        default=SIZES[0],
    )
    wide = BooleanField(lazy("More space between letters, words and lines"))
