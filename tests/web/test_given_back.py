"""An error page shows every word that somebody typed, a poem of one word, too; only choices and ids go along unseen."""

import re

from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField
from wtforms.fields.core import UnboundField

from portal.web.forms import SECRET, Form
from portal.web.typed import CHOSEN, PRESSED

MARK = "drawn"  # of every form that takes words; the page makes it, not the form
NOT_TYPED = (BooleanField, HiddenField, RadioField, SelectField)


def every_form(begin: type[Form] = Form) -> list[type[Form]]:
    return [form for child in begin.__subclasses__() for form in (child, *every_form(child))]


def test_what_goes_along_unseen_is_what_nobody_types(app):
    not_typed = {
        name
        for form in every_form()
        if form.__module__.startswith("portal.")
        for name in dir(form)
        if isinstance(field := getattr(form, name), UnboundField) and issubclass(field.field_class, NOT_TYPED)
    }
    assert CHOSEN - {MARK, *PRESSED.split()} == not_typed - set(SECRET)
    assert not CHOSEN & {name for form in every_form() for name in dir(form) if is_typed(getattr(form, name))}


def is_typed(field: object) -> bool:
    if not isinstance(field, UnboundField):
        return False
    return issubclass(field.field_class, StringField) and not issubclass(field.field_class, NOT_TYPED)


def grown_old(client, app) -> str:
    """The page after a form without a good token."""
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        return client.post("/me/settings", data={"text": "Still.", "zone": "UTC"}).text
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


def test_a_poem_of_one_word_is_shown(ana, app):
    page = grown_old(ana, app)
    assert re.search(r"<textarea[^>]*readonly>\s*Still\.</textarea>", page)
    assert '<input type="hidden" name="zone" value="UTC">' in page


def test_who_signed_out_meanwhile_is_told_to_copy_what_they_wrote_and_not_led_away_from_it(nobody, app):
    page = grown_old(nobody, app)
    assert re.search(r"<textarea[^>]*readonly>\s*Still\.</textarea>", page)
    assert "Copy it before you go on." in page
    assert "Send it again" not in page
