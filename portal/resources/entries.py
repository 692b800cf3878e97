"""The help entries: one YAML file for each place, read by one checked schema. `us-ca-los-angeles.yaml` is the example.

No source, no entry. What a line does is said only as far as its source shows it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from portal.web.sheets import Part, Unfit, read

PLACES = Path(__file__).parent / "places"
LANGUAGES = ("en", "es")

GROUPS = ("now", "tonight", "morning")
KINDS = {  # what a line is about, and how soon a person who looks for it needs it
    "emergency": "now",
    "poison": "now",
    "crisis": "tonight",
    "violence": "tonight",
    "sexual-harm": "tonight",
    "children": "tonight",
    "young": "tonight",
    "lgbtq": "tonight",
    "veterans": "tonight",
    "peers": "tonight",
    "elders": "morning",
    "grief": "morning",
    "illness": "morning",
    "clinic": "morning",
    "treatment": "morning",
    "meetings": "morning",
    "prison": "morning",
    "immigration": "morning",
    "spirit": "morning",
    "everyday": "morning",
}
SENDS = ("never", "only-with-yes", "may-without-yes", "unknown")  # police or emergency teams
COSTS = ("free", "plan", "bill", "unsaid")  # plan: free, but texts may cost what the phone plan charges
SPOKEN = ("en", "es", "interpreters", "asl")
PRESS = ("en", "es", "veterans")

NUMBER = re.compile(r"[0-9]+(-[0-9]+)*")
ADDRESS = re.compile(r"https?://[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{1,5})?([/?#][!-~]*)?", re.IGNORECASE)
AGE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
UNDATED = "page undated"

Words = dict[str, str]  # the same words by language


def site_of(address: str) -> str:
    return (urlsplit(address).hostname or "").removeprefix("www.")


@dataclass(frozen=True)
class Source:
    url: str
    date: str  # the source's own: 2025, 2025-01, 2025-01-24 or "page undated"

    @property
    def site(self) -> str:
        return site_of(self.url)


@dataclass(frozen=True)
class Reach:
    phone: str = ""
    tty: str = ""
    text: str = ""
    text_word: Words | None = None  # what to write in the message, by the language it brings
    press: tuple[tuple[str, int], ...] = ()  # whom a key leads to
    chat: str = ""  # the address of a page on which one writes with somebody
    web: str = ""  # the address of a page that leads on, such as a list of groups
    go: Words | None = None  # a place to go to instead of a number


@dataclass(frozen=True)
class Entry:
    key: str
    name: Words
    for_whom: Words
    reach: Reach
    place: str
    kinds: tuple[str, ...]
    hours: Words | None  # None: always; empty: no source says
    languages: tuple[str, ...]
    cost: str
    sends: str
    sends_note: Words | None
    reports: Words | None
    note: Words | None
    sources: tuple[Source, ...]

    @property
    def group(self) -> str:
        """How soon it may be needed: the most urgent of its kinds."""
        return min((KINDS[kind] for kind in self.kinds), key=GROUPS.index)


@dataclass(frozen=True)
class Pack:
    """All entries of one place."""

    place: str
    name: Words
    entries: tuple[Entry, ...]

    def by_group(self) -> list[tuple[str, list[Entry]]]:
        groups = ((group, [entry for entry in self.entries if entry.group == group]) for group in GROUPS)
        return [(group, found) for group, found in groups if found]


def entries(places: Iterable[str], folder: Path = PLACES) -> tuple[Pack, ...]:
    """The packs of `places`, in that order. Raises Unfit with file and line when one will not do."""
    packs = tuple(pack(folder / f"{place}.yaml") for place in places)
    seen: dict[str, str] = {}
    for entry in everything(packs):
        if entry.key in seen:
            path = folder / f"{entry.place}.yaml"
            raise Unfit(path, 1, f"“{entry.key}” also stands in {seen[entry.key]}.yaml. Rename one of them.")
        seen[entry.key] = entry.place
    return packs


def everything(packs: Iterable[Pack]) -> Iterator[Entry]:
    return (entry for pack in packs for entry in pack.entries)


def pack(path: Path) -> Pack:
    if not path.is_file():
        known = ", ".join(sorted(found.stem for found in path.parent.glob("*.yaml")))
        raise Unfit(path, 1, f"there is no such place. Known: {known}.")
    fields = read(path).fields({"place", "entries"})
    made: dict[str, Entry] = {}
    for part in fields["entries"].parts():
        entry = entry_of(part)
        if entry.key in made:
            raise part.unfit(f"“{entry.key}” stands here twice.")
        if entry.place != path.stem:
            raise part.unfit(f"“{entry.key}” says place {entry.place}, but stands in {path.name}.")
        made[entry.key] = entry
    return Pack(path.stem, words(fields["place"]), tuple(made.values()))


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
        sends_note=maybe(fields.get("sends_note")),
        reports=maybe(fields.get("reports")),
        note=maybe(fields.get("note")),
        sources=sources(fields["source"]),
    )


def words(part: Part) -> Words:
    return {language: text.text() for language, text in part.fields(LANGUAGES).items()}


def hours(part: Part) -> Words | None:
    if part.value == "always":
        return None
    return {} if part.value == "unsaid" else words(part)


def maybe(part: Part | None) -> Words | None:
    return words(part) if part else None


def kinds(part: Part) -> tuple[str, ...]:
    found = part.some_of(KINDS)
    if not found:
        raise part.unfit("at least one kind is needed.")
    return found


def sends(fields: dict[str, Part]) -> str:
    """Whether police or emergency teams are sent. A promise not to needs the line's own words, kept beside it."""
    answer = fields["sends"].one_of(SENDS)
    if answer in ("never", "only-with-yes") and "own_words" not in fields:
        raise fields["sends"].unfit(f"“{answer}” needs the line’s own words, in own_words.")
    if "own_words" in fields:
        fields["own_words"].text()
    return answer


