"""The words of the portal in the reader's language. English stands in the code; the rest in `portal/locale`."""

from contextvars import ContextVar
from functools import cache
from typing import Any

from babel.support import LazyProxy, NullTranslations, Translations
from flask import Flask, request
from markupsafe import Markup

from portal.paths import LOCALE

LANGUAGES = {"en": "English", "es": "Español"}
RIGHT_TO_LEFT = ("ar", "fa", "he", "ur", "yi")  # Babel would read all it knows of a language to tell this

_spoken: ContextVar[str] = ContextVar("language", default="en")


def use(code: str) -> None:
    """Speak `code` from here on in this request or command; an unknown one is English."""
    _spoken.set(code if code in LANGUAGES else "en")


def language() -> str:
    return _spoken.get()


def direction() -> str:
    return "rtl" if language() in RIGHT_TO_LEFT else "ltr"


@cache
def catalogue(code: str) -> NullTranslations:
    return Translations.load(LOCALE, [code])


def _(message: str, **values: Any) -> str:
    said = catalogue(language()).ugettext(message)
    return said % values if values else said


def ngettext(singular: str, plural: str, num: int, **values: Any) -> str:
    return catalogue(language()).ungettext(singular, plural, num) % {"num": num, **values}


def lazy(message: str) -> Any:
    """The message in the language of whoever reads it later: for labels and errors named when the code is loaded."""
    return LazyProxy(_, message, enable_cache=False)


def on_page(message: str, **values: Any) -> Markup:
    """For templates: what stands in the words is escaped. Jinja’s own way here takes four times as long."""
    said = Markup(catalogue(language()).ugettext(message))  # noqa: S704
    return said % values if values else said


def counted_on_page(singular: str, plural: str, num: int, **values: Any) -> Markup:
    return Markup(catalogue(language()).ungettext(singular, plural, num)) % {"num": num, **values}  # noqa: S704


def choose_from_browser() -> None:
    use(request.accept_languages.best_match(list(LANGUAGES)) or "en")


def is_asked_for() -> bool:
    """Whether the browser asks for a language that the portal speaks."""
    return request.accept_languages.best_match(list(LANGUAGES)) is not None


def init_app(app: Flask) -> None:
    app.before_request(choose_from_browser)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.newstyle_gettext = True  # type: ignore[attr-defined]
    app.jinja_env.globals.update(_=on_page, gettext=on_page, ngettext=counted_on_page)
    app.context_processor(lambda: {"language": language(), "direction": direction(), "languages": LANGUAGES})
