"""The guide on paper: one part of it or the whole, to be printed or kept as a file."""

from typing import Any

from werkzeug.wrappers import Response

from portal.curriculum import access
from portal.curriculum.pieces import MODULES
from portal.curriculum.views import shown
from portal.curriculum.views.blueprint import bp
from portal.curriculum.views.shown import words
from portal.web.page import page


@bp.get("/guide/<int:module>/print")
def print_module(module: int) -> Response:
    return booklet([access.module_or_404(module)])


@bp.get("/guide/print")
def print_guide() -> Response:
    return booklet(list(MODULES))


def booklet(numbers: list[int]) -> Response:
    return page("curriculum/booklet.html", parts=[part(number) for number in numbers], here="guide")


def part(number: int) -> dict[str, Any]:
    """A module and all that belongs to it, in the order of its page."""
    pieces = access.guide().all_of(number)
    told = [words(piece, f"{number}-{place}-", explained=False) for place, piece in enumerate(pieces, 1)]
    return {"number": number, "module": shown.module(number), "pieces": told}
