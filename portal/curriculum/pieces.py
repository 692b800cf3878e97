"""What the guide is made of: lessons in six modules, activities and handouts, each in two languages."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

BASE = "en"
LANGUAGES = ("en", "es")
MODULES = range(1, 7)


@dataclass(frozen=True)
class Source:
    id: str
    kind: str
    read: str  # how much of it the writer read
    what: str
    url: str = ""
    as_of: str = ""

    @property
    def site(self) -> str:
        return (urlsplit(self.url).hostname or "").removeprefix("www.")


@dataclass(frozen=True)
class Text:
    """The words of a piece in one language."""

    language: str
    version: int  # of the base these words were written or translated from
    title: str
    body: str
    summary: str = ""
    content_note: str = ""
    outside: str = ""  # a neutral name for whoever looks over a shoulder
    aim: str = ""
    materials: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Piece:
    key: str
    version: int
    texts: dict[str, Text]
    sources: tuple[Source, ...] = ()
    help: tuple[str, ...] = ()
    see: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()

    def lacks(self, language: str) -> str:
        """Why the words are not to be had in `language`: "missing", "behind", or "" when they are."""
        if language not in self.texts:
            return "missing"
        return "behind" if self.texts[language].version < self.version else ""

    def text(self, language: str) -> Text:
        """The words in `language`; English where the translation is missing or behind."""
        return self.texts[BASE if self.lacks(language) else language]


@dataclass(frozen=True, kw_only=True)
class Lesson(Piece):
    module: int
    order: int
    minutes: int  # to read, at 150 words a minute
    danger: bool
    activities: tuple[str, ...]
    handout: str


@dataclass(frozen=True, kw_only=True)
class Activity(Piece):
    family: str
    minutes: tuple[int, int]
    energy: str
    people: tuple[int, int]
    place: tuple[str, ...]
    cost: str
    origin: str
    flags: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Handout(Piece):
    lesson: str


@dataclass(frozen=True)
class Module:
    title: str
    purpose: str


@dataclass(frozen=True)
class Term:
    word: str
    meaning: str


@dataclass(frozen=True)
class Guide:
    modules: dict[str, dict[int, Module]]
    terms: dict[str, dict[str, Term]]
    lessons: tuple[Lesson, ...]  # in the order of the modules
    activities: dict[str, Activity]
    handouts: dict[str, Handout]

    def pieces(self) -> Iterator[Piece]:
        yield from self.lessons
        yield from self.activities.values()
        yield from self.handouts.values()

    def of_module(self, module: int) -> list[Lesson]:
        return [lesson for lesson in self.lessons if lesson.module == module]

    def lesson(self, module: int, order: int) -> Lesson | None:
        return next((one for one in self.of_module(module) if one.order == order), None)

    def named(self, key: str) -> Lesson | None:
        return next((one for one in self.lessons if one.key == key), None)

    def around(self, lesson: Lesson) -> tuple[Lesson | None, Lesson | None]:
        """The lesson before this one and the one after, across modules."""
        here = self.lessons.index(lesson)
        before = self.lessons[here - 1] if here else None
        return before, next(iter(self.lessons[here + 1 :]), None)
