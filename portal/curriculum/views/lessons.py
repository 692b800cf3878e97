"""The guide: open to everyone, signed out too. Addresses are numbers, so that they give no topic away."""

from werkzeug.wrappers import Response

from portal.curriculum import access
from portal.curriculum.views.blueprint import bp
from portal.curriculum.views.shown import terms, words
from portal.resources.access import some
from portal.web.language import language
from portal.web.page import page


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
