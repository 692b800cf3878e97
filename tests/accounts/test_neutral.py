import pytest

from portal.accounts.neutral import telling_word


@pytest.mark.parametrize(
    "name", ["Elm Street", "Under the Heather", "Healy Road 12", "Calle del Olmo", "Salvador", "Violet Court", ""]
)
def test_a_street_or_a_tree_says_nothing(name):
    assert telling_word(name) is None


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("Elm Street Healing", "Healing"),
        ("The CIRCLES of Elm Street", "CIRCLES"),
        ("Grieving-together", "Grieving"),
        ("Círculo del barrio", "Círculo"),
        ("Casa de la Sanación", "Sanación"),
        ("A night about abuse", "abuse"),
        ("Sin violencia", "violencia"),
    ],
)
def test_a_name_that_tells_is_noticed_in_both_languages(name, word):
    assert telling_word(name) == word
