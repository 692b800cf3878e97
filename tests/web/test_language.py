"""Spanish is complete: every message of the code and the templates, with the same blanks to fill."""

import re

import pytest

from portal.locale import TRANSLATED, compiled, each, found, missing, po, written
from portal.web import language

BLANK = re.compile(r"%\((\w+)\)s")


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_message_is_translated(code):
    assert missing(written(code)) == []
    assert not [said.id for said in written(code) if said.id and said.fuzzy]


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_catalogue_holds_what_is_said_and_nothing_else(code):
    """If this fails, run `python -m portal.locale` and translate what is new."""
    said = {message.id for message in found() if message.id}
    kept = {message.id for message in written(code) if message.id}
    assert said - kept == set()
    assert kept - said == set()


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_compiled_catalogue_is_the_written_one(code):
    assert po(code).with_suffix(".mo").read_bytes() == compiled(written(code))


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_fills_the_same_blanks(code):
    for message in written(code):
        asked = set(BLANK.findall(" ".join(each(message.id))))
        for form in each(message.string):
            extra = set(BLANK.findall(form or "")) - asked
            assert not extra, message.id
            assert asked - {"num"} <= set(BLANK.findall(form or "")) | {"num"}, message.id


def test_an_unknown_language_is_english():
    language.use("tlh")
    assert language.language() == "en"
    assert language._("Help") == "Help"


def test_the_language_is_the_browsers_before_anyone_signs_in(nobody):
    assert 'lang="es"' in nobody.get("/enter", headers={"Accept-Language": "es-MX,es;q=0.9"}).text
    assert 'lang="en"' in nobody.get("/enter", headers={"Accept-Language": "fr"}).text


def test_the_language_is_the_persons_once_signed_in(ana):
    assert 'lang="en"' in ana.get("/me", headers={"Accept-Language": "es"}).text
