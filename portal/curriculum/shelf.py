"""Reads the guide's files: Markdown with a checked head, English first.

`en/` is the base and holds every fact about a piece; `es/` mirrors it and holds only words. Whatever does not fit
stops the start with file and line.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from portal.curriculum.pieces import (
    BASE,
    LANGUAGES,
    MODULES,
    Activity,
    Guide,
    Handout,
    Lesson,
    Module,
    Source,
    Term,
    Text,
)
from portal.web.sheets import Part, Unfit, read, understand

GUIDE = Path(__file__).parent / "guide"

SOURCE_KINDS = ("evidence", "practice", "fact")
HOW_READ = ("full", "parts", "abstract", "second-hand")
FAMILIES = ("talk", "art", "play", "writing", "body", "quiet", "opening", "closing")
ENERGIES = ("quiet", "gentle", "lively")
MEETING_PLACES = ("together", "remote")
COSTS = ("none", "small")
FLAGS = ("seated", "no-touch", "camera-off", "outdoors", "no-reading", "one-hand")

# In this order; others may stand between, but the first two and the last three of a lesson stay in place.
LESSON_HEADINGS = {
    "en": (
        "The moment", "Words to say", "Better left unsaid", "Three minutes to try", "One question to keep",
        "Where we stop", "What this rests on",
    ),
    "es": (
        "El momento", "Palabras para decir", "Mejor no decirlo", "Tres minutos para probar",
        "Una pregunta para guardar", "Hasta dónde llegamos", "En qué se apoya",
    ),
}  # fmt: skip
ACTIVITY_HEADINGS = {
    "en": ("Set up", "Words to open", "Steps", "Words to close", "A gentler variation", "What to watch for"),
    "es": ("Preparación", "Palabras para abrir", "Pasos", "Palabras para cerrar", "Una forma más suave", "Qué cuidar"),
}
FOOTNOTE = re.compile(r"\[\^([\w-]+)\]")


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


def read_guide(folder: Path = GUIDE) -> Guide:
    """Everything under `folder`, checked. Raises Unfit."""
    terms = read_terms(folder / "terms.yaml")
    lessons = [lesson(*files, terms=terms) for files in pairs(folder, "lessons")]
    lessons.sort(key=lambda one: (one.module, one.order))
    for first, second in itertools.pairwise(lessons):
        if (first.module, first.order) == (second.module, second.order):
            path = folder / BASE / "lessons" / f"{second.key}.md"
            raise Unfit(path, 1, f"“{first.key}” has this place in the module, too.")
    return Guide(
        modules={language: read_modules(folder / language / "modules.yaml") for language in LANGUAGES},
        terms=terms,
        lessons=tuple(lessons),
        activities={one.key: one for one in (activity(*files, terms=terms) for files in pairs(folder, "activities"))},
        handouts={one.key: one for one in (handout(*files) for files in pairs(folder, "handouts"))},
    )


def read_terms(path: Path) -> dict[str, dict[str, Term]]:
    part = read(path)
    found = part.fields((), part.value)
    return {name: {code: term(words) for code, words in one.fields(LANGUAGES).items()} for name, one in found.items()}


def term(part: Part) -> Term:
    fields = part.fields({"word", "meaning"})
    return Term(fields["word"].text(), fields["meaning"].text())


def read_modules(path: Path) -> dict[int, Module]:
    found = {}
    for number, part in read(path).fields(MODULES).items():
        fields = part.fields({"title", "purpose"})
        found[number] = Module(fields["title"].text(), fields["purpose"].text())
    return found


def pairs(folder: Path, shelf: str) -> Iterator[tuple[File, dict[str, File]]]:
    """Each base file of a shelf with its translations."""
    translated = {
        language: {path.name: path for path in sorted((folder / language / shelf).glob("*.md"))}
        for language in LANGUAGES
        if language != BASE
    }
    for path in sorted((folder / BASE / shelf).glob("*.md")):
        found = {language: there.pop(path.name) for language, there in translated.items() if path.name in there}
        yield open_file(path), {language: open_file(other) for language, other in found.items()}
    for there in translated.values():
        for orphan in there.values():
            raise Unfit(orphan, 1, f"there is no {BASE}/{shelf}/{orphan.name} that this could translate.")


def open_file(path: Path) -> File:
    text = path.read_text(encoding="utf-8")
    opening, *rest = text.split("---\n", 2)
    if opening or len(rest) != 2:
        raise Unfit(path, 1, "a head is wanted first, between two lines of ---.")
    head, body = rest
    return File(path, understand(path, head, above=1), body, below=head.count("\n") + 2)


def lesson(base: File, translations: dict[str, File], terms: dict[str, dict[str, Term]]) -> Lesson:
    fields = base.head.fields(
        {"key", "kind", "lang", "version", "module", "order", "title", "summary", "minutes", "content_note", "terms",
         "see", "sources"},
        {"outside", "danger", "activities", "handout", "help"},
    )  # fmt: skip
    danger = fields["danger"].truth() if "danger" in fields else False
    if (danger or fields["content_note"].text(empty=True)) and "outside" not in fields:
        raise base.head.unfit("“outside” is missing: a private topic needs a neutral name.")
    made = Lesson(
        **common(base, fields, translations, "lesson", ("title", "summary", "content_note"), terms),
        module=fields["module"].whole(MODULES[0], MODULES[-1]),
        order=fields["order"].whole(1, 99),
        minutes=fields["minutes"].whole(1, 60),
        danger=danger,
        activities=fields["activities"].keys() if "activities" in fields else (),
        handout=fields["handout"].key() if "handout" in fields else "",
    )
    for language, file in {BASE: base, **translations}.items():
        check_headings(file, LESSON_HEADINGS[language], first=2, last=3)
    return made


def activity(base: File, translations: dict[str, File], terms: dict[str, dict[str, Term]]) -> Activity:
    fields = base.head.fields(
        {"key", "kind", "lang", "version", "family", "title", "aim", "minutes", "energy", "people", "place",
         "materials", "cost", "source", "flags"},
        {"outside", "summary", "content_note", "terms", "see", "help", "sources"},
    )  # fmt: skip
    made = Activity(
        **common(base, fields, translations, "activity", ("title", "aim", "materials"), terms),
        family=fields["family"].one_of(FAMILIES),
        minutes=fields["minutes"].span(1, 240),
        energy=fields["energy"].one_of(ENERGIES),
        people=fields["people"].span(1, 20),
        place=fields["place"].some_of(MEETING_PLACES),
        cost=fields["cost"].one_of(COSTS),
        origin=fields["source"].text(),
        flags=fields["flags"].some_of(FLAGS),
    )
    for language, file in {BASE: base, **translations}.items():
        check_headings(file, ACTIVITY_HEADINGS[language], first=0, last=0)
    return made


def handout(base: File, translations: dict[str, File]) -> Handout:
    fields = base.head.fields(
        {"key", "kind", "lang", "version", "lesson", "title", "outside", "content_note"}, {"paper", "help", "sources"}
    )
    return Handout(
        **common(base, fields, translations, "handout", ("title", "outside", "content_note"), {}),
        lesson=fields["lesson"].key(),
    )


def common(
    base: File,
    fields: dict[str, Part],
    translations: dict[str, File],
    kind: str,
    words: tuple[str, ...],
    terms: dict[str, dict[str, Term]],
) -> dict:
    """What every piece has. `words` are the names that a translation must hold, too."""
    fields["kind"].one_of((kind,))
    version = fields["version"].whole(1, 9999)
    sources = tuple(source(one) for one in fields["sources"].parts()) if "sources" in fields else ()
    known = {one.id for one in sources}
    texts = {BASE: text(base, fields, BASE, version)}
    for language, file in translations.items():
        texts[language] = translation(file, language, version, words, base=texts[BASE])
    for file in (base, *translations.values()):
        check_footnotes(file, known)
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
        "help": fields["help"].keys() if "help" in fields else (),
        "see": fields["see"].keys() if "see" in fields else (),
    }


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


def translation(file: File, language: str, version: int, words: tuple[str, ...], base: Text) -> Text:
    """Holds words and no facts, so that the two languages cannot drift."""
    needed = {"key", "lang", "translates", *words} | ({"outside"} if base.outside else set())
    fields = file.head.fields(needed)
    made_from = fields["translates"].whole(1, 9999)
    if made_from > version:
        raise fields["translates"].unfit(f"version {made_from} is not written yet: the English is at {version}.")
    if base.content_note and not fields["content_note"].text(empty=True):
        raise fields["content_note"].unfit("the English has a content note, so this needs it in words, too.")
    return text(file, fields, language, made_from)


def headings(body: str) -> list[tuple[int, str]]:
    """Where each heading of the second rank stands, and what it says."""
    return [(found.start(), found[1].strip()) for found in re.finditer(r"^## (.*)$", body, re.MULTILINE)]


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
