"""How the letters of the guide look: chosen on a phone, signed in or not, and kept in a cookie that names nobody."""

from flask import request, url_for
from werkzeug.wrappers import Response

from portal.curriculum.forms.letters import LettersForm
from portal.curriculum.letters import Letters, letters_in
from portal.curriculum.views.blueprint import LETTERS, bp
from portal.web.page import go, local, page

A_YEAR = 365 * 24 * 3600  # seconds


@bp.route("/guide/letters", methods=["GET", "POST"])
def letters() -> Response:
    now = letters_in(request.cookies.get(LETTERS, ""))
    form = LettersForm(data={"size": now.size, "wide": now.wide})
    back = local(request.args.get("back")) or url_for("curriculum.index")
    if not form.validate_on_submit():
        return page("curriculum/letters.html", status=form.status, form=form, back=back, here="guide")
    response = go(back)
    chosen = Letters(form.size.data, form.wide.data)
    secure = request.is_secure
    response.set_cookie(LETTERS, str(chosen), max_age=A_YEAR, httponly=True, secure=secure, samesite="Lax")
    return response
