"""Five words that a phone can type and nobody can guess."""

from math import log2

import pytest

from portal.vault import ENTROPY, five_words
from portal.vault.words import LEAST, UnfitList, fit, word_list


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_list_is_as_long_as_its_entropy_claims(language):
    assert 5 * log2(len(word_list(language))) >= ENTROPY >= 51


@pytest.mark.parametrize("language", ["en", "es"])
def test_five_words_come_from_the_list(language):
    words = five_words(language).split(" ")
    assert len(words) == 5
    assert set(words) <= set(word_list(language))


def test_each_word_is_chosen_from_the_whole_list():
    asked = []
    five_words("en", choose=lambda words: asked.append(len(words)) or words[0])
    assert asked == [len(word_list("en"))] * 5


def test_a_short_list_is_refused():
    with pytest.raises(UnfitList, match="fewer"):
        fit(["otter", "willow"])


def test_a_word_that_stands_there_twice_is_refused():
    with pytest.raises(UnfitList, match="twice"):
        fit(["otter"] * LEAST)


@pytest.mark.parametrize("word", ["watermelon", "año", "ox", "Otter", "o'clock"])
def test_a_word_that_is_hard_to_type_is_refused(word):
    with pytest.raises(UnfitList, match="letters"):
        fit([*word_list("en"), word])
