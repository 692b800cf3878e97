"""The help entries: the shipped ones are whole and sourced, and a broken file is named by line."""

from pathlib import Path
from textwrap import dedent, indent

import pytest

from portal.errors import Unfit
from portal.resources import shelf
from portal.resources.entries import entries
from portal.resources.pack import KINDS, UNDATED, Entry, everything
from portal.resources.sections import arranged

SHIPPED = shelf.names(shelf.SHIPPED)

LINE = """\
key: a-line
name: {en: A line, es: Una línea}
for: {en: Anyone, es: Cualquiera}
reach: {phone: "555-0100"}
when: {place: here, kinds: [crisis], hours: always, languages: [en], cost: free}
sends: unknown
source: {url: "https://line.example", date: "2026-01"}
"""


def write(folder: Path, *lines: str, place: str = "here") -> Path:
    text = "place: {en: Here, es: Aquí}\nentries:\n"
    for line in lines:
        text += "- " + indent(dedent(line), "  ").lstrip()
    path = folder / f"{place}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def shipped() -> list[Entry]:
    return list(everything(entries(SHIPPED)))


def test_every_shipped_entry_has_a_source_with_its_own_date():
    assert shipped()
    assert all(source.date for entry in shipped() for source in entry.sources)


def test_no_entry_promises_that_nobody_is_sent_without_the_words_of_the_line(tmp_path):
    write(tmp_path, LINE.replace("sends: unknown", "sends: never"))
    with pytest.raises(Unfit, match=r"here\.yaml, line 8: .*own words"):
        entries(["here"], tmp_path)
    write(tmp_path, LINE.replace("sends: unknown", "sends: never\nown_words: We never call the police."))
    assert next(everything(entries(["here"], tmp_path))).sends == "never"


def test_nothing_shipped_says_that_we_checked_it():
    for path in shelf.SHIPPED.glob("*.yaml"):
        assert "checked" not in path.read_text(encoding="utf-8").lower()


def test_an_option_that_ended_is_not_listed():
    lifeline = next(entry for entry in shipped() if entry.key == "lifeline-988")
    assert dict(lifeline.reach.press) == {"es": 2, "veterans": 1}


def test_the_first_thing_shipped_is_the_number_for_minutes_that_count():
    groups = arranged(entries(SHIPPED))
    assert list(groups) == ["now", "tonight", "morning"]
    assert groups["now"][0].entries[0].reach.phone == "911"


def test_every_kind_of_help_has_a_line():
    """Those of the issue and no other: a kind that nobody can be found under is no promise to make."""
    assert {kind for entry in shipped() for kind in entry.kinds} == set(KINDS)


@pytest.mark.parametrize(
    "key",
    [
        "grief-support",
        "childhelp",
        "child-protection",
        "adult-protection",
        "runaway-safeline",
        "veterans-crisis-line",
        "prison-families",
    ],
)
def test_what_lessons_name_stays_there(key):
    assert key in {entry.key for entry in shipped()}


def test_every_entry_stands_on_the_page_exactly_once():
    sections = [section for group in arranged(entries(SHIPPED)).values() for section in group]
    assert sorted(entry.key for section in sections for entry in section.entries) == sorted(e.key for e in shipped())
    assert [section.number for section in sections] == list(range(1, len(sections) + 1))


def test_who_looks_under_a_kind_is_told_of_what_stands_under_another():
    sections = [section for group in arranged(entries(SHIPPED)).values() for section in group]
    drugs = next(section for section in sections if section.kind == "treatment")
    assert "mobile-crisis" in {entry.key for entry, _elsewhere in drugs.also}
    for section in sections:
        for entry, elsewhere in section.also:
            assert entry in elsewhere.entries
            assert section.kind in entry.kinds


def test_an_entry_stands_under_the_most_urgent_of_its_kinds(tmp_path):
    write(tmp_path, LINE.replace("[crisis]", "[everyday, emergency]"))
    assert next(everything(entries(["here"], tmp_path))).group == "now"


