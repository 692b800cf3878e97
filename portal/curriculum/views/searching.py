"""Looking for a word in all of the guide. What is looked for stands in no log and on no other page."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import request, url_for
from werkzeug.wrappers import Response

from portal.curriculum import access
from portal.curriculum.pieces import Activity, Exercise, Handout, Lesson, Piece, ToTheCircle, Workshop
from portal.curriculum.queries import LONGEST, asked_for
from portal.curriculum.views.blueprint import bp
from portal.web.language import language, lazy
from portal.web.page import page

if TYPE_CHECKING:
    from portal.curriculum.search import Found

FIRST = 3  # of what is found: a danger among these is what was meant

NAMES = {
    Lesson: lazy("Lesson"),
    Workshop: lazy("One session for a group"),
    Exercise: lazy("Exercise"),
    ToTheCircle: lazy("To take to your circle"),
    Activity: lazy("Something to do together"),
    Handout: lazy("One page to print"),
}


@dataclass(frozen=True)
class Hit:
    """What was found, where it can be read, and the heading under which it stands there."""

    found: "Found"
    path: str
    kind: str
    heading: str
    place: str  # the address of that heading


@bp.get("/guide/search")
def search() -> Response:
    """Whoever types words of a danger to life is led to Help first."""
    from portal.curriculum.search import look

    query = request.args.get("q", "")[:LONGEST]
    answer = look(access.index(language()), query, access.guide().also.get(language()), language())
    first = [*answer.found, *answer.near][:FIRST]
    return page(
        "curriculum/search.html",
        query=query,
        enough=bool(asked_for(query)),
        count=answer.count,
        found=[hit(one) for one in answer.found],
        near=[hit(one) for one in answer.near],
        danger=any(isinstance(one.piece, Lesson) and one.piece.danger for one in first),
        here="guide",
    )


def hit(found: "Found") -> Hit:
    from portal.curriculum.rendering import contents

    piece = found.piece
    heading = contents(piece.text(language()))[found.part - 1] if found.part else ""
    return Hit(found, address(piece), str(NAMES[type(piece)]), heading, address(piece, found.part))


def address(piece: Piece, part: int = 0) -> str:
    """Where a piece can be read; with `part`, at the heading of this number."""
    at = f"part-{part}" if part else None
    if isinstance(piece, Lesson):
        return url_for("curriculum.lesson", module=piece.module, order=piece.order, _anchor=at)
    if isinstance(piece, Workshop):
        return url_for("curriculum.workshop", module=piece.module, _anchor=at)
    if isinstance(piece, Exercise):
        anchor = f"{piece.order}-part-{part}" if part else f"exercise-{piece.order}"
        return url_for("curriculum.exercises", module=piece.module, _anchor=anchor)
    if isinstance(piece, ToTheCircle):
        return url_for("curriculum.to_the_circle", module=piece.module, _anchor=at)
    if isinstance(piece, Activity):
        return url_for("curriculum.activity", key=piece.key, _anchor=at)
    return address_of_handout(piece, at)


def address_of_handout(piece: Piece, at: str | None) -> str:
    lesson = access.guide().lesson_named(getattr(piece, "lesson", ""))
    if lesson:
        return url_for("curriculum.handout", module=lesson.module, order=lesson.order, _anchor=at)
    return url_for("curriculum.handout_of_module", module=getattr(piece, "module", 0), _anchor=at)
