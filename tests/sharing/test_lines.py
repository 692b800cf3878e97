from hypothesis import given
from hypothesis import strategies as st

from portal.sharing.lines import BEGINNING, BEGINNING_LENGTH, beginning, is_verse, stanzas

LINE = st.text(st.characters(exclude_characters="\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), min_size=1, max_size=120)
LINE = LINE.filter(lambda line: line == line.rstrip() and line.strip())


@given(st.lists(st.lists(LINE, min_size=1, max_size=4), min_size=1, max_size=4), st.sampled_from(["\n", "\r\n", "\r"]))
def test_no_line_is_lost_or_joined(poem, end):
    assert stanzas((end * 2).join(end.join(stanza) for stanza in poem)) == poem


def test_several_blank_lines_part_two_stanzas_only_once():
    assert stanzas("\n\none\n \n\n\ntwo\n") == [["one"], ["two"]]


def test_indented_lines_keep_their_place():
    assert stanzas("one\n    two") == [["one", "    two"]]


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
