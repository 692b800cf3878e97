"""Moments as people say them, and words as they were typed."""

from datetime import date, datetime

import pytest

from portal.web import filters, language


@pytest.fixture(autouse=True)
def english():
    language.use("en")
    yield
    language.use("en")


SIX_IN_CHICAGO = datetime(2026, 3, 7, 0, 0)


def test_a_moment_is_said_in_the_zone_asked_for():
    assert filters.day(SIX_IN_CHICAGO, "America/Chicago") == "Friday 6 March"
    assert filters.clock(SIX_IN_CHICAGO, "America/Chicago") == "18:00"
    assert filters.day(SIX_IN_CHICAGO, "Europe/Lisbon") == "Saturday 7 March"
    assert filters.clock(SIX_IN_CHICAGO, "Europe/Lisbon") == "00:00"


def test_a_day_is_said_in_the_language_of_the_page():
    language.use("es")
    assert filters.short_day(date(2026, 3, 6)) == "6 de marzo"
    assert "viernes" in filters.day(date(2026, 3, 6)).lower()
    assert filters.full_date(date(2026, 3, 6)) == "6 de marzo de 2026"


def test_lines_and_paragraphs_stay_and_nothing_is_markup():
    said = filters.paragraphs("One\nTwo\r\n\r\n<b>Three</b>\n")
    assert said == "<p>One<br>Two</p><p>&lt;b&gt;Three&lt;/b&gt;</p>"


def test_a_plan_is_parted_as_a_piece_of_writing_is():
    said = filters.paragraphs("One\rTwo\n \t\n\n\nThree & four\n\n")
    assert said == "<p>One<br>Two</p><p>Three &amp; four</p>"


def test_a_zone_is_said_by_its_city():
    assert filters.city("America/Mexico_City") == "Mexico City"
    assert filters.city("America/Montreal") == "Montreal"
    language.use("es")
    assert filters.city("America/Mexico_City") == "Ciudad de México"


def test_names_in_a_row_are_joined_as_one_says_them():
    assert filters.listed(["Ana", "Idris"]) == "Ana and Idris"
    language.use("es")
    assert filters.listed(["Ana", "Bo"]) == "Ana y Bo"
    assert filters.listed(["Ana", "Bo", "Idris"]) == "Ana, Bo e Idris"
    assert filters.listed(["Ana", "Ian"]) == "Ana y Ian"
    assert filters.listed(["Inés"]) == "Inés"
