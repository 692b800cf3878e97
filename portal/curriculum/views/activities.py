"""Something to do together. Open to everyone, signed out too."""

from werkzeug.wrappers import Response

from portal.curriculum import access, naming
from portal.curriculum.views.blueprint import bp
from portal.curriculum.views.listed import by_family, chosen, facts_of, of_guide, tables
from portal.curriculum.views.mine import my_tables
from portal.curriculum.views.shown import terms, words
from portal.web.page import page


@bp.get("/activities")
def activities() -> Response:
    """All of them, or what fits tonight. The choice stands in the address and nowhere else."""
    found = chosen(by_family(of_guide()))
    return page("curriculum/activities.html", **found, naming=naming, seats=my_tables(), seat=None, here="guide")


@bp.get("/activities/<key>")
def activity(key: str) -> Response:
    piece = access.activity_or_404(key)
    lessons = [lesson for lesson in access.guide().lessons if key in lesson.activities]
    return page(
        "curriculum/activity.html",
        **words(piece),
        facts=facts_of(piece),
        naming=naming,
        terms=terms(piece),
        lessons=lessons,
        tables=tables(key),
        here="guide",
    )
