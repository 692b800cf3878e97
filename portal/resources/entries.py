"""The help entries as people write them: one file for each place, read by one checked schema.

`us-ca-los-angeles.yaml` is the example. No source, no entry. What a line does is said as far as its source shows it.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from portal.errors import Unfit
from portal.resources.pack import (
    ALWAYS,
    COSTS,
    KINDS,
    LANGUAGES,
    MOST_ENTRIES,
    PRESS,
    PROMISES,
    SENDS,
    SPOKEN,
    UNDATED,
    UNSAID,
    Entry,
    Pack,
    Reach,
    Source,
    Words,
    everything,
    first_day,
)
from portal.resources.shelf import SHIPPED
from portal.web.sheets import Part, understand_strictly

NUMBER = re.compile(r"(?=.{1,20}$)[0-9]+(-[0-9]+)*")
ADDRESS = re.compile(
    r"https?://[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{1,5})?([/?#][!#-;=?-\[\]_a-z~]*)?", re.IGNORECASE
)  # no quotes, brackets or bars: it stands in a link, and in a cell beside others
AGE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
LONGEST = 600  # characters of any words: a help page is read in haste
REACHED_BY = ("phone", "text", "chat", "web", "go")


def entries(places: Iterable[str], *folders: Path) -> tuple[Pack, ...]:
    """The packs of `places`, in that order; a later folder wins. Raises Unfit with file and line."""
    return together([pack(file_of(place, folders or (SHIPPED,))) for place in places])


def together(packs: Iterable[Pack], files: Mapping[str, Path] | None = None) -> tuple[Pack, ...]:
    """The packs, once it is sure that no two of them use a key. Raises Unfit."""
    packs = tuple(packs)
    seen: dict[str, str] = {}
    for entry in everything(packs):
        if entry.key in seen:
            path = (files or {}).get(entry.place, Path(f"{entry.place}.yaml"))
            raise Unfit(path, 1, f"“{entry.key}” also stands in {seen[entry.key]}.yaml. Rename one of them.")
        seen[entry.key] = entry.place
    return packs


def file_of(place: str, folders: tuple[Path, ...]) -> Path:
    """Raises Unfit where no folder has it."""
    found = [folder / f"{place}.yaml" for folder in folders if (folder / f"{place}.yaml").is_file()]
    if not found:
        known = sorted({path.stem for folder in folders for path in folder.glob("*.yaml")})
        raise Unfit(folders[-1] / f"{place}.yaml", 1, f"there is no such place. Known: {', '.join(known)}.")
    return found[-1]


def pack(path: Path) -> Pack:
    """Raises Unfit at the first fault."""
    try:
        sent = path.read_bytes()
    except OSError as error:
        raise Unfit(path, 1, f"this can’t be read ({error.strerror}).") from error
    found, faults = try_pack(understand_strictly(path, sent))
    if faults:
        raise faults[0]
    return found


def try_pack(sheet: Part) -> tuple[Pack, list[Unfit]]:
    """The pack as far as it can be read, and each fault in it. Raises Unfit where no list can be made out."""
    fields = sheet.fields({"place", "entries"})
    made: dict[str, Entry] = {}
    faults: list[Unfit] = []
    parts = fields["entries"].parts()
    if len(parts) > MOST_ENTRIES:
        raise parts[MOST_ENTRIES].unfit(f"{MOST_ENTRIES} lines are the most for one list.")
    for part in parts:
        try:
            entry = entry_of(part)
            refuse_stray(entry, part, made)
        except Unfit as fault:
            faults.append(fault)
        else:
            made[entry.key] = entry
    return Pack(sheet.path.stem, words(fields["place"]), tuple(made.values())), faults


def refuse_stray(entry: Entry, part: Part, made: Mapping[str, Entry]) -> None:
    if entry.key in made:
        raise part.unfit(f"“{entry.key}” stands here twice.")
    if entry.place != part.path.stem:
        raise part.unfit(f"“{entry.key}” says place {entry.place}, but stands in {part.path.name}.")


def entry_of(part: Part) -> Entry:
    fields = part.fields(
        {"key", "name", "for", "reach", "when", "sends", "source"}, {"note", "sends_note", "own_words", "reports"}
    )
    when = fields["when"].fields({"place", "kinds", "hours", "languages", "cost"})
    return Entry(
        key=fields["key"].key(),
        name=words(fields["name"]),
        for_whom=words(fields["for"]),
        reach=reach(fields["reach"]),
        place=when["place"].key(),
        kinds=kinds(when["kinds"]),
        hours=hours(when["hours"]),
        languages=when["languages"].some_of(SPOKEN),
        cost=when["cost"].one_of(COSTS),
        sends=sends(fields),
        own_words=plain(fields["own_words"]) if "own_words" in fields else "",
        sends_note=maybe(fields.get("sends_note")),
        reports=maybe(fields.get("reports")),
        note=maybe(fields.get("note")),
        sources=sources(fields["source"]),
    )


def words(part: Part) -> Words:
    if isinstance(part.value, dict) and any(
        name not in LANGUAGES and not one.value for name, one in part.value.items()
    ):
        raise part.unfit("words that hold a comma need quotation marks around them.")  # else YAML parts them there
    return {language: plain(text) for language, text in part.fields(LANGUAGES).items()}


def plain(part: Part) -> str:
    """Words on one line. A character that nobody can see could turn a number around."""
    said = " ".join(part.text().split())
    if not said.isprintable():
        raise part.unfit("there is a character in it that can’t be seen. Type the words again, by hand.")
    if len(said) > LONGEST:
        raise part.unfit(f"these are {len(said)} characters; {LONGEST} is the most.")
    return said


def maybe(part: Part | None) -> Words | None:
    return words(part) if part else None


def hours(part: Part) -> Words | None:
    if part.value == ALWAYS:
        return None
    return {} if part.value == UNSAID else words(part)


def kinds(part: Part) -> tuple[str, ...]:
    found = part.some_of(KINDS)
    if not found:
        raise part.unfit("at least one kind is needed.")
    return found


def sends(fields: dict[str, Part]) -> str:
    """Whether police or emergency teams are sent. A promise not to needs the line's own words, kept beside it."""
    answer = fields["sends"].one_of(SENDS)
    if answer in PROMISES and "own_words" not in fields:
        raise fields["sends"].unfit(f"“{answer}” needs the line’s own words, in own_words.")
    return answer


