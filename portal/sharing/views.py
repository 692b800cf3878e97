"""Writing and pictures: putting one up, reading, opening it to the table, taking it back, erasing."""

import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from flask import Blueprint, current_app, flash, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.accounts.access import signed_in
from portal.accounts.taking import Thing, gathers
from portal.circles.access import Sitting, my_keys, my_seat_at, my_seats, seat_or_404, seats_of
from portal.circles.models import Seat
from portal.db import forget_deleted, rows, utcnow
from portal.jobs import chore
from portal.media.cleaned import MIMETYPE
from portal.media.refusals import PictureRefused
from portal.media.space import MEGABYTE, leaves_enough
from portal.media.store import files
from portal.media.worker import clean
from portal.sharing.access import (
    PAGE,
    Piece,
    my_latest,
    my_work_or_404,
    open_all,
    picture_or_404,
    piece_or_404,
    wall,
    work_or_404,
    works_path,
)
from portal.sharing.errors import TableChanged
from portal.sharing.forms import CIRCLE, NewForm, ShareForm
from portal.sharing.models import LARGE, UNDO, WRITING, Draft, Work
from portal.web.errors import DiskFull, NotHere
from portal.web.filters import listed
from portal.web.forms import trimmed
from portal.web.language import _
from portal.web.page import go, local, page

REFUSED, BUSY = 422, 503  # the form again; told apart for the script that sends a picture, which waits and tries again

bp = Blueprint("sharing", __name__)
bp.record_once(lambda state: files.open(state.app.config["PORTAL"].data_dir / "media"))


@chore(minutes=1, destroys=True)
def erase_due(now: datetime) -> None:
    """The log is emptied each time, for a reader may have stood in the way the last time."""
    Work.erase_due(now)
    forget_deleted()


@bp.get("/c/<circle>/works")
def works(circle: str) -> Response:
    """What this reader can open of all that hangs on the circle's wall, newest first."""
    seat = seat_or_404(circle)
    older = request.args.get("older", "")
    found = wall(seat, PAGE + 1, older)
    return page("sharing/works.html", seat=seat, pieces=found[:PAGE], more=found[PAGE:], older=older)


@bp.route("/c/<circle>/works/new", methods=["GET", "POST"])
def new(circle: str) -> Response:
    """Put up a piece. It is kept for its author alone first; opening it to the table is a question of its own."""
    seat = seat_or_404(circle)
    form = NewForm(others_at(seat), data={"kind": request.args.get("kind", WRITING)})
    if not form.validate_on_submit():
        return desk(seat, form, REFUSED if form.errors else 200)
    work = Work.sent_before(seat.person_id, form.once.data)
    try:
        work = work or Work.write(seat, draft_of(form), room_for_pictures(), utcnow())
    except PictureRefused as refused:
        form.refuse("picture", _(refused.say))
        return desk(seat, form, BUSY if refused.status == BUSY else REFUSED)
    if form.who.data == CIRCLE:
        return go(url_for("sharing.share", circle=circle, work=work.id))
    flash(_("It is kept. Nobody but you can open it."))
    return go(url_for("sharing.show", circle=circle, work=work.id))


def desk(seat: Seat, form: NewForm, status: int) -> Response:
    others = [one for one in seats_of(seat) if not one.is_you]
    limit = current_app.config["PORTAL"].upload_limit
    return page(
        "sharing/new.html", seat=seat, form=form, others=others, names=named(others), limit=limit, status=status
    )


def others_at(seat: Seat) -> str:
    return _("The others at %(table)s", table=seat.about.name)


def named(others: list[Sitting]) -> str:
    return listed([one.name for one in others])


def draft_of(form: NewForm) -> Draft:
    """What was sent, its picture cleaned. Raises PictureRefused and DiskFull."""
    settings = current_app.config["PORTAL"]
    once, title, text = form.once.data, trimmed(form.title.data), (form.text.data or "").strip("\r\n")
    if not form.is_picture:
        leave_room(len(text), settings.text_floor)
        return Draft(once, title, text)
    sent = form.picture.data.stream.getvalue()  # the whole body is in memory (web.incoming); reading would copy it
    leave_room(len(sent), settings.picture_floor)
    return Draft(once, title, text, trimmed(form.alt.data), clean(sent, settings.upload_limit * MEGABYTE))


def leave_room(adding: int, floor: int) -> None:
    """Raises DiskFull where `adding` bytes would leave less than `floor` megabytes free."""
    if not leaves_enough(files.free(), adding, floor * MEGABYTE):
        raise DiskFull


def room_for_pictures() -> int:
    return current_app.config["PORTAL"].circle_quota * MEGABYTE


@bp.get("/c/<circle>/works/<work>")
def show(circle: str, work: str) -> Response:
    """Read a piece. Its author finds their permission for it below."""
    seat = seat_or_404(circle)
    piece = piece_or_404(work_or_404(seat, work), seat.keys, works_path(circle))
    return reading(piece, seat, at_table=True)


def reading(piece: Piece, seat: Seat | None, *, at_table: bool) -> Response:
    """The page of a piece, at its table or among one's own. `seat` is the reader's there, while they have one."""
    came_later = piece.is_mine and seat and piece.shared_at and seat_taken_since(seat, piece.shared_at)
    zone = current_user.person.zone
    return page("sharing/show.html", piece=piece, seat=seat, at_table=at_table, came_later=came_later, zone=zone)


