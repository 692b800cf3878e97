"""What a list of help holds, as plain values. `entries.py` reads them from a file, `tables.py` writes them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

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
    "elders": "tonight",
    "peers": "tonight",
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
PROMISES = SENDS[:2]  # these need the line's own words
COSTS = ("free", "plan", "bill", "unsaid")  # plan: free, but texts may cost what the phone plan charges
SPOKEN = ("en", "es", "interpreters", "asl")
PRESS = ("en", "es", "veterans", "crisis", "drugs")
ALWAYS, UNSAID = "always", "unsaid"  # what the hours may be instead of words
UNDATED = "page undated"
MOST_ENTRIES = 1000  # in one list; a hundred thousand short rows would be looked at for half a minute
LARGEST = 256 * 1024  # bytes of a list that somebody sends; the national one has a tenth of it

Words = dict[str, str]  # the same words by language


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

    @property
    def is_answered(self) -> bool:
        """Whether somebody is at the other end, who could send someone."""
        return bool(self.phone or self.text or self.chat)


@dataclass(frozen=True)
class Entry:
    key: str
    name: Words
    for_whom: Words
    reach: Reach
    place: str
    kinds: tuple[str, ...]  # it stands under the first
    hours: Words | None  # None: always; empty: no source says
    languages: tuple[str, ...]
    cost: str
    sends: str
    own_words: str  # the line's own on whom it sends, where it promises something
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


def everything(packs: Iterable[Pack]) -> Iterator[Entry]:
    return (entry for pack in packs for entry in pack.entries)


def first_day(age: str) -> date:
    """The first day that a source’s date may mean. Raises ValueError."""
    year, month, day = (*map(int, age.split("-")), 1, 1)[:3]
    return date(year, month, day)


def site_of(address: str) -> str:
    return (urlsplit(address).hostname or "").removeprefix("www.")