def reach(part: Part) -> Reach:
    fields = part.fields((), {"phone", "tty", "text", "text_en", "text_es", "press", "chat", "web", "go"})
    if not fields.keys() & set(REACHED_BY):
        raise part.unfit("a phone, a text number, a web address or a place to go is needed.")
    to_text = {name[-2:]: plain(fields[name]) for name in ("text_en", "text_es") if name in fields}
    if to_text and "text" not in fields:
        raise part.unfit("a word to text needs the number it is sent to, in text.")
    press = fields["press"].fields((), PRESS) if "press" in fields else {}
    return Reach(
        **{name: number(fields[name]) for name in ("phone", "tty", "text") if name in fields},
        **{name: address(fields[name]) for name in ("chat", "web") if name in fields},
        text_word=to_text or None,
        press=tuple((whom, key.whole(0, 9)) for whom, key in press.items()),
        go=maybe(fields.get("go")),
    )


def number(part: Part) -> str:
    """A number as people write it. In quotation marks, or YAML reads 0800 as something else."""
    if not NUMBER.fullmatch(part.text()):
        raise part.unfit(f"“{part.value}” is no number to call: {written_so(part.text())}")
    return part.text()


def written_so(number: str) -> str:
    """What to put in place of a number that people write in another way, such as with brackets and spaces."""
    meant = "-".join(re.findall("[0-9]+", number))
    return f"write {meant}." if NUMBER.fullmatch(meant) else "digits and single hyphens only."


def address(part: Part) -> str:
    """A whole web address. Nothing else may become a link: some addresses run what stands in them."""
    if not ADDRESS.fullmatch(part.text()) or len(part.text()) > LONGEST:
        raise part.unfit(f"“{part.text()[:100]}” is no address: it begins with https:// or http:// and names a site.")
    return part.text()


def sources(part: Part) -> tuple[Source, ...]:
    found = tuple(source(one) for one in (part.parts() if isinstance(part.value, list) else [part]))
    if not found:
        raise part.unfit("no source, no entry.")
    return found


def source(part: Part) -> Source:
    if not part.value:
        raise part.unfit("no source, no entry.")
    fields = part.fields(("url", "date"))
    url, said = address(fields["url"]), fields["date"].text()
    if said != UNDATED and not is_age(said):
        raise fields["date"].unfit(f'“{said[:40]}” is no date such as "2025-01" in quotation marks, nor {UNDATED}.')
    return Source(url, said)


def is_age(said: str) -> bool:
    if not AGE.fullmatch(said):
        return False
    try:
        return bool(first_day(said))
    except ValueError:
        return False