def seat_taken_since(seat: Seat, shared_at: datetime) -> bool:
    """Whether someone sits at the table to whom the piece is closed, because it was shared before they came."""
    return Seat.select().where((Seat.circle == seat.circle_id) & (Seat.joined_at > shared_at)).exists()


@bp.get("/c/<circle>/works/<work>/<any(large, small):size>")
def file(circle: str, work: str, size: str) -> Response:
    seat = seat_or_404(circle)
    return picture(picture_or_404(work_or_404(seat, work), seat.keys, size))


def picture(webp: bytes) -> Response:
    """A file that a browser can only take for a picture, under a name that says nothing."""
    response = Response(webp, mimetype=MIMETYPE)
    response.headers["Content-Disposition"] = f'inline; filename="{secrets.token_hex(4)}.webp"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@bp.route("/c/<circle>/works/<work>/share", methods=["GET", "POST"])
def share(circle: str, work: str) -> Response:
    """Read the permission back as one sentence; the yes to it opens the piece to the table."""
    seat = seat_or_404(circle)
    found = work_or_404(seat, work)
    if found.author_id != seat.person_id:
        raise NotHere
    form, changed = ShareForm(), None
    if form.validate_on_submit():
        try:
            found.share(seat, form.seats, utcnow())
        except TableChanged as error:
            changed = error
        else:
            flash(_("It is shared. You can take it back on any day."))
            return go(url_for("sharing.show", circle=circle, work=work))
    others = [one for one in seats_of(seat) if not one.is_you]
    form.named.data = " ".join(one.id for one in others)
    piece = piece_or_404(found, seat.keys, works_path(circle))
    status = changed.status if changed else 200
    return page(
        "sharing/share.html", seat=seat, piece=piece, form=form, names=named(others), changed=changed, status=status
    )


@bp.get("/me/things")
@signed_in
def things() -> Response:
    """Everything one has made, from every table one has sat at."""
    older = request.args.get("older", "")
    found = my_latest(PAGE + 1, older)
    tables = {seat.circle_id: seat.about.name for seat in my_seats()}
    zone = current_user.person.zone
    return page("sharing/things.html", pieces=found[:PAGE], more=found[PAGE:], older=older, tables=tables, zone=zone)


@bp.get("/me/things/<work>")
@signed_in
def thing(work: str) -> Response:
    """A piece of one's own, also after leaving its table."""
    piece = piece_or_404(my_work_or_404(work), my_keys(), url_for("sharing.things"))
    if piece.hidden_at:
        return page("sharing/hidden.html", piece=piece, until=piece.hidden_at + UNDO, zone=current_user.person.zone)
    seat = my_seat_at(piece.circle_id) if piece.circle_id else None
    return reading(piece, seat, at_table=False)


@bp.get("/me/things/<work>/<any(large, small):size>")
@signed_in
def my_file(work: str, size: str) -> Response:
    return picture(picture_or_404(my_work_or_404(work), my_keys(), size))


@bp.post("/me/things/<work>/take-back")
@signed_in
def take_back(work: str) -> Response:
    my_work_or_404(work).take_back(my_keys())
    flash(_("It is taken back. From now on it opens for nobody but you."))
    return go(back_to(work))


@bp.post("/me/things/<work>/erase")
@signed_in
def erase(work: str) -> Response:
    """Out of sight at once, gone in ten minutes."""
    my_work_or_404(work).hide(utcnow())
    return go(url_for("sharing.thing", work=work))


@bp.post("/me/things/<work>/keep")
@signed_in
def keep(work: str) -> Response:
    """Undo erasing."""
    my_work_or_404(work).bring_back()
    flash(_("It is back, as it was."))
    return go(url_for("sharing.thing", work=work))


@bp.post("/me/things/<work>/erase-now")
@signed_in
def erase_now(work: str) -> Response:
    found = my_work_or_404(work)
    if found.hidden_at is None:
        raise NotHere
    found.erase()
    flash(_("It is erased."))
    return go(url_for("sharing.things"))


@gathers
def my_works() -> Iterator[Thing]:
    """Everything one has made, oldest first, but for what is being erased."""
    keys = my_keys()
    mine = Work.by(current_user.id).where(Work.hidden_at.is_null()).order_by(Work.written_at, Work.id)
    for (id,) in rows(mine.select(Work.id)):
        found = list(mine.where(Work.id == id))  # no query stays open while a slow phone takes the file
        for piece in open_all(found, keys, url_for("sharing.things")):
            said = "\n\n".join(text for text in (piece.words.title, piece.words.text, piece.words.alt) if text)
            facts = (_("Writing and pictures"), piece.words.title or piece.words.alt)
            if piece.is_picture:
                with suppress(NotHere):  # its file is missing: what was said beside it is still theirs
                    yield Thing(*facts, "webp", piece.written_at, picture_or_404(found[0], keys, LARGE))
            if said:
                yield Thing(*facts, "txt", piece.written_at, said.encode())


def back_to(work: str) -> str:
    """The page the button stood on: at the table or among one's own things."""
    return local(request.form.get("back")) or url_for("sharing.thing", work=work)