def test_the_words_shown_fit_a_person_in_haste():
    for entry in shipped():
        for text in (entry.for_whom, entry.note, entry.sends_note, entry.reports):
            assert all(len(said) <= 190 for said in (text or {}).values()), entry.key


@pytest.mark.parametrize(
    ("was", "is_now", "says"),
    [
        ("for: {en: Anyone, es: Cualquiera}", "for: {en: Anyone}", r"line 5: “es” is missing"),
        ("for: {en: Anyone, es: Cualquiera}\n", "", r"line 3: “for” is missing"),
        ("sends: unknown", "sendz: unknown", r"line 8: “sendz” is not known here"),
        ("sends: unknown", "sends: maybe", r"line 8: “maybe” is not one of"),
        ('"555-0100"', "5550100", r"line 6: text is wanted here, not 5550100"),
        ('"555-0100"', '"call us"', r"line 6: “call us” is no number"),
        ("kinds: [crisis]", "kinds: []", r"line 7: at least one kind"),
        ("place: here", "place: there", r"line 3: .*place there, but stands in here\.yaml"),
        ('date: "2026-01"', "date: lately", r"line 9: “lately” is no date"),
        ('date: "2026-01"', 'date: "2026-13"', r"line 9: “2026-13” is no date"),
        ('date: "2026-01"', "date: 2026-13-40", r"line 9: this looks like a date or number, and is none"),
        ("https://line.example", "javascript:alert(1)//a.b", r"line 9: “javascript.*” is no address"),
        ("https://line.example", "https://line.example/<b>", r"line 9: “https.*” is no address"),
        ('reach: {phone: "555-0100"}', 'reach: {web: "data:text/html,x"}', r"line 6: “data.*” is no address"),
        ('reach: {phone: "555-0100"}', "reach: {}", r"line 6: a phone, a text number, a web address or a place"),
        ("{en: Anyone, es: Cualquiera}", '{en: "Any\\u202Eone", es: Cualquiera}', r"line 5: .*can’t be seen"),
        ("{en: Anyone, es: Cualquiera}", "{en: &a Anyone, es: *a}", r"line 5: an alias"),
        ("[crisis]", "[" * 40 + "]" * 40, r"line 7: there is too much in here"),
        ("{en: Anyone, es: Cualquiera}", "{en: Anyone, near, es: A}", r"line 5: words that hold a comma"),
        ("sends: unknown", "? [a]\n: b", r"line 8: a name is wanted here"),
        ("sends: unknown", "sends: !!python/name:os.system x", r"line 8: this is not YAML"),
        ("https://line.example", "line.example", r"line 9: “line.example” is no address"),
        ('{url: "https://line.example", date: "2026-01"}', "[]", r"line 9: no source, no entry"),
        ("key: a-line", "key: A line", r"line 3: “A line” is no key"),
        ("sends: unknown", "sends: [", r"line \d+: this is not YAML"),
        ("sends: unknown", "key: a-line", r"line 8: “key” stands here twice"),
    ],
)  # fmt: skip
def test_a_broken_entry_is_named_by_file_line_and_fault(tmp_path, was, is_now, says):
    assert was in LINE
    write(tmp_path, LINE.replace(was, is_now))
    with pytest.raises(Unfit, match=r"here\.yaml, " + says):
        entries(["here"], tmp_path)


def test_the_same_key_in_two_places_is_refused(tmp_path):
    write(tmp_path, LINE)
    write(tmp_path, LINE.replace("place: here", "place: there"), place="there")
    with pytest.raises(Unfit, match=r"“a-line” also stands in here\.yaml"):
        entries(["here", "there"], tmp_path)


def test_a_place_that_does_not_exist_is_named_with_those_that_do(tmp_path):
    write(tmp_path, LINE)
    with pytest.raises(Unfit, match=r"there is no such place. Known: here\."):
        entries(["nowhere"], tmp_path)


def test_an_undated_page_is_said_to_be_undated(tmp_path):
    write(tmp_path, LINE.replace('"2026-01"', UNDATED))
    assert next(everything(entries(["here"], tmp_path))).sources[0].date == UNDATED
