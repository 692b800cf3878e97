"""The invented neighborhood as it stands in its files, and made larger."""

import io
from collections import Counter

import pytest
from PIL import Image

from portal.circles.seats import SEATS
from portal.demo.crowd import EACH, enlarged
from portal.demo.drawing import MOTIFS, draw
from portal.demo.neighborhood import LANGUAGES, neighborhood
from portal.media.pictures import clean

both = pytest.mark.parametrize("language", LANGUAGES)


def shape(told):
    """What happened, without a word of how it is told."""
    return [
        (
            [(sitter.after, [one.name for one in told.people].index(sitter.who)) for sitter in table.people],
            [(piece.weeks_ago, piece.picture, piece.seed, piece.only_me) for piece in table.works],
            (table.seats, table.weekday, table.at, table.weeks, table.held, table.skipped, table.passed),
            sorted(table.plans),
        )
        for table in told.tables
    ]


def test_both_languages_tell_of_the_same_months():
    english, spanish = map(neighborhood, LANGUAGES)
    assert shape(english) == shape(spanish)
    assert set(english.crowd.pictures) == set(spanish.crowd.pictures) == set(MOTIFS)


@both
def test_a_dozen_people_live_there_one_of_whom_runs_the_portal_and_one_may_begin_a_table_and_has_none(language):
    told = neighborhood(language)
    seated = {sitter.who for table in told.tables for sitter in table.people}
    others = [one for one in told.people if one.name not in seated]
    assert len(told.people) == len({one.name for one in told.people}) == 12
    assert sorted((one.steward, one.may_begin) for one in others) == [(False, True), (True, False)]


@both
def test_who_makes_something_sits_at_that_table_and_who_begins_one_may(language):
    told = neighborhood(language)
    may = {one.name for one in told.people if one.may_begin}
    for table in told.tables:
        assert table.people[0].who in may
        assert table.seats in SEATS
        assert {piece.by for piece in table.works} <= {sitter.who for sitter in table.people}


@both
def test_every_picture_has_words_for_who_cannot_see_it(language):
    told = neighborhood(language)
    pictures = [piece for table in told.tables for piece in table.works if piece.picture]
    assert {piece.picture for piece in pictures} == set(MOTIFS)
    assert all(piece.alt.endswith(".") for piece in pictures)


@both
def test_what_they_wrote_keeps_to_the_voice_of_the_house(language):
    told = neighborhood(language)
    texts = [piece.title + piece.text + piece.alt for table in told.tables for piece in table.works]
    assert not [text for text in [*texts, *told.crowd.lines, *told.crowd.titles] if set(text) & set("!\"'#")]


@both
def test_a_large_neighborhood_has_as_many_tables_and_works_as_asked(language):
    told = enlarged(neighborhood(language), tables=9, works=40)
    assert len(told.tables) == 9
    assert len(told.tables[0].works) == 40
    assert len({one.name for one in told.people}) == len(told.people)
    for table in told.tables:
        assert len(table.people) == len({sitter.who for sitter in table.people}) <= table.seats


def test_nobody_sits_at_many_tables_however_large_the_neighborhood():
    told = enlarged(neighborhood("en"), tables=100, works=0)
    sits = Counter(sitter.who for table in told.tables for sitter in table.people)
    assert max(sits.values()) <= EACH
    assert len({table.name for table in told.tables}) == 100


def test_a_neighborhood_is_enlarged_in_the_same_way_every_time():
    small = neighborhood("en")
    assert enlarged(small, 12, 60) == enlarged(small, 12, 60)


@pytest.mark.parametrize("motif", MOTIFS)
def test_a_picture_is_the_same_for_a_seed_and_another_for_another_one(motif):
    assert draw(motif, 1) == draw(motif, 1) != draw(motif, 2)


@pytest.mark.parametrize("motif", MOTIFS)
def test_a_picture_passes_for_one_from_a_phone(motif):
    cleaned = clean(draw(motif, 3))
    with Image.open(io.BytesIO(cleaned.large)) as image:
        assert image.size == cleaned.large_size == (1000, 750)
