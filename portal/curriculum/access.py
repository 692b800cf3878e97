"""The guide of this portal: what is shipped, and what its steward put over it."""

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from flask import current_app
from flask.sansio.app import App

from portal.config import Settings
from portal.curriculum.pieces import GUIDE, MODULES, Activity, Exercise, Guide, Handout, Lesson, ToTheCircle, Workshop
from portal.web.errors import NotHere

if TYPE_CHECKING:
    from portal.curriculum.search import Index

Found = TypeVar("Found")


class Library:
    """Reads the guide once, when somebody first asks: parsing hundreds of heads would keep a start waiting."""

    def __init__(self, folders: tuple[Path, ...], found: Guide | None = None) -> None:
        self.folders = folders
        self.found = found
        self.indexes: dict[str, Index] = {}
        self.lock = Lock()

    def guide(self) -> Guide:
        """Raises Unfit, which names file and line."""
        with self.lock:
            if self.found is None:
                from portal.curriculum.shelf import read_guide  # brings YAML in

                self.found = read_guide(*self.folders)
            return self.found

    def index(self, language: str) -> "Index":
        """For searching; made when somebody first searches in this language."""
        guide = self.guide()
        with self.lock:
            if language not in self.indexes:
                from portal.curriculum.search import index

                self.indexes[language] = index(guide, language)
            return self.indexes[language]


def load(app: App) -> None:
    """What is shipped is proven by tests; what a steward wrote is read now, so that a fault in it stops the start.

    Raises Unfit, which names file and line.
    """
    library = app.extensions["guide"] = Library(folders(app.config["PORTAL"]))
    if len(library.folders) > 1:
        library.guide()


def folders(settings: Settings) -> tuple[Path, ...]:
    """Where the guide lies; what stands in a later folder wins."""
    own = settings.data_dir / "guide"
    return (GUIDE, own) if own.is_dir() else (GUIDE,)


def guide() -> Guide:
    return current_app.extensions["guide"].guide()


def index(language: str) -> "Index":
    return current_app.extensions["guide"].index(language)


def module_or_404(number: int) -> int:
    if number not in MODULES:
        raise NotHere
    return number


def lesson_or_404(module: int, order: int) -> Lesson:
    return there(guide().lesson(module, order))


def workshop_or_404(module: int) -> Workshop:
    return there(guide().workshops.get(module))


def exercises_or_404(module: int) -> list[Exercise]:
    return there(guide().exercises_of(module))


def to_the_circle_or_404(module: int) -> ToTheCircle:
    return there(guide().to_the_circle.get(module))


def handout_or_404(lesson: Lesson) -> Handout:
    return there(guide().handouts.get(lesson.handout))


def handout_of_module_or_404(module: int) -> Handout:
    return there(guide().handout_of(module))


def activity_or_404(key: str) -> Activity:
    return there(guide().activities.get(key))


def there(found: Found | None) -> Found:
    if not found:
        raise NotHere
    return found
