"""What the head of each kind of piece must hold, and whether the body below it has the headings of its kind.

The English file holds every fact about a piece; a translation holds only words, so that the two cannot drift.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from portal.curriculum.bodies import (
    ACTIVITY_HEADINGS,
    EXERCISE_HEADINGS,
    FOOTNOTE,
    LESSON_CLOSES,
    LESSON_HEADINGS,
    LESSON_OPENS,
    TO_THE_CIRCLE_HEADINGS,
    WORKSHOP_HEADINGS,
    headings,
)
from portal.curriculum.pieces import (
    BASE,
    COMPANY,
    COSTS,
    ENERGIES,
    FAMILIES,
    FLAGS,
    MEETING_PLACES,
    MODULES,
    Activity,
    Exercise,
    Handout,
    Lesson,
    Piece,
    Source,
    Term,
    Text,
    ToTheCircle,
    Workshop,
)
from portal.errors import Unfit
from portal.web.sheets import Part, understand

SOURCE_KINDS = ("evidence", "practice", "fact")
HOW_READ = ("full", "parts", "abstract", "second-hand")
WORDS = ("summary", "content_note", "outside", "aim", "materials")  # a translation holds those that the base holds

Terms = dict[str, dict[str, Term]]


@dataclass(frozen=True)
class File:
    """One Markdown file, taken apart."""

    path: Path
    head: Part
    body: str
    below: int  # lines above the body

    def unfit(self, offset: int, wrong: str) -> Unfit:
        """A fault at this character of the body."""
        return Unfit(self.path, self.below + self.body.count("\n", 0, offset) + 1, wrong)


@dataclass(frozen=True)
class Kind:
    """How one kind of piece is read."""

    name: str
    make: Callable[[dict[str, Part], dict], Piece]
    needed: Collection[str]
    allowed: Collection[str]
    headings: Mapping[str, tuple[str, ...]]
    first: int = 0  # how many of the headings stand before any other
    last: int = 0


def open_file(path: Path) -> File:
    """Raises Unfit."""
    text = path.read_text(encoding="utf-8")
    opening, *rest = text.split("---\n", 2)
    if opening or len(rest) != 2:
        raise Unfit(path, 1, "a head is wanted first, between two lines of ---.")
    head, body = rest
    return File(path, understand(path, head, above=1), body, below=head.count("\n") + 2)


def read_piece(kind: Kind, base: Path, translations: dict[str, Path], terms: Terms) -> Piece:
    """Raises Unfit."""
    files = {BASE: open_file(base)} | {language: open_file(path) for language, path in translations.items()}
    fields = files[BASE].head.fields(
        {"key", "kind", "lang", "version", "title", *kind.needed},
        {"outside", "content_note", "terms", "see", "help", "sources", *kind.allowed},
    )
    made = kind.make(fields, common(kind, fields, files, terms))
    for language, file in files.items():
        if language in kind.headings:
            check_headings(file, kind.headings[language], kind.first, kind.last)
    return made


def lesson(fields: dict[str, Part], shared: dict) -> Lesson:
    return Lesson(
        **shared,
        module=module(fields),
        order=fields["order"].whole(1, 99),
        minutes=fields["minutes"].whole(1, 60),
        danger=fields["danger"].truth() if "danger" in fields else False,
        activities=keys(fields, "activities"),
        handout=fields["handout"].key() if "handout" in fields else "",
    )


def activity(fields: dict[str, Part], shared: dict) -> Activity:
    return Activity(
        **shared,
        family=fields["family"].one_of(FAMILIES),
        minutes=fields["minutes"].span(1, 240),
        energy=fields["energy"].one_of(ENERGIES),
        people=fields["people"].span(1, 20),
        place=fields["place"].some_of(MEETING_PLACES),
        cost=fields["cost"].one_of(COSTS),
        origin=fields["source"].text(),
        flags=fields["flags"].some_of(FLAGS),
    )


def workshop(fields: dict[str, Part], shared: dict) -> Workshop:
    return Workshop(
        **shared,
        module=module(fields),
        minutes=fields["minutes"].whole(30, 240),
        people=fields["people"].span(1, 40),
        activities=keys(fields, "activities"),
    )


def exercise(fields: dict[str, Part], shared: dict) -> Exercise:
    return Exercise(
        **shared,
        module=module(fields),
        order=fields["order"].whole(1, 99),
        minutes=fields["minutes"].span(1, 240),
        company=fields["with"].some_of(COMPANY),
    )


def to_the_circle(fields: dict[str, Part], shared: dict) -> ToTheCircle:
    return ToTheCircle(**shared, module=module(fields))


def handout(fields: dict[str, Part], shared: dict) -> Handout:
    if ("lesson" in fields) == ("module" in fields):
        raise fields["key"].unfit("a handout belongs to a lesson or to a module: exactly one of the two is wanted.")
    if "lesson" in fields:
        return Handout(**shared, lesson=fields["lesson"].key())
    return Handout(**shared, module=module(fields))


def module(fields: dict[str, Part]) -> int:
    return fields["module"].whole(MODULES[0], MODULES[-1])


def keys(fields: dict[str, Part], name: str) -> tuple[str, ...]:
    return fields[name].keys() if name in fields else ()


KINDS = {  # by the folder they lie in
    "lessons": Kind(
        "lesson", lesson, {"module", "order", "summary", "minutes", "content_note", "terms", "see", "sources"},
        {"danger", "activities", "handout"}, LESSON_HEADINGS, LESSON_OPENS, LESSON_CLOSES,
    ),
    "workshops": Kind(
        "workshop", workshop, {"module", "summary", "minutes", "people", "materials"}, {"activities"},
        WORKSHOP_HEADINGS,
    ),
    "exercises": Kind(
        "exercise", exercise, {"module", "order", "aim", "minutes", "with", "materials"}, {"activities"},
        EXERCISE_HEADINGS,
    ),
    "to-the-circle": Kind(
        "to-the-circle", to_the_circle, {"module", "summary"}, {"activities"}, TO_THE_CIRCLE_HEADINGS
    ),
    "activities": Kind(
        "activity", activity,
        {"family", "aim", "minutes", "energy", "people", "place", "materials", "cost", "source", "flags"},
        {"summary"}, ACTIVITY_HEADINGS,
    ),
    "handouts": Kind("handout", handout, {"outside", "content_note"}, {"lesson", "module", "paper"}, {}),
}  # fmt: skip


def common(kind: Kind, fields: dict[str, Part], files: dict[str, File], terms: Terms) -> dict:
    """What every piece has."""
    fields["kind"].one_of((kind.name,))
    version = fields["version"].whole(1, 9999)
    sources = tuple(source(one) for one in fields["sources"].parts()) if "sources" in fields else ()
    texts = {BASE: text(files[BASE], fields, BASE, version)}
    check_outside(files[BASE], fields)
    for language, file in files.items():
        if language != BASE:
            texts[language] = translation(file, language, version, fields)
        check_footnotes(file, {one.id for one in sources})
    used = fields["terms"].texts() if "terms" in fields else ()
    for word in used:
        if word not in terms:
            raise fields["terms"].unfit(f"“{word}” is not explained in terms.yaml.")
    return {
        "key": fields["key"].value,
        "version": version,
        "texts": texts,
        "sources": sources,
        "terms": used,
        "help": keys(fields, "help"),
        "see": keys(fields, "see"),
    }


def check_outside(base: File, fields: dict[str, Part]) -> None:
    noted = "content_note" in fields and fields["content_note"].text(empty=True)
    danger = "danger" in fields and fields["danger"].truth()
    if (danger or noted) and "outside" not in fields:
        raise base.head.unfit("“outside” is missing: a private topic needs a neutral name.")


def source(part: Part) -> Source:
    fields = part.fields({"id", "kind", "read", "what"}, {"url", "as_of"})
    if fields["kind"].one_of(SOURCE_KINDS) == "fact" and "as_of" not in fields:
        raise part.unfit("a fact needs its date, in as_of.")
    fields["read"].one_of(HOW_READ)
    if "url" in fields and not fields["url"].text().startswith(("https://", "http://")):
        raise fields["url"].unfit(f"“{fields['url'].value}” is no address.")
    return Source(**{name: found.text() for name, found in fields.items()})


def text(file: File, fields: dict[str, Part], language: str, version: int) -> Text:
    fields["lang"].one_of((language,))
    if fields["key"].key() != file.path.stem:
        raise fields["key"].unfit(f"the key is “{fields['key'].value}”, but the file is {file.path.name}.")
    named = ("title", "summary", "outside", "aim")
    return Text(
        language=language,
        version=version,
        body=file.body,
        content_note=fields["content_note"].text(empty=True) if "content_note" in fields else "",
        materials=fields["materials"].texts() if "materials" in fields else (),
        **{name: fields[name].text() for name in named if name in fields},
    )


def translation(file: File, language: str, version: int, base: dict[str, Part]) -> Text:
    """Holds all the words of the base and no facts."""
    fields = file.head.fields({"key", "lang", "translates", "title", *(name for name in WORDS if name in base)})
    made_from = fields["translates"].whole(1, 9999)
    if made_from > version:
        raise fields["translates"].unfit(f"version {made_from} is not written yet: the English is at {version}.")
    noted = "content_note" in base and base["content_note"].text(empty=True)
    if noted and not fields["content_note"].text(empty=True):
        raise fields["content_note"].unfit("the English has a content note, so this needs it in words, too.")
    if "materials" in base and len(fields["materials"].parts()) != len(base["materials"].parts()):
        raise fields["materials"].unfit("the English names another number of things.")
    return text(file, fields, language, made_from)


def check_headings(file: File, wanted: tuple[str, ...], first: int, last: int) -> None:
    found = headings(file.body)
    said = [words for _, words in found]
    for heading in wanted:
        if heading not in said:
            raise file.unfit(0, f"the heading “{heading}” is missing.")
    order = [words for words in said if words in wanted]
    for (offset, words), right in zip((one for one in found if one[1] in wanted), wanted, strict=False):
        if words != right:
            raise file.unfit(offset, f"“{right}” is wanted here, before “{words}”.")
    if len(order) > len(wanted):
        raise file.unfit(0, "a heading stands here twice.")
    if said[:first] != list(wanted[:first]):
        raise file.unfit(found[0][0], f"the first headings are {' and '.join(f'“{one}”' for one in wanted[:first])}.")
    if last and said[-last:] != list(wanted[-last:]):
        raise file.unfit(found[-1][0], f"the last headings are {', '.join(f'“{one}”' for one in wanted[-last:])}.")


def check_footnotes(file: File, known: set[str]) -> None:
    for found in FOOTNOTE.finditer(file.body):
        if found[1] not in known:
            raise file.unfit(found.start(), f"[^{found[1]}] is not among the sources.")
