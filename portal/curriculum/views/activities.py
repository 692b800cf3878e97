"""Something to do together. Open to everyone, signed out too."""

from werkzeug.wrappers import Response

from portal.curriculum import access
from portal.curriculum.views.blueprint import bp
from portal.curriculum.views.shown import terms, words
from portal.web.page import page


@bp.get("/activities/<key>")
def activity(key: str) -> Response:
    piece = access.activity_or_404(key)
    lessons = [lesson for lesson in access.guide().lessons if key in lesson.activities]
    return page("curriculum/activity.html", **words(piece), terms=terms(piece), lessons=lessons, here="guide")
