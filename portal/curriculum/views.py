"""The guide: open to everyone, signed out too. Addresses are numbers, so that they give no topic away."""

from flask import Blueprint
from werkzeug.wrappers import Response

from portal.curriculum import access
from portal.curriculum.marks import curly
from portal.curriculum.pieces import Piece, Term
from portal.resources.access import some
from portal.web.language import language
from portal.web.page import page

bp = Blueprint("curriculum", __name__)
bp.record_once(lambda state: access.load(state.app))
bp.add_app_template_filter(curly)


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


@bp.get("/guide")
def index() -> Response:
    guide = access.guide()
    modules = [(number, module, guide.of_module(number)) for number, module in guide.modules[language()].items()]
    return page("curriculum/index.html", modules=modules, here="guide")


@bp.get("/guide/<int:module>/<int:order>")
def lesson(module: int, order: int) -> Response:
    guide, piece = access.guide(), access.lesson_or_404(module, order)
    before, after = guide.around(piece)
    return page(
        "curriculum/lesson.html",
        **words(piece),
        module=guide.modules[language()][module],
        terms=terms(piece),
        see=[found for key in piece.see if (found := guide.named(key))],
        activities=[guide.activities[key] for key in piece.activities if key in guide.activities],
        handout=guide.handouts.get(piece.handout),
        lines=some(piece.help),
        before=before,
        after=after,
        here="guide",
    )


@bp.get("/guide/<int:module>/<int:order>/page")
def handout(module: int, order: int) -> Response:
    lesson = access.lesson_or_404(module, order)
    return page("curriculum/handout.html", **words(access.handout_or_404(lesson)), lesson=lesson, here="guide")


@bp.get("/guide/activities/<key>")
def activity(key: str) -> Response:
    piece = access.activity_or_404(key)
    lessons = [lesson for lesson in access.guide().lessons if key in lesson.activities]
    return page("curriculum/activity.html", **words(piece), terms=terms(piece), lessons=lessons, here="guide")
