"""Who comes, what happens when somebody is missing, and what to do when fewer come."""

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from portal.circles.access import seat_or_404, seats_of
from portal.circles.models import Seat
from portal.db import utcnow, writing
from portal.jobs import chore
from portal.meetings.access.dates import meeting_or_404
from portal.meetings.access.meeting import Next, one_meeting
from portal.meetings.access.presence import wished
from portal.meetings.errors import LeastChanged, NoteThere
from portal.meetings.forms.presence import NO_NUMBER, LeastForm, MissedForm, NoteForm, PactForm, ReachForm
from portal.meetings.models.least import AsWeAre, KindNote, Least, forget_notes
from portal.meetings.models.pacts import CARE_HOLDER, Pact, Reach
from portal.meetings.models.presence import AWAY, CAME, LATE, Absence, forget_absences
from portal.meetings.models.reminding import leave_in_peace
from portal.meetings.models.roles import in_use
from portal.meetings.models.turns import Turn
from portal.meetings.views.blueprint import bp
from portal.web.forms import trimmed
from portal.web.language import _
from portal.web.page import go, local, page

chore(minutes=15, destroys=True)(forget_absences)
chore(minutes=15, destroys=True)(forget_notes)


@bp.post("/c/<circle>/meetings/<meeting>/cannot-come")
def cannot_come(circle: str, meeting: str) -> Response:
    """Say that one cannot come. What one had taken on for this meeting goes on to the next."""
    seat = seat_or_404(circle)
    found = meeting_or_404(seat, meeting)
    with writing():
        Absence.say(found, seat, AWAY, utcnow())
        Turn.stand_down(found, seat)
        leave_in_peace(found, seat)
    return back_to(circle, meeting)


@bp.post("/c/<circle>/meetings/<meeting>/later")
def later(circle: str, meeting: str) -> Response:
    """Say that one comes a little later."""
    seat = seat_or_404(circle)
    Absence.say(meeting_or_404(seat, meeting), seat, LATE, utcnow())
    return back_to(circle, meeting)


@bp.post("/c/<circle>/meetings/<meeting>/coming")
def coming(circle: str, meeting: str) -> Response:
    """Come after all, or on time after all."""
    seat = seat_or_404(circle)
    Absence.say(meeting_or_404(seat, meeting), seat, None, utcnow())
    return back_to(circle, meeting)


def back_to(circle: str, meeting: str) -> Response:
    """The page on which the button stood, at the place where it stood."""
    there = url_for("meetings.show", circle=circle, meeting=meeting, _anchor="coming")
    return go(local(request.form.get("back")) or there)


@bp.post("/c/<circle>/meetings/<meeting>/missing")
def missing(circle: str, meeting: str) -> Response:
    """Put down afterwards who was missing without a word, or that somebody was there after all."""
    seat = seat_or_404(circle)
    found, now = meeting_or_404(seat, meeting), utcnow()
    shown = one_meeting(seat, meeting, now)
    form = MissedForm(shown.presence.sat_there)
    if shown.presence.sat_there and not form.validate_on_submit():
        return page("meetings/missed.html", status=form.status, seat=seat, next=shown, form=form)
    Absence.put_down(found, seat, form.who.data or "", form.kind, now)
    flash(_("Kept. Nobody reads who was missing."))
    return go(url_for("meetings.show", circle=circle, meeting=meeting))


@bp.post("/c/<circle>/meetings/<meeting>/there")
def was_there(circle: str, meeting: str) -> Response:
    """Say of oneself that one was there."""
    seat = seat_or_404(circle)
    Absence.put_down(meeting_or_404(seat, meeting), seat, seat.id, CAME, utcnow())
    flash(_("It is put down that you were there."))
    return go(url_for("meetings.show", circle=circle, meeting=meeting))


@bp.post("/c/<circle>/meetings/<meeting>/as-we-are")
def as_we_are(circle: str, meeting: str) -> Response:
    """Meet as those who can; or open that question again."""
    seat = seat_or_404(circle)
    settled = request.form.get("stands") != "no"
    AsWeAre.say(meeting_or_404(seat, meeting), seat, utcnow(), settled=settled)
    return back_to(circle, meeting)


