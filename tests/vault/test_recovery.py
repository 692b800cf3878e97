"""A recovery code survives paper and thumbs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.vault import recovery

codes = st.binary(min_size=recovery.BYTES, max_size=recovery.BYTES)


@given(codes)
def test_what_was_written_reads_back(code):
    assert recovery.read(recovery.written(code)) == code


@given(codes, st.data())
def test_case_spaces_and_lookalikes_are_forgiven(code, data):
    mistaken = {"0": "0Oo", "1": "1IiLl", "V": "VvUu"}
    typed = "".join(data.draw(st.sampled_from(mistaken.get(c, c + c.lower()))) for c in recovery.written(code))
    assert recovery.read(f" {typed.replace('-', data.draw(st.sampled_from(['', ' ', '-', ' - '])))}\n") == code


def test_a_code_is_eight_groups_without_letters_that_mislead():
    assert recovery.written(bytes(range(20))) == "000G-40R4-0M30-E209-185G-R38E-1W81-24GK"
    assert not set("ILOU") & set(recovery.CLEAR)


@pytest.mark.parametrize("typed", ["", "0000", "0" * 33, "é" * 32, "0000-0000-0000-0000-0000-0000-0000-000!"])
def test_what_is_no_code_reads_as_none(typed):
    assert recovery.read(typed) is None


def test_the_check_and_the_key_of_a_code_say_nothing_about_each_other():
    code = recovery.new_code()
    assert len(code) * 8 == 160
    assert len({code, recovery.check(code), recovery.wrapping_key(code)}) == 3
