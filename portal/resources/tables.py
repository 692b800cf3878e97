"""A list of help as a file for others: YAML to read and edit, CSV for whoever works in a table."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.errors import Unfit
from portal.resources.pack import ALWAYS, LANGUAGES, MOST_ENTRIES, UNSAID, Entry, Pack, Words
from portal.web.sheets import Part, decoded, dumped, understand_strictly

REACHED = ("phone", "tty", "text", "text_en", "text_es", "chat", "web")
WHO = ("place", "place_en", "place_es", "key", "name_en", "name_es", "for_en", "for_es")
NEEDED = (*WHO, "kinds", "hours", "languages", "cost", "sends", "sources")
COLUMNS = (
    *WHO,
    *(*REACHED, "press", "go_en", "go_es", "kinds", "hours", "hours_en", "hours_es", "languages", "cost"),
    *("note_en", "note_es", "sends", "own_words", "sends_note_en", "sends_note_es", "reports_en", "reports_es"),
    "sources",
)

FORMULA = frozenset("=+-@\t\r'＝＋－＠")  # a table program reckons with a cell that begins so
BETWEEN = re.compile(r"[\s,;]+")
NO_LIST = "this is no list of help. Look at how one of ours is written: each can be taken along as a file."
LONGEST_PLACE = 60  # characters of a file's name


@dataclass(frozen=True)
class Cell(Part):
    """A part that stands in a table: what is wrong with it names its column, since a row has thirty."""

    column: str

    def unfit(self, wrong: str) -> Unfit:
        return super().unfit(f"{self.column}: {wrong}")


def as_yaml(pack: Pack) -> str:
    return dumped({"place": pack.name, "entries": [mapping(entry) for entry in pack.entries]})


def mapping(entry: Entry) -> dict[str, Any]:
    """The entry as `entries.py` reads it."""
    when = {"place": entry.place, "kinds": list(entry.kinds), "hours": hours(entry)}
    return present(
        {
            "key": entry.key,
            "name": entry.name,
            "for": entry.for_whom,
            "reach": reach(entry),
            "when": {**when, "languages": list(entry.languages), "cost": entry.cost},
            "note": entry.note,
            "sends": entry.sends,
            "own_words": entry.own_words,
            "sends_note": entry.sends_note,
            "reports": entry.reports,
            "source": [{"url": source.url, "date": source.date} for source in entry.sources],
        }
    )


def present(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}


def hours(entry: Entry) -> Words | str:
    return ALWAYS if entry.hours is None else entry.hours or UNSAID


def reach(entry: Entry) -> dict[str, Any]:
    found = entry.reach
    texts = {f"text_{language}": word for language, word in (found.text_word or {}).items()}
    plain = {"phone": found.phone, "tty": found.tty, "text": found.text, **texts, "press": dict(found.press)}
    return present({**plain, "chat": found.chat, "web": found.web, "go": found.go})


def as_csv(pack: Pack) -> str:
    """With the mark at its start by which table programs know UTF-8."""
    made = io.StringIO(newline="")
    written = csv.DictWriter(made, COLUMNS, restval="", lineterminator="\r\n")
    written.writeheader()
    for entry in pack.entries:
        written.writerow({name: guarded(cell) for name, cell in cells(pack, entry).items()})
    return "\ufeff" + made.getvalue()


def cells(pack: Pack, entry: Entry) -> dict[str, str]:
    said = hours(entry)
    sayings = {"place": pack.name, "name": entry.name, "for": entry.for_whom, "go": entry.reach.go}
    sayings |= {"note": entry.note, "sends_note": entry.sends_note, "reports": entry.reports, "hours": entry.hours}
    return {
        **{f"{name}_{language}": text for name, words in sayings.items() for language, text in (words or {}).items()},
        **{name: value for name, value in reach(entry).items() if isinstance(value, str)},
        "press": " ".join(f"{whom}={key}" for whom, key in entry.reach.press),
        "place": entry.place,
        "key": entry.key,
        "kinds": " ".join(entry.kinds),
        "hours": said if isinstance(said, str) else "",
        "languages": " ".join(entry.languages),
        "cost": entry.cost,
        "sends": entry.sends,
        "own_words": entry.own_words,
        "sources": " | ".join(f"{source.url} {source.date}" for source in entry.sources),
    }


def guarded(cell: str) -> str:
    """A cell that a table program would take for a formula gets an apostrophe before it."""
    return "'" + cell if cell[:1] in FORMULA and (cell[:1] != "'" or cell[1:2] in FORMULA) else cell


def unguarded(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA else cell


def sheet_of(sent: bytes) -> tuple[Part, list[Unfit]]:
    """What was sent, as `entries.py` reads it, and the rows that are none. Raises Unfit where it holds no list."""
    nameless = Path("list.yaml")
    text = decoded(nameless, sent).lstrip()
    if looks_like_csv(text):
        return csv_sheet(text)
    place = place_in(understand_strictly(nameless, sent))
    return understand_strictly(Path(f"{place}.yaml"), sent), []


def looks_like_csv(text: str) -> bool:
    """By its first line: names of columns, and at least two of them ours."""
    return len({name.strip('" ') for name in re.split("[,;\t]", text.partition("\n")[0].strip())} & {*COLUMNS}) > 1


def place_in(sheet: Part) -> str:
    """The code of the place, from the first entry. Raises Unfit."""
    at = sheet
    for step in ("entries", 0, "when", "place"):
        try:
            at = at.value[step]
        except (KeyError, IndexError, TypeError):
            raise at.unfit(NO_LIST) from None
    return place_of(at)


def place_of(part: Part) -> str:
    if len(part.key()) > LONGEST_PLACE:
        raise part.unfit(f"{LONGEST_PLACE} characters are the most for a place.")
    return part.key()


def csv_sheet(text: str) -> tuple[Part, list[Unfit]]:
    """One row, one entry. Raises Unfit."""
    found = [(line, row) for line, row in rows(text) if any(cell.strip() for cell in row)]
    names = header(found[0][1])
    if len(found) < 2:
        raise Unfit(Path("list.csv"), 1, NO_LIST)
    if len(found) > MOST_ENTRIES + 1:
        raise Unfit(Path("list.csv"), found[MOST_ENTRIES + 1][0], f"{MOST_ENTRIES} lines are the most for one list.")
    first = row_cells(Path("list.csv"), found[1][0], names, found[1][1])
    path = Path(f"{place_of(Part(Path('list.csv'), found[1][0], first.get('place', '')))}.yaml")
    parts, faults = [], []
    for line, row in found[1:]:
        try:
            parts.append(Row(path, line, row_cells(path, line, names, row)).entry())
        except Unfit as fault:
            faults.append(fault)
    name = Part(
        path, found[1][0], {code: Part(path, found[1][0], first.get(f"place_{code}", "")) for code in LANGUAGES}
    )
    return Part(path, 1, {"place": name, "entries": Part(path, 1, parts)}), faults


def rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line that it begins on. Raises Unfit."""
    first = text.partition("\n")[0]
    between = max(",;\t", key=first.count)  # table programs of Spanish speakers part cells by semicolons
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
    begins = 1
    try:
        for row in reader:
            yield begins, row
            begins = reader.line_num + 1
    except csv.Error as error:
        raise Unfit(Path("list.csv"), begins, f"this row can’t be read as CSV ({error}). Save it once more.") from error


