"""What the pages of every piece are given."""

from typing import Any

from portal.curriculum import access
from portal.curriculum.pieces import Lesson, Module, Piece, Source, Term, Workshop
from portal.resources.access import some
from portal.web.language import language


def words(piece: Piece, place: str = "", *, explained: bool = True) -> dict[str, Any]:
    """The piece and its text in the reader's language, with why that may be English after all.

    `place` sets its anchors apart where several pieces stand on one page; on paper no word opens its meaning.
    """
    from portal.curriculum.rendering import contents, rendered  # brings Mistune in, which no start should wait for

    text = piece.text(language())
    said = tuple(access.guide().term(word, text.language) for word in piece.terms) if explained else ()
    return {
        "piece": piece,
        "words": text,
        "html": rendered(text, piece.sources, said, place),
        "contents": contents(text),
        "lacks": piece.lacks(language()),
        "place": place,
    }


def terms(piece: Piece) -> list[Term]:
    return [access.guide().term(word, language()) for word in piece.terms]


def leads_to(piece: Lesson | Workshop) -> dict[str, Any]:
    """Where a reader may go on from here, and who can help, as far as they are there."""
    guide = access.guide()
    return {
        "see": [found for key in piece.see if (found := guide.lesson_named(key))],
        "activities": [guide.activities[key] for key in piece.activities if key in guide.activities],
        "lines": some(piece.help),
    }


def module(number: int) -> Module:
    return access.guide().module(number, language())


def sources_of(pieces: list[Piece]) -> list[Source]:
    """Each once, though several pieces cite it."""
    return list({source.what: source for piece in pieces for source in piece.sources}.values())
