from hypothesis import given
from hypothesis import strategies as st

from portal.web.typed import stanzas

LINE = st.text(st.characters(exclude_characters="\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), min_size=1, max_size=120)
LINE = LINE.filter(lambda line: line == line.rstrip() and line.strip())


@given(st.lists(st.lists(LINE, min_size=1, max_size=4), min_size=1, max_size=4), st.sampled_from(["\n", "\r\n", "\r"]))
def test_no_line_is_lost_or_joined(poem, end):
    assert stanzas((end * 2).join(end.join(stanza) for stanza in poem)) == poem


def test_several_blank_lines_part_two_stanzas_only_once():
    assert stanzas("\n\none\n \n\n\ntwo\n") == [["one"], ["two"]]


def test_indented_lines_keep_their_place():
    assert stanzas("one\n    two") == [["one", "    two"]]
