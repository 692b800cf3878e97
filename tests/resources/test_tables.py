"""Lists as files: what is written says the same when it is read, and nothing that a stranger sends does harm."""

import csv
import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.resources import shelf
from portal.resources.entries import pack
from portal.resources.pack import Pack
from portal.resources.received import Received, received
from portal.resources.tables import COLUMNS, FORMULA, as_csv, as_yaml, guarded, unguarded
from tests.resources.lists_for_tests import GOOD, ROW, packs

SHIPPED = shelf.names(shelf.SHIPPED)


def whole(sent: str | bytes) -> Pack:
    found = received(sent.encode() if isinstance(sent, str) else sent)
    assert found.faults == ()
    assert found.pack is not None
    return found.pack


def said(found: Received) -> list[tuple[int, str]]:
    return [(fault.line, fault.wrong) for fault in found.faults]


@settings(max_examples=30)
@given(packs())
def test_a_list_written_as_yaml_and_read_again_is_the_same(found):
    assert whole(as_yaml(found)) == found


@settings(max_examples=30)
@given(packs())
def test_a_list_written_as_a_table_and_read_again_is_the_same(found):
    assert whole(as_csv(found)) == found


@pytest.mark.parametrize("place", SHIPPED)
@pytest.mark.parametrize("write", [as_yaml, as_csv])
def test_what_we_ship_survives_both_ways(place, write):
    shipped = pack(shelf.SHIPPED / f"{place}.yaml")
    assert whole(write(shipped)) == shipped


def test_a_table_and_the_same_list_in_yaml_say_the_same():
    assert whole(GOOD) == whole(ROW)


@settings(max_examples=20)
@given(packs())
def test_no_cell_of_a_table_is_taken_for_a_formula(found):
    for row in csv.reader(io.StringIO(as_csv(found).removeprefix("\ufeff"), newline="")):
        assert all(cell[:1] not in FORMULA - {"'"} for cell in row)


@given(st.text())
def test_the_guard_before_a_cell_comes_off_again(cell):
    assert unguarded(guarded(cell)) == cell
    assert guarded(cell)[:1] not in FORMULA - {"'"}


@pytest.mark.parametrize("made", [lambda row: row.replace(",", ";"), lambda row: row.replace(",", "\t")])
def test_table_programs_of_other_countries_part_their_cells_otherwise(made):
    assert whole(made(ROW)) == whole(ROW)


@pytest.mark.parametrize("text", [GOOD, ROW])
def test_a_byte_order_mark_and_the_ends_of_lines_of_windows_are_taken(text):
    assert whole(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()) == whole(text)


def test_each_bad_row_is_named_by_its_line_with_what_to_do():
    rows = ROW.splitlines()
    bad = rows[1].replace(",soup,", ",bread,").replace("555-0100", "call us")
    worse = rows[1].replace(",soup,", ",tea,").replace("https://", "javascript:")
    twice = rows[1]
    found = received("\n".join([*rows, bad, worse, twice, rows[1] + ",more"]).encode())
    assert said(found) == [
        (3, "phone: “call us” is no number to call: digits and single hyphens only."),
        (4, "sources: “javascript:soup.example” is no address: it begins with https:// or http:// and names a site."),
        (5, "“soup” stands here twice."),
        (6, "this row has 16 cells, and there are 15 columns."),
    ]


@pytest.mark.parametrize(
    ("good", "bad", "says"),
    [
        ("555-0100", "(213) 555-0199", "phone: “(213) 555-0199” is no number to call: write 213-555-0199."),
        (",free,", ",,", "“cost” is missing."),
        (",free,", ",cheap,", "cost: “cheap” is not one of: free, plan, bill, unsaid."),
        ("https://soup.example 2026-10", "", "sources: no source, no entry."),
        ("https://soup.example 2026-10", "https://soup.example", "sources: “date” is missing."),
        (",everyday,", ",homeless,", "kinds: “homeless” is not one of: "),
    ],
)
def test_what_is_wrong_in_a_table_names_its_column(good, bad, says):
    assert good in ROW
    ((_line, wrong),) = said(received(ROW.replace(good, bad).encode()))
    assert wrong.startswith(says)