@bp.route("/c/<circle>/meetings/<meeting>/note", methods=["GET", "POST"])
def note(circle: str, meeting: str) -> Response:
    """A kind note to everyone; its author can change it."""
    seat = seat_or_404(circle)
    found = meeting_or_404(seat, meeting)
    shown = one_meeting(seat, meeting, utcnow())
    if shown.meeting.is_over:
        return go(url_for("meetings.show", circle=circle, meeting=meeting))
    stands = shown.presence.note
    form = NoteForm(data={"words": stands.words if stands and stands.is_yours else proposed()})
    if not form.validate_on_submit():
        return noting(seat, shown, form, form.status)
    try:
        KindNote.leave(found, seat, trimmed(form.words.data), utcnow())
    except NoteThere:
        return noting(seat, one_meeting(seat, meeting, utcnow()), form, 409)
    return back_to(circle, meeting)


def noting(seat: Seat, shown: Next, form: NoteForm, status: int) -> Response:
    return page("meetings/note.html", status=status, seat=seat, next=shown, form=form)


def proposed() -> str:
    """What a note may say."""
    return _(
        "We may be fewer this time, and that is all right. Come if it is good for you. "
        "If you stay at home, we think of you, and your chair is waiting for you."
    )


@bp.post("/c/<circle>/meetings/<meeting>/note/take-back")
def take_note_back(circle: str, meeting: str) -> Response:
    seat = seat_or_404(circle)
    KindNote.take_back(meeting_or_404(seat, meeting), seat)
    flash(_("Your note is erased."))
    return back_to(circle, meeting)


@bp.route("/c/<circle>/meetings/least", methods=["GET", "POST"])
def least(circle: str) -> Response:
    """With how few we still wish to meet."""
    seat = seat_or_404(circle)
    form = LeastForm(seat.circle.seats, Least.of(circle))
    if not form.validate_on_submit():
        return page("meetings/quorum.html", status=form.status, seat=seat, form=form, changed=False)
    try:
        Least.agree(seat, form.least, form.stood)
    except LeastChanged:
        form.seen.data = str(Least.of(circle) or NO_NUMBER)
        return page("meetings/quorum.html", status=409, seat=seat, form=form, changed=True)
    number = form.least
    flash(_("Kept. You meet with %(number)s or more.", number=number) if number else _("Kept. There is no number now."))
    return go(url_for("circles.people", circle=circle))


@bp.route("/c/<circle>/people/missing", methods=["GET", "POST"])
def pact(circle: str) -> Response:
    """What may happen when I miss two meetings in a row."""
    seat = seat_or_404(circle)
    around = seats_of(seat)
    form = PactForm([one for one in around if not one.is_you], Pact.of(seat))
    if not form.validate_on_submit():
        stands = wished(seat, {one.id: one for one in around})
        care_rests = CARE_HOLDER not in in_use(circle)
        return page(
            "meetings/pact.html", status=form.status, seat=seat, form=form, wished=stands, care_rests=care_rests
        )
    Pact.choose(seat, *form.chosen)
    flash(_("Kept. If you miss two meetings in a row, only what you chose happens."))
    return go(url_for("circles.people", circle=circle))


@bp.post("/c/<circle>/people/written")
def written(circle: str) -> Response:
    """Say that one has written to somebody who missed two meetings. The same answer whether one was asked or not."""
    seat = seat_or_404(circle)
    Pact.written(seat, request.form.get("who", ""), utcnow())
    flash(_("It is put away, for everyone who saw it."))
    return go(local(request.form.get("back")) or url_for("home.circle", circle=circle))


@bp.route("/c/<circle>/people/reach", methods=["GET", "POST"])
def reach(circle: str) -> Response:
    """How the people of this table can reach me."""
    seat = seat_or_404(circle)
    stands = Reach.of(seat, whose=[seat.id]).get(seat.id, [])
    form = ReachForm(data={"lines": "\n".join(stands)})
    if not form.validate_on_submit():
        return page("meetings/reach.html", status=form.status, seat=seat, form=form, stands=stands)
    Reach.say(seat, form.typed)
    flash(_("Kept. It stands beside your name.") if form.typed else _("Nothing stands beside your name now."))
    return go(url_for("circles.people", circle=circle))


@bp.app_template_global()
def ways_to_reach(seat: Seat) -> dict[str, list[str]]:
    """What the People page, in a room below this one, shows beside the names."""
    return Reach.of(seat)
