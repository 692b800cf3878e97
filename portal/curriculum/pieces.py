"""What the guide is made of: six modules with all that belongs to each, in two languages or more."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

GUIDE = Path(__file__).parent / "guide"  # what is shipped
BASE = "en"
LANGUAGES = ("en", "es")
MODULES = range(1, 7)

FAMILIES = ("talk", "art", "play", "writing", "body", "quiet", "opening", "closing")
ENERGIES = ("quiet", "gentle", "lively")
MEETING_PLACES = ("together", "remote")
COSTS = ("none", "small")
FLAGS = ("seated", "no-touch", "camera-off", "outdoors", "no-reading", "one-hand")
COMPANY = ("alone", "pair", "circle")


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
    """One page to print. It belongs to a lesson or to a whole module."""

    lesson: str = ""
    module: int = 0


@dataclass(frozen=True, kw_only=True)
class Workshop(Piece):
    """The plan of one session about a module."""

    module: int
    minutes: int
    people: tuple[int, int]
    activities: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Exercise(Piece):
    module: int
    order: int
    minutes: tuple[int, int]
    company: tuple[str, ...]  # who can do it: one alone, a pair, the circle


@dataclass(frozen=True, kw_only=True)
class ToTheCircle(Piece):
    """What a circle may look at together after a module."""

    module: int


@dataclass(frozen=True)
class Module:
    title: str
    purpose: str
    prompts: dict[str, str] = field(default_factory=dict)  # questions to keep, by key


@dataclass(frozen=True)
class Term:
    word: str
    meaning: str
    everyday: bool = False  # stands in texts in other senses, too, so that no occurrence of it is explained


@dataclass(frozen=True)
class Guide:
    modules: dict[str, dict[int, Module]]
    terms: dict[str, dict[str, Term]]
    lessons: tuple[Lesson, ...]  # in the order of the modules
    activities: dict[str, Activity]
    handouts: dict[str, Handout]
    workshops: dict[int, Workshop] = field(default_factory=dict)  # by module, as what follows
    to_the_circle: dict[int, ToTheCircle] = field(default_factory=dict)
    exercises: tuple[Exercise, ...] = ()  # in the order of the modules
    also: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)  # by language: other words for one

    def pieces(self) -> Iterator[Piece]:
        yield from self.lessons
        yield from self.workshops.values()
        yield from self.exercises
        yield from self.to_the_circle.values()
        yield from self.activities.values()
        yield from self.handouts.values()

    def module(self, number: int, language: str) -> Module:
        """In English where nobody has translated it."""
        return self.modules.get(language, {}).get(number) or self.modules[BASE][number]

    def term(self, word: str, language: str) -> Term:
        found = self.terms[word]
        return found.get(language) or found[BASE]

    def lessons_of(self, module: int) -> list[Lesson]:
        return [lesson for lesson in self.lessons if lesson.module == module]

    def exercises_of(self, module: int) -> list[Exercise]:
        return [exercise for exercise in self.exercises if exercise.module == module]

    def all_of(self, module: int) -> list[Piece]:
        """What belongs to a module, in the order of its page."""
        own = (self.workshops.get(module), *self.exercises_of(module), self.to_the_circle.get(module))
        return [*self.lessons_of(module), *filter(None, (*own, self.handout_of(module)))]

    def handout_of(self, module: int) -> Handout | None:
        return next((one for one in self.handouts.values() if one.module == module), None)

    def lesson(self, module: int, order: int) -> Lesson | None:
        return next((one for one in self.lessons_of(module) if one.order == order), None)

    def lesson_named(self, key: str) -> Lesson | None:
        return next((one for one in self.lessons if one.key == key), None)

    def around(self, lesson: Lesson) -> tuple[Lesson | None, Lesson | None]:
        """The lesson before this one and the one after, across modules."""
        here = self.lessons.index(lesson)
        before = self.lessons[here - 1] if here else None
        return before, next(iter(self.lessons[here + 1 :]), None)
