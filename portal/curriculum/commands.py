"""What writers and translators of the guide use: `portal guide check`."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from portal.curriculum.checking import Fault
    from portal.curriculum.pieces import Piece, Text
    from portal.curriculum.shelf import Files, Shelf


@click.group()
def guide() -> None:
    """For whoever writes or translates the guide."""


@guide.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--quiet", is_flag=True, help="Only what is wrong.")
def check(paths: tuple[Path, ...], quiet: bool) -> None:
    """Say how each piece reads and what is wrong with it. Ends with status 1 if anything is.

    PATHS are files or folders of the guide; without any, all that is shipped and what lies in instance/guide.
    """
    lines, wrong = report(tuple(path.resolve() for path in paths), quiet)
    for line in lines:
        click.echo(line)
    click.echo("Nothing wrong was found." if not wrong else f"Wrong: {wrong}.")
    if wrong:
        raise SystemExit(1)


def report(paths: tuple[Path, ...], quiet: bool) -> tuple[list[str], int]:
    """The lines to print, and how many faults are among them. Raises Unfit."""
    from portal.config import Settings
    from portal.curriculum.access import folders
    from portal.curriculum.checking import all_of_modules
    from portal.curriculum.shelf import look_through

    shelf = look_through(*folders(Settings.load()))
    unread = [str(fault) for fault in shelf.faults if wanted(fault.path, paths)]
    lines, wrong = unread[:], len(unread)
    helps = known_help()
    for files, piece in shelf.found:
        for title, faults in of_piece(shelf, files, piece, helps, paths):
            lines += [title] if faults or not quiet else []
            lines += [f"    {fault}" for fault in faults]
            wrong += len(faults)
    missing = [] if paths else [f"module {number}: {fault.says}" for number, fault in all_of_modules(shelf.guide)]
    return lines + missing, wrong + len(missing)


def wanted(path: Path, paths: tuple[Path, ...]) -> bool:
    return not paths or any(path.resolve().is_relative_to(one) for one in paths)


def known_help() -> set[str]:
    """The keys of all help entries that are shipped, whatever places this portal names."""
    from portal.resources.entries import entries, everything
    from portal.resources.shelf import SHIPPED, names

    return {entry.key for entry in everything(entries(names(SHIPPED)))}


def of_piece(
    shelf: "Shelf", files: "Files", piece: "Piece", helps: set[str], paths: tuple[Path, ...]
) -> Iterator[tuple[str, list[str]]]:
    """For each language asked for: how it reads, and what is wrong. What is wrong with the whole stands first."""
    from portal.curriculum.checking import faults, of_references, of_translations

    whole = [fault.says for fault in (*of_references(shelf.guide, piece, helps), *of_translations(piece))]
    for language, path in files.all().items():
        if wanted(path, paths):
            text = piece.texts[language]
            yield f"{path}: {measured(text)}", [*whole, *(placed(path, fault) for fault in faults(piece, text))]
            whole = []


def measured(text: "Text") -> str:
    from portal.curriculum import reading

    said = reading.prose(text.body)
    each = len(reading.words(said)) / reading.sentences(said)
    level = {"en": reading.grade, "es": reading.ease}.get(text.language)
    name = {"en": "grade", "es": "ease"}.get(text.language, "")
    end = f", {name} {level(text.body):.1f}" if level and said else ""
    return f"{reading.length(text.body)} words, {each:.1f} in a sentence{end}"


def placed(path: Path, fault: "Fault") -> str:
    if fault.line is None:
        return fault.says
    from portal.curriculum.heads import open_file

    return f"line {open_file(path).below + fault.line + 1}: {fault.says}"
