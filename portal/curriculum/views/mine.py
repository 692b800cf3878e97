"""What is a reader’s own in the guide: where they were, what they have read, what they wrote to its questions."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flask import flash, request, url_for
from flask_login import current_user
from peewee import DatabaseError
from werkzeug.wrappers import Response

from portal.accounts.access import signed_in
from portal.circles.access import my_keys, my_seats
from portal.circles.models import Seat
from portal.curriculum import access
from portal.curriculum.models.paths import ShownProgress
from portal.curriculum.models.reflections import Reflection, Thought
from portal.curriculum.models.study import Study
from portal.curriculum.pieces import Lesson
from portal.curriculum.progress import Progress
from portal.curriculum.prompts import prompt_of
from portal.curriculum.views.blueprint import bp
from portal.db import if_it_can
from portal.web.language import _
from portal.web.page import go, page


@dataclass(frozen=True)
class Mine:
    """What stands for the reader alone on the page of a lesson."""

    is_read: bool
    thought: Thought | None


def mine_at(lesson: Lesson) -> Mine | None:
    """The reader's own at a lesson, which is remembered as the last one they opened; None for who is not signed in.

    The lesson itself needs no database, so it opens without one.
    """
    with suppress(DatabaseError):
        if current_user.is_authenticated:
            keys = my_keys()
            with if_it_can():
                Study.visit(keys, lesson.key)
            return Mine(lesson.key in Study.of(keys).read, Reflection.at(keys, prompt_of(lesson)))
    return None


def my_progress() -> Progress:
    """How far the reader has come; nothing for who is not signed in."""
    with suppress(DatabaseError):
        if current_user.is_authenticated:
            return Study.of(my_keys())
    return Progress()


def my_place() -> dict[str, Any]:
    """What lists of lessons know of the reader. Not what they read: beside the titles it would tell who looks over."""
    return {"go_on": go_on(my_progress()), "tables": my_tables()}


def my_tables() -> list[Seat]:
    """The reader’s tables. None signed out, and none where the database does not stand, since the guide does."""
    with suppress(DatabaseError):
        if current_user.is_authenticated:
            return my_seats()
    return []


def go_on(progress: Progress) -> Lesson | None:
    """The lesson where a reader may want to go on."""
    lessons = access.guide().lessons
    found = progress.next_of([one.key for one in lessons])
    return next((one for one in lessons if one.key == found), None)


@bp.post("/guide/<int:module>/<int:order>/read")
@signed_in
def mark(module: int, order: int) -> Response:
    """Mark a lesson as read, or as not read after all."""
    lesson = access.lesson_or_404(module, order)
    Study.mark(my_keys(), lesson.key, read=request.form.get("read") != "no")
    ShownProgress.keep_up(my_seats())
    return go(url_for("curriculum.lesson", module=module, order=order, _anchor="mine"))


@bp.get("/me/guide")
@signed_in
def my_guide() -> Response:
    progress = my_progress()
    return page(
        "curriculum/mine.html",
        progress=progress,
        go_on=go_on(progress),
        read=[one for one in access.guide().lessons if one.key in progress.read],
        shown_at=[seat for seat in my_seats() if ShownProgress.is_on(seat)],
    )


@bp.post("/me/guide/remember")
@signed_in
def remember() -> Response:
    """Whether the portal keeps in mind where the reader was."""
    Study.remember(my_keys(), request.form.get("remember") == "yes")
    return go(url_for("curriculum.my_guide"))


@bp.route("/me/guide/forget", methods=["GET", "POST"])
@signed_in
def forget() -> Response:
    """Ask once, then forget what was read; where a table was shown it, that sees it no longer."""
    if request.method != "POST":
        return page("curriculum/forget.html")
    Study.forget(my_keys())
    ShownProgress.keep_up(my_seats())
    flash(_("It is forgotten. What you wrote is still there."))
    return go(url_for("curriculum.my_guide"))
