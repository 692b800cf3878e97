"""The guide: open to everyone, signed out too. Addresses are numbers, so that they give no topic away."""

from werkzeug.wrappers import Response

from portal.curriculum import access
from portal.curriculum.pieces import MODULES
from portal.curriculum.views import shown
from portal.curriculum.views.blueprint import bp
from portal.curriculum.views.mine import mine_at, my_place
from portal.curriculum.views.shown import leads_to, terms, words
from portal.web.page import page


@bp.get("/guide")
def index() -> Response:
    guide = access.guide()
    modules = [(number, shown.module(number), guide.lessons_of(number)) for number in MODULES]
    return page("curriculum/index.html", modules=modules, here="guide", **my_place())


@bp.get("/guide/<int:module>/<int:order>")
def lesson(module: int, order: int) -> Response:
    from portal.curriculum.rendering import after_the_question

    guide, piece = access.guide(), access.lesson_or_404(module, order)
    before, after = guide.around(piece)
    told = words(piece)
    return page(
        "curriculum/lesson.html",
        **told,
        halves=after_the_question(told["html"], told["words"]),
        module=shown.module(module),
        terms=terms(piece),
        **leads_to(piece),
        handout=guide.handouts.get(piece.handout),
        before=before,
        after=after,
        mine=mine_at(piece),
        here="guide",
    )


def first() -> Response:
    """Any lesson will do: what draws lessons is then there."""
    return lesson(1, 1)


bp.record_once(lambda state: state.app.extensions.setdefault("draw_ahead", []).extend((index, first)))


@bp.get("/guide/<int:module>/<int:order>/page")
def handout(module: int, order: int) -> Response:
    lesson = access.lesson_or_404(module, order)
    return page("curriculum/handout.html", **words(access.handout_or_404(lesson)), lesson=lesson, here="guide")
