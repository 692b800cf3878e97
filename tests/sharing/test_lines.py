from hypothesis import given
from hypothesis import strategies as st

from portal.sharing.lines import BEGINNING, BEGINNING_LENGTH, beginning, is_verse
from portal.web.typed import stanzas


def test_a_poem_is_told_from_a_letter_by_its_lines():
    assert is_verse("The kettle is the first of us to speak.\nIt says what it said yesterday:")
    assert not is_verse(
        "The corridor had been painted the green of old soap, and I counted doors because doors can be."
    )


@given(st.text(max_size=600))
def test_a_beginning_is_short_and_begins_the_text(text):
    shown = beginning(text)
    assert len(shown) <= BEGINNING
    assert sum(map(len, shown)) <= BEGINNING_LENGTH + 1
    first = next(iter(stanzas(text)), [])
    assert all(line.startswith(part.removesuffix("…")) for part, line in zip(shown, first, strict=False))


def test_a_long_line_is_cut_at_a_word():
    assert beginning("word " * 60)[0].endswith("word…")
