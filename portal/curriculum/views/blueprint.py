"""What all addresses of this room hang on."""

from flask import Blueprint, request

from portal.curriculum import access
from portal.curriculum.letters import read
from portal.curriculum.marks import curly

LETTERS = "letters"  # the cookie with how the letters look
KEEPING = "X-Keep"  # the same, sent without cookies where a phone keeps the guide

bp = Blueprint("curriculum", __name__)
bp.record_once(lambda state: access.load(state.app))
bp.add_app_template_filter(curly)


@bp.context_processor
def letters() -> dict[str, str]:
    """How this reader wants the letters, for the pages of this room."""
    said = request.cookies.get(LETTERS) or request.headers.get(KEEPING, "")
    return {"letters": read(said).classes()}