def reach(part: Part) -> Reach:
    fields = part.fields((), {"phone", "tty", "text", "text_en", "text_es", "press", "chat", "web", "go"})
    if not fields.keys() & {"phone", "text", "chat", "web", "go"}:
        raise part.unfit("a phone, a text number, a web address or a place to go is needed.")
    words_to_text = {name[-2:]: fields[name].text() for name in ("text_en", "text_es") if name in fields}
    if words_to_text and "text" not in fields:
        raise part.unfit("a word to text needs the number it is sent to, in text.")
    press = fields["press"].fields((), PRESS) if "press" in fields else {}
    return Reach(
        **{name: number(fields[name]) for name in ("phone", "tty", "text") if name in fields},
        **{name: address(fields[name]) for name in ("chat", "web") if name in fields},
        text_word=words_to_text or None,
        press=tuple((whom, key.whole(0, 9)) for whom, key in press.items()),
        go=maybe(fields.get("go")),
    )


def number(part: Part) -> str:
    """A number as people write it. In quotation marks, or YAML reads 0800 as something else."""
    if not NUMBER.fullmatch(part.text()):
        raise part.unfit(f"“{part.value}” is no number to call: digits and single hyphens only.")
    return part.text()


def address(part: Part) -> str:
    """A whole web address. Nothing else may become a link: some addresses run what stands in them."""
    if not ADDRESS.fullmatch(part.text()):
        raise part.unfit(f"“{part.value}” is no address: it begins with https:// or http:// and names a site.")
    return part.text()


def sources(part: Part) -> tuple[Source, ...]:
    found = tuple(source(one) for one in (part.parts() if isinstance(part.value, list) else [part]))
    if not found:
        raise part.unfit("no source, no entry.")
    return found


def source(part: Part) -> Source:
    fields = part.fields({"url", "date"})
    url, date = address(fields["url"]), fields["date"].text()
    if date != UNDATED and not AGE.fullmatch(date):
        raise fields["date"].unfit(f'“{date}” is no date such as "2025-01" in quotation marks, nor {UNDATED}.')
    return Source(url, date)
