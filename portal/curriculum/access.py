"""The guide of this portal: read once, when the room opens, so that a broken file stops the start."""

from flask import current_app
from flask.sansio.app import App

from portal.curriculum.pieces import Activity, Guide, Handout, Lesson
from portal.curriculum.shelf import read_guide
from portal.web.errors import NotHere


def load(app: App) -> None:
    """Raises Unfit, which names file and line."""
    app.extensions["guide"] = read_guide()


def guide() -> Guide:
    return current_app.extensions["guide"]


def lesson_or_404(module: int, order: int) -> Lesson:
    found = guide().lesson(module, order)
    if not found:
        raise NotHere
    return found


def handout_or_404(lesson: Lesson) -> Handout:
    found = guide().handouts.get(lesson.handout)
    if not found:
        raise NotHere
    return found


def activity_or_404(key: str) -> Activity:
    found = guide().activities.get(key)
    if not found:
        raise NotHere
    return found
