"""The guide of this portal: read once, when the room opens, so that a broken file stops the start."""

from pathlib import Path

from flask import current_app
from flask.sansio.app import App

from portal.config import Settings
from portal.curriculum.pieces import Activity, Guide, Handout, Lesson
from portal.curriculum.shelf import GUIDE, read_guide
from portal.web.errors import NotHere


def folders(settings: Settings) -> tuple[Path, ...]:
    """Where the guide lies: what is shipped, and what the steward put over it."""
    own = settings.data_dir / "guide"
    return (GUIDE, own) if own.is_dir() else (GUIDE,)


def load(app: App) -> None:
    """Raises Unfit, which names file and line."""
    app.extensions["guide"] = read_guide(*folders(app.config["PORTAL"]))


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