def header(row: list[str]) -> list[str]:
    """The names of the columns. Raises Unfit."""
    names, path = [name.strip() for name in row], Path("list.csv")
    for name in names:
        if name not in COLUMNS:
            raise Unfit(path, 1, f"“{name[:40]}” is no column. Known: {', '.join(COLUMNS)}.")
        if names.count(name) > 1:
            raise Unfit(path, 1, f"the column “{name}” stands here twice.")
    for name in NEEDED:
        if name not in names:
            raise Unfit(path, 1, f"the column “{name}” is missing.")
    return names


def row_cells(path: Path, line: int, names: list[str], row: list[str]) -> dict[str, str]:
    """What the row says, without its empty cells. Raises Unfit."""
    if len(row) > len(names):
        raise Unfit(path, line, f"this row has {len(row)} cells, and there are {len(names)} columns.")
    found = {name: unguarded(cell.strip()) for name, cell in zip(names, row, strict=False)}
    return {name: cell for name, cell in found.items() if cell}


@dataclass(frozen=True)
class Row:
    """A row of a table, which is read as the mapping that stands for an entry in YAML."""

    path: Path
    line: int
    said: dict[str, str]  # by column, without what is empty

    def entry(self) -> Part:
        when = {**self.cells("place", "cost"), "kinds": self.several("kinds"), "languages": self.several("languages")}
        when["hours"] = self.cells("hours").get("hours") or self.saying("hours") or self.cell("hours", "")
        found: dict[str, Part | None] = {**self.cells("key", "sends", "own_words")}
        found |= {name: self.saying(name) for name in ("name", "for", "note", "sends_note", "reports")}
        found["reach"] = self.whole({**self.cells(*REACHED), **given(press=self.pressed(), go=self.saying("go"))})
        found["source"] = self.cell("sources", [self.source(one) for one in self.said.get("sources", "").split("|")])
        return self.whole(given(when=self.whole(when), **found))

    def whole(self, value: Any) -> Part:
        """What several columns say together."""
        return Part(self.path, self.line, value)

    def cell(self, column: str, value: Any) -> Part:
        return Cell(self.path, self.line, value, column)

    def cells(self, *columns: str) -> dict[str, Part]:
        return {name: self.cell(name, self.said[name]) for name in columns if name in self.said}

    def saying(self, name: str) -> Part | None:
        """What stands in a column for each language."""
        columns = {code: f"{name}_{code}" for code in LANGUAGES}
        found = {code: self.cell(column, self.said[column]) for code, column in columns.items() if column in self.said}
        return self.cell(name, found) if found else None

    def several(self, name: str) -> Part:
        return self.cell(name, [self.cell(name, word) for word in BETWEEN.split(self.said.get(name, "")) if word])

    def pressed(self) -> Part | None:
        """What “es=2 veterans=1” says."""
        if "press" not in self.said:
            return None
        pairs = [word.partition("=") for word in BETWEEN.split(self.said["press"])]
        keys = {whom: int(key) if re.fullmatch("[0-9]", key) else key for whom, _equals, key in pairs}
        return self.cell("press", {whom: self.cell("press", key) for whom, key in keys.items()})

    def source(self, one: str) -> Part:
        """What “https://line.example 2025-01” says."""
        url, _space, date = one.strip().partition(" ")
        said = {name: value.strip() for name, value in (("url", url), ("date", date)) if value.strip()}
        return self.cell("sources", {name: self.cell("sources", value) for name, value in said.items()} or "")


def given(**parts: Part | None) -> dict[str, Part]:
    return {name: part for name, part in parts.items() if part is not None}
