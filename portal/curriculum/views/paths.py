"""The lessons that a circle takes together, by when, and who shows the others how far they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, g, request, url_for
from werkzeug.wrappers import Response

from portal.circles.access import seat_or_404, seats_of
from portal.circles.models import Seat
from portal.curriculum import access
from portal.curriculum.errors import PathChanged
from portal.curriculum.forms.paths import DayForm, DaysForm, LessonsForm
from portal.curriculum.models.paths import Path, ShownProgress, Step, version
from portal.curriculum.models.study import Study
from portal.curriculum.pieces import MODULES, Lesson
from portal.curriculum.views.blueprint import bp
from portal.web.errors import NotHere
from portal.web.language import _, language
from portal.web.page import go, page


@dataclass(frozen=True)
class Stop:
    """One lesson on the path, as its page shows it."""

    lesson: Lesson
    step: Step
    is_read: bool  # by the reader
    others: tuple[str, ...]  # who have read it and let the table see that


@bp.get("/c/<circle>/path")
def path(circle: str) -> Response:
    """The path, and how far those are who show it."""
    seat = seat_or_404(circle)
    return shown(seat, Path.of(seat), DaysForm(formdata=None, data={"weeks": 1}))


def shown(seat: Seat, steps: Sequence[Step], form: DaysForm, late: PathChanged | None = None) -> Response:
    form.seen.data = version(steps)
    return page(
        "curriculum/path.html",
        status=late.status if late else form.status,
        seat=seat,
        stops=stops(seat, steps),
        form=form,
        shows=ShownProgress.is_on(seat),
        late=late,
    )


def stops(seat: Seat, steps: Sequence[Step]) -> list[Stop]:
    """The steps whose lesson the guide still has: by their days, and those without one after them."""
    read, around, found = Study.of(seat.keys).read, ShownProgress.around(seat), []
    others = [one for one in seats_of(seat) if not one.is_you]
    for step in sorted(steps, key=lambda step: step.by or date.max):
        if lesson := access.guide().lesson_named(step.lesson):
            names = tuple(one.name for one in others if step.lesson in around.get(one.id, ()))
            found.append(Stop(lesson, step, step.lesson in read, names))
    return found


@bp.route("/c/<circle>/path/lessons", methods=["GET", "POST"])
def path_lessons(circle: str) -> Response:
    """Choose which lessons are on the path."""
    seat = seat_or_404(circle)
    stands = Path.of(seat)
    ticked = [] if g.get("kept") else [step.lesson for step in stands]  # what was kept may be that none was ticked
    form = LessonsForm(data={"lessons": ticked, "seen": version(stands)})
    if not form.validate_on_submit():
        return choosing(seat, form)
    try:
        Path.choose(seat, form.chosen(access.guide().lessons, stands), form.seen.data or "")
    except PathChanged as late:
        form.seen.data = version(Path.of(seat))
        return choosing(seat, form, late)
    ShownProgress.keep_up([seat])
    return go(url_for("curriculum.path", circle=circle))


def choosing(seat: Seat, form: LessonsForm, late: PathChanged | None = None) -> Response:
    guide = access.guide()
    modules = [(number, guide.module(number, language()), guide.lessons_of(number)) for number in MODULES]
    stands = {step.lesson for step in Path.of(seat)} if late else set()
    facts: dict[str, Any] = {"modules": modules, "ticked": set(form.lessons.data or ()), "late": late, "stands": stands}
    status = late.status if late else form.status
    return page("curriculum/path_lessons.html", status=status, seat=seat, form=form, **facts)


@bp.post("/c/<circle>/path/days")
def path_days(circle: str) -> Response:
    """Give all lessons of the path their days at once."""
    seat = seat_or_404(circle)
    stands, form = Path.of(seat), DaysForm()
    if not form.validate_on_submit():
        return shown(seat, stands, form)
    try:
        Path.choose(seat, form.spread(stands), form.seen.data or "")
    except PathChanged as late:
        return shown(seat, Path.of(seat), form, late)
    return go(url_for("curriculum.path", circle=circle))


@bp.route("/c/<circle>/path/<int:module>/<int:order>", methods=["GET", "POST"])
def path_day(circle: str, module: int, order: int) -> Response:
    """Give one lesson of the path its day, another one, or none."""
    seat, found = seat_or_404(circle), access.lesson_or_404(module, order)
    stands = Path.of(seat)
    step = next((one for one in stands if one.lesson == found.key), None)
    if step is None:
        raise NotHere
    form = DayForm(data={"by": step.by, "seen": version(stands)})
    if not form.validate_on_submit():
        return asking_day(seat, found, form)
    try:
        Path.choose(seat, form.put(stands, found.key), form.seen.data or "")
    except PathChanged as late:
        now = Path.of(seat)
        form.seen.data = version(now)
        return asking_day(seat, found, form, late, next((one.by for one in now if one.lesson == found.key), None))
    return go(url_for("curriculum.path", circle=circle))


def asking_day(
    seat: Seat, lesson: Lesson, form: DayForm, late: PathChanged | None = None, day: date | None = None
) -> Response:
    """The page of one day; `day` is the one that stands now, for who comes late."""
    facts: dict[str, Any] = {"lesson": lesson, "form": form, "late": late, "day": day}
    return page("curriculum/path_day.html", status=late.status if late else form.status, seat=seat, **facts)


@bp.post("/c/<circle>/path/show")
def show_progress(circle: str) -> Response:
    """Let the others at this table see which lessons of the path one has read, or no longer."""
    seat = seat_or_404(circle)
    if request.form.get("show") == "yes":
        ShownProgress.show(seat)
        flash(_("The others at this table can see now which of these lessons you marked as read."))
    else:
        ShownProgress.hide(seat)
        flash(_("Nobody but you sees it any more."))
    return go(url_for("curriculum.path", circle=circle, _anchor="shown"))
