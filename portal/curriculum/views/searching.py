"""Looking for a word in all of the guide. What is looked for stands in no log and on no other page."""

from flask import request, url_for
from werkzeug.wrappers import Response

from portal.curriculum import access
from portal.curriculum.pieces import Activity, Exercise, Handout, Lesson, Piece, ToTheCircle, Workshop
from portal.curriculum.views.blueprint import bp
from portal.web.language import language, lazy
from portal.web.page import page

NAMES = {
    Lesson: lazy("Lesson"),
    Workshop: lazy("One session for a group"),
    Exercise: lazy("Exercise"),
    ToTheCircle: lazy("To take to your circle"),
    Activity: lazy("Something to do together"),
    Handout: lazy("One page to print"),
}


@bp.get("/guide/search")
def search() -> Response:
    from portal.curriculum.search import LONGEST, asked_for, look

    query = request.args.get("q", "")[:LONGEST]
    hits = look(access.index(language()), query, access.guide().also.get(language()))
    found = [(one, address(one.piece), NAMES[type(one.piece)]) for one in hits]
    return page("curriculum/search.html", query=query, enough=bool(asked_for(query)), found=found, here="guide")


def address(piece: Piece) -> str:
    """Where a piece can be read."""
    if isinstance(piece, Lesson):
        return url_for("curriculum.lesson", module=piece.module, order=piece.order)
    if isinstance(piece, Workshop):
        return url_for("curriculum.workshop", module=piece.module)
    if isinstance(piece, Exercise):
        return url_for("curriculum.exercises", module=piece.module, _anchor=f"exercise-{piece.order}")
    if isinstance(piece, ToTheCircle):
        return url_for("curriculum.to_the_circle", module=piece.module)
    if isinstance(piece, Activity):
        return url_for("curriculum.activity", key=piece.key)
    return address_of_handout(piece)


def address_of_handout(piece: Piece) -> str:
    lesson = access.guide().lesson_named(getattr(piece, "lesson", ""))
    if lesson:
        return url_for("curriculum.handout", module=lesson.module, order=lesson.order)
    return url_for("curriculum.handout_of_module", module=getattr(piece, "module", 0))