def test_the_line_is_right_after_a_cell_of_several_lines():
    head, row = ROW.splitlines()
    spread = row.replace("Anyone hungry.", '"Anyone\nhungry."')
    found = received("\n".join([head, spread, row.replace(",soup,", ",x,").replace("free", "cheap")]).encode())
    assert [line for line, _wrong in said(found)] == [4]


def test_all_bad_entries_of_a_yaml_list_are_named_not_only_the_first():
    bad = GOOD.partition("entries:\n")[2].replace("soup", "tea").replace("free", "cheap")
    worse = GOOD.partition("entries:\n")[2].replace("soup", "tea-2").replace("[everyday]", "[]")
    found = received((GOOD + bad + worse).encode())
    assert [line for line, _wrong in said(found)] == [14, 21]


@pytest.mark.parametrize(
    ("sent", "line", "says"),
    [
        (b"", 1, "there is nothing here"),
        (b"hello", 1, "a mapping|no list of help"),
        (b"entries: 3", 1, "no list of help"),
        (b"place: {en: A, es: B}\nentries: []", 2, "no list of help"),
        (b"\xff\xfe" + GOOD.encode("utf-16-le"), 1, "not UTF-8"),
        ("é".encode("latin-1") + b": 1", 1, "not UTF-8"),
        (b"a: 1\nb: \0", 2, "this is no text"),
        (b"a: &x [1]\nb: [*x, *x]", 2, "an alias"),
        (b"[" * 100_000, 1, "too much in here"),
        (b"- " * 50 + b"a", 1, "too much in here"),
        (b"a: b: c", 1, "this is not YAML"),
        (b"a: \x07", 1, "this is not YAML: .*character"),
        (b"!!python/object/apply:os.system [ls]", 1, "no list of help|not YAML"),
        ((ROW.partition("\n")[0] + "\nx" * 1001).encode(), 1002, "1000 lines are the most"),
        (b"place: {en: A, es: B}\nentries:\n- when: {place: elm}\n" + b"- 1\n" * 1000, 1003, "1000 lines are the most"),
        (b"a: !!bool maybe", 1, "is none. Put it in quotation marks"),
        (b"a: !!timestamp soon", 1, "is none. Put it in quotation marks"),
        (b"a: !!int ''", 1, "is none. Put it in quotation marks"),
        (b"a: !!float ''", 1, "is none. Put it in quotation marks"),
        (b"a: 1" + b":1" * 40_000, 1, "a very long number"),
        (b"a: 0x" + b"f" * 40_000, 1, "a very long number"),
        (b"place,key\n", 1, "is missing"),
        (ROW.replace("sends", "sendz").encode(), 1, "“sendz” is no column. Known: place"),
        (ROW.replace("phone,", "phone,phone,").encode(), 1, "“phone” stands here twice"),
        (ROW.partition("\n")[0].encode(), 1, "no list of help"),
        (ROW.replace("\nelm-street", "\n../../etc").encode(), 2, "is no key"),
        (ROW.replace("\nelm-street", "\n" + "a" * 61).encode(), 2, "60 characters are the most"),
        (GOOD.replace("place: elm-street", "place: ../elm").encode(), 7, "is no key"),
        (ROW.encode() + b'"', 3, "can.t be read as CSV"),
    ],
)
def test_what_is_no_list_is_refused_with_a_line(sent, line, says):
    found = received(sent)
    assert found.pack is None or found.faults
    assert found.faults[0].line == line
    assert re.search(says, found.faults[0].wrong)


@settings(max_examples=60)
@given(st.binary() | st.text().map(str.encode))
def test_whatever_is_sent_is_answered(sent):
    found = received(sent)
    assert found.pack is None or found.pack.entries or found.faults


@settings(max_examples=60)
@given(st.sampled_from([GOOD, ROW]), st.data())
def test_a_list_that_was_cut_or_changed_anywhere_is_answered(text, data):
    sent = bytearray(text.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(sent) - 1))
        sent[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=6))
    received(bytes(sent))


def test_every_column_of_a_table_is_one_that_can_be_read():
    assert len(COLUMNS) == len(set(COLUMNS))
    assert as_csv(whole(GOOD)).removeprefix("\ufeff").splitlines()[0].split(",") == list(COLUMNS)
