"""Reads the guide's files: Markdown with a checked head, English first, and what a steward put over it.

`en/` is the base and holds every fact about a piece; `es/` mirrors it and holds only words. Whatever does not fit is
named by file and line.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from portal.curriculum.heads import KINDS, Terms, read_piece
from portal.curriculum.pieces import (
    BASE,
    GUIDE,
    LANGUAGES,
    MODULES,
    Activity,
    Exercise,
    Guide,
    Handout,
    Lesson,
    Module,
    Piece,
    Term,
    ToTheCircle,
    Workshop,
)
from portal.errors import Unfit
from portal.web.sheets import Part, read

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")  # a folder of translations


@dataclass(frozen=True)
class Files:
    """Those of one piece."""

    shelf: str
    base: Path
    translations: dict[str, Path] = field(default_factory=dict)

    def all(self) -> dict[str, Path]:
        """By language."""
        return {BASE: self.base, **self.translations}


@dataclass(frozen=True)
class Shelf:
    """All that was found under some folders, and every fault of it."""

    guide: Guide
    found: list[tuple[Files, Piece]]
    faults: list[Unfit]


def read_guide(*folders: Path) -> Guide:
    """What the folders hold together, checked; a later one wins. Raises Unfit, which names file and line."""
    shelf = look_through(*folders)
    if shelf.faults:
        raise shelf.faults[0]
    return shelf.guide


def look_through(*folders: Path) -> Shelf:
    """The same, going on after a fault. Raises Unfit for what all pieces rest on: terms and modules."""
    folders = folders or (GUIDE,)
    terms = read_terms(folders)
    found: list[tuple[Files, Piece]] = []
    faults: list[Unfit] = []
    for files in collect(folders, faults):
        try:
            found.append((files, read_piece(KINDS[files.shelf], files.base, files.translations, terms)))
        except Unfit as fault:
            faults.append(fault)
    faults.extend(taken_twice(found))
    guide = put_together((piece for _, piece in found), read_modules(folders), terms)
    return Shelf(replace(guide, also=read_also(folders)), found, faults)


def put_together(pieces: Iterable[Piece], modules: dict[str, dict[int, Module]], terms: Terms) -> Guide:
    there = sorted(pieces, key=lambda piece: (getattr(piece, "module", 0), getattr(piece, "order", 0), piece.key))
    return Guide(
        modules=modules,
        terms=terms,
        lessons=tuple(one for one in there if isinstance(one, Lesson)),
        activities={one.key: one for one in there if isinstance(one, Activity)},
        handouts={one.key: one for one in there if isinstance(one, Handout)},
        workshops={one.module: one for one in there if isinstance(one, Workshop)},
        to_the_circle={one.module: one for one in there if isinstance(one, ToTheCircle)},
        exercises=tuple(one for one in there if isinstance(one, Exercise)),
    )


def taken_twice(found: list[tuple[Files, Piece]]) -> Iterator[Unfit]:
    """Pieces that stand where another stands: two lessons with one number, two workshops of one module."""
    taken: dict[tuple, str] = {}
    for files, piece in found:
        module = getattr(piece, "module", 0)
        if not module:
            continue
        place = (type(piece), module, getattr(piece, "order", 0))
        if place in taken:
            yield Unfit(files.base, 1, f"“{taken[place]}” has this place in the module, too.")
        taken[place] = piece.key


def collect(folders: Iterable[Path], faults: list[Unfit]) -> list[Files]:
    """The files of every piece. An English one replaces a whole piece; a translation alone replaces only itself."""
    found: dict[tuple[str, str], Files] = {}
    for folder in folders:
        for shelf in KINDS:
            for path in sorted((folder / BASE / shelf).glob("*.md")):
                found[shelf, path.name] = Files(shelf, path)
            for language in translated_to(folder):
                for path in sorted((folder / language / shelf).glob("*.md")):
                    if (shelf, path.name) in found:
                        found[shelf, path.name].translations[language] = path
                    else:
                        wrong = f"there is no {BASE}/{shelf}/{path.name} that this could translate."
                        faults.append(Unfit(path, 1, wrong))
    return list(found.values())


def translated_to(folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    names = (path.name for path in folder.iterdir() if path.is_dir())
    return sorted(name for name in names if name != BASE and LANGUAGE.fullmatch(name))


def read_terms(folders: Iterable[Path]) -> Terms:
    found: Terms = {}
    for folder in folders:
        if not (folder / "terms.yaml").exists():
            continue
        part = read(folder / "terms.yaml")
        for word, one in part.fields((), spoken(part)).items():
            found[word] = {code: term(said) for code, said in one.fields((BASE,), spoken(one)).items()}
    return found


def spoken(part: Part) -> Any:
    """Whatever names stand here; what is no mapping is refused by `fields`."""
    return part.value if isinstance(part.value, dict) else ()


def term(part: Part) -> Term:
    fields = part.fields({"word", "meaning"}, {"everyday"})
    everyday = fields["everyday"].truth() if "everyday" in fields else False
    return Term(fields["word"].text(), fields["meaning"].text(), everyday)


def read_modules(folders: Iterable[Path]) -> dict[str, dict[int, Module]]:
    found: dict[str, dict[int, Module]] = {language: {} for language in LANGUAGES}
    for number, folder in enumerate(folders):
        for language in (BASE, *translated_to(folder)):
            path = folder / language / "modules.yaml"
            if path.exists() or not number:
                needed = MODULES if not number else ()  # a steward may put a single one in its place
                modules = read(path).fields(needed, MODULES).items()
                found.setdefault(language, {}).update({key: module(part) for key, part in modules})
    return found


def module(part: Part) -> Module:
    fields = part.fields({"title", "purpose"}, {"prompts"})
    return Module(
        fields["title"].text(), fields["purpose"].text(), prompts(fields["prompts"]) if "prompts" in fields else {}
    )


def prompts(part: Part) -> dict[str, str]:
    """Questions to keep, by key."""
    found = part.fields((), spoken(part))
    for name, words in found.items():
        Part(words.path, words.line, name).key()
        words.text()
    return {name: words.text() for name, words in found.items()}


def read_also(folders: Iterable[Path]) -> dict[str, dict[str, tuple[str, ...]]]:
    """By language: what people search for, and how the guide says the same. A later folder adds, or puts its own."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for folder in folders:
        for language in (BASE, *translated_to(folder)):
            path = folder / language / "also.yaml"
            if path.exists():
                part = read(path)
                said = {word: one.texts() for word, one in part.fields((), spoken(part)).items()}
                found.setdefault(language, {}).update(said)
    return found
