"""A part of the guide: its own page, and what belongs to the whole of it. Open to everyone, signed out too."""

from typing import Any

from werkzeug.wrappers import Response

from portal.curriculum import access
from portal.curriculum.pieces import MODULES, Piece
from portal.curriculum.views import shown
from portal.curriculum.views.blueprint import bp
from portal.curriculum.views.mine import my_place
from portal.curriculum.views.shown import leads_to, terms, words
from portal.resources.access import some
from portal.web.page import page


@bp.get("/guide/<int:module>")
def module(module: int) -> Response:
    guide, number = access.guide(), access.module_or_404(module)
    return page(
        "curriculum/module.html",
        number=number,
        module=shown.module(number),
        lessons=guide.lessons_of(number),
        workshop=guide.workshops.get(number),
        exercises=guide.exercises_of(number),
        to_the_circle=guide.to_the_circle.get(number),
        handout=guide.handout_of(number),
        sources=shown.sources_of(guide.all_of(number)),
        around=[(one, shown.module(one)) for one in (number - 1, number + 1) if one in MODULES],
        here="guide",
        **my_place(),
    )


@bp.get("/guide/<int:module>/workshop")
def workshop(module: int) -> Response:
    piece = access.workshop_or_404(module)
    return page("curriculum/workshop.html", **of_module(module, piece), **leads_to(piece), here="guide")


@bp.get("/guide/<int:module>/circle")
def to_the_circle(module: int) -> Response:
    piece = access.to_the_circle_or_404(module)
    return page("curriculum/to_the_circle.html", **of_module(module, piece), lines=some(piece.help), here="guide")


@bp.get("/guide/<int:module>/exercises")
def exercises(module: int) -> Response:
    found = access.exercises_or_404(module)
    told = [{**words(one, f"{one.order}-"), "terms": terms(one)} for one in found]
    return page("curriculum/exercises.html", number=module, module=shown.module(module), exercises=told, here="guide")


@bp.get("/guide/<int:module>/page")
def handout_of_module(module: int) -> Response:
    piece = access.handout_of_module_or_404(module)
    return page("curriculum/handout.html", **of_module(module, piece), lesson=None, here="guide")


def of_module(number: int, piece: Piece) -> dict[str, Any]:
    return {**words(piece), "terms": terms(piece), "number": number, "module": shown.module(number)}
