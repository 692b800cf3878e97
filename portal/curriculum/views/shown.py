"""What the pages of every piece are given."""

from portal.curriculum import access
from portal.curriculum.pieces import Piece, Term
from portal.web.language import language


def words(piece: Piece) -> dict:
    """The piece and its text in the reader's language, with why that may be English after all."""
    from portal.curriculum.rendering import rendered  # brings Mistune in, which no start should wait for

    text = piece.text(language())
    return {
        "piece": piece,
        "words": text,
        "html": rendered(text, piece.sources),
        "lacks": piece.lacks(language()),
    }


def terms(piece: Piece) -> list[Term]:
    return [access.guide().terms[word][language()] for word in piece.terms]
