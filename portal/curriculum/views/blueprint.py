"""What all addresses of this room hang on."""

from flask import Blueprint, current_app, request
from flask_login import current_user

from portal.accounts.access import SignInFirst
from portal.curriculum import access
from portal.curriculum.letters import Letters, letters_in
from portal.curriculum.marks import curly

LETTERS = "letters"  # the cookie with how the letters look
KEEPING = "X-Keep"  # the same, sent without cookies where a phone keeps the guide

bp = Blueprint("curriculum", __name__)
bp.record_once(lambda state: access.load(state.app))
bp.add_app_template_filter(curly)


@bp.before_request
def only_who_may_read() -> None:
    """A steward may keep the guide to those who have an account. Help is open to everyone, always.

    A phone that kept the guide before asks for the list signed out, and finds there that it is to let go of it.
    """
    if not is_open() and not current_user.is_authenticated and request.endpoint != "curriculum.kept_list":
        raise SignInFirst


@bp.app_template_global("guide_is_open")
def is_open() -> bool:
    return current_app.config["PORTAL"].guide_open


@bp.app_context_processor
def letters() -> dict[str, str]:
    """How this reader wants the letters: for the pages of this room, and for Help, which look alike."""
    return {"letters": letters_wanted().classes()}


def letters_wanted() -> Letters:
    return letters_in(request.cookies.get(LETTERS) or request.headers.get(KEEPING, ""))
