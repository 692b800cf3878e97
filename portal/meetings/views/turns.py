"""Who does what at a meeting: asked, accepted, passed on, taken over, held together, swapped, put right."""

from collections.abc import Callable
from datetime import datetime

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from portal.circles.access import seat_or_404, seats_of
from portal.circles.models import Seat
from portal.db import utcnow
from portal.jobs import chore
from portal.meetings.access.dates import meeting_or_404
from portal.meetings.access.meeting import Next, one_meeting
from portal.meetings.access.papers import lines
from portal.meetings.access.roles import role_or_404
from portal.meetings.access.turns import TurnThen, offer_or_404, turns_ahead
from portal.meetings.errors import AlreadyTaken, NotYetTogether, RoleRests, TurnChanged
from portal.meetings.forms.turns import SettleForm, SwapForm
from portal.meetings.models.asking import pass_on as pass_turn_on
from portal.meetings.models.dates import Meeting
from portal.meetings.models.roles import FACILITATOR
from portal.meetings.models.turns import NOT_NOW, PARTNER, YES, Swap, Together, Turn, Willingness, forget_passes
from portal.meetings.together import script
from portal.meetings.views.blueprint import bp
from portal.meetings.views.meeting import minutes, shown
from portal.web import filters
from portal.web.language import _
from portal.web.page import go, local, page

chore(minutes=15, destroys=True)(forget_passes)

Verb = Callable[[Meeting, Seat, str, datetime], None]


@bp.post("/c/<circle>/meetings/<meeting>/accept")
def accept(circle: str, meeting: str) -> Response:
    """Say yes to a role, asked or not."""
    said_yes = _("You have said yes. You can give it back at any time.")
    return say(circle, meeting, lambda found, seat, role, now: Turn.take(found, seat, now, role=role), said_yes)


@bp.post("/c/<circle>/meetings/<meeting>/join")
def join(circle: str, meeting: str) -> Response:
    """Hold a role together with somebody who has said yes to it."""
    beside = request.form.get("beside")
    joined = _("You hold it together. You can give your part back at any time.")
    return say(circle, meeting, lambda found, seat, role, now: Turn.join(found, seat, now, beside, role), joined)


@bp.post("/c/<circle>/meetings/<meeting>/pass")
def pass_on(circle: str, meeting: str) -> Response:
    passed = _("It goes on to the next person. Nobody counts, and nothing is kept.")
    return say(circle, meeting, lambda found, seat, role, now: pass_turn_on(found, seat, now, role), passed)


@bp.post("/c/<circle>/meetings/<meeting>/give-back")
def give_back(circle: str, meeting: str) -> Response:
    given_back = _("You have given it back.")
    return say(circle, meeting, lambda found, seat, role, now: Turn.give_back(found, seat, now, role), given_back)


@bp.post("/c/<circle>/meetings/<meeting>/willing")
def willing(circle: str, meeting: str) -> Response:
    """Not for a while; or ask me again."""
    answer = request.form.get("answer", YES)
    known = answer if answer in (NOT_NOW, PARTNER) else YES
    done = _("Kept. You are asked again when it is your turn.")
    if known == NOT_NOW:
        done = _("Kept. To be asked again, open “Meetings”, then “What I’d like to be asked for”.")
    return say(circle, meeting, lambda found, seat, role, now: Willingness.say(seat, known, role), done)


@bp.route("/c/<circle>/meetings/<meeting>/take", methods=["GET", "POST"])
def take(circle: str, meeting: str) -> Response:
    """Hold it with, or take it for, someone who has said yes."""
    seat = seat_or_404(circle)
    found = one_meeting(seat, meeting, utcnow())
    if request.method == "POST":
        instead = request.form.get("instead_of")
        taken = _("You have taken it over. You can give it back at any time.")
        return say(circle, meeting, lambda it, own, role, now: Turn.take(it, own, now, instead, role), taken)
    turn = found.turns.of(request.args.get("role", FACILITATOR))
    if turn.holder is None or turn.is_yours or found.meeting.is_over:
        return go(url_for("meetings.show", circle=circle, meeting=meeting))
    return page("meetings/take.html", seat=seat, next=found, turn=turn)


@bp.post("/c/<circle>/meetings/<meeting>/held")
def settle(circle: str, meeting: str) -> Response:
    """Put right who held which role."""
    seat = seat_or_404(circle)
    now = utcnow()
    found = meeting_or_404(seat, meeting)
    form = SettleForm(seats_of(seat), one_meeting(seat, meeting, now).turns)
    if not form.validate_on_submit():
        return shown(seat, meeting, form, status=422)
    Turn.settle(found, seat, form.held, now, met=not form.not_met.data, together=form.together)
    flash(_("Kept. It can be put right again at any time."))
    return go(url_for("meetings.show", circle=circle, meeting=meeting))


@bp.route("/c/<circle>/meetings/<meeting>/together", methods=["GET", "POST"])
def together(circle: str, meeting: str) -> Response:
    """A meeting that nobody leads: how it goes, step by step; and the word that it is held like this."""
    seat = seat_or_404(circle)
    found = one_meeting(seat, meeting, utcnow())
    if request.method != "POST":
        told = steps(seat, found)
        return page("meetings/together.html", seat=seat, next=found, steps=told, own_plan=bool(found.blocks))
    asks = request.form.get("answer") == "ask"
    verb = Together.ask_again if asks else Together.hold
    done = _("Somebody is asked to facilitate after all.") if asks else _("You hold this meeting together.")
    return say(circle, meeting, lambda it, own, role, now: verb(it, own, now), done)


def steps(seat: Seat, found: Next) -> list[tuple[str, object]]:
    """Each stretch of the meeting with its kind, by the clock."""
    blocks = script(found.blocks, minutes(found))
    by_clock = lines(seat, blocks, found.meeting.starts_at)
    return [(block.kind.name, line) for block, line in zip(blocks, by_clock, strict=True)]


@bp.route("/c/<circle>/meetings/<meeting>/swap", methods=["GET", "POST"])
def swap(circle: str, meeting: str) -> Response:
    """Offer one's turn at this meeting for somebody's turn at another."""
    seat = seat_or_404(circle)
    now = utcnow()
    found = one_meeting(seat, meeting, now)
    every = turns_ahead(seat, {one.id: one for one in seats_of(seat)}, now)
    mine = [one for one in every if one.whose.is_you and one.meeting_id == meeting]
    own = next((one for one in mine if one.role.code == request.values.get("role")), mine[0] if mine else None)
    theirs = [one for one in every if own and not one.whose.is_you and one.meeting_id != meeting]
    form = SwapForm([(one, turn_in_words(one)) for one in theirs])
    if own is None or not form.validate_on_submit():
        return page("meetings/swap.html", seat=seat, next=found, own=own, form=form, status=form.status)
    try:
        Swap.offer(seat, own.id, form.wanted.data, now)
    except TurnChanged as changed:
        return shown(seat, meeting, note=str(changed.say), status=409)
    flash(_("Your offer is made. You can take it back until it is answered."))
    return go(url_for("meetings.show", circle=circle, meeting=meeting))


def turn_in_words(turn: TurnThen) -> str:
    return _(
        "%(name)s on %(day)s: %(role)s",
        name=turn.whose.name,
        day=filters.day(turn.starts_at, turn.zone),
        role=turn.role.name,
    )


@bp.post("/c/<circle>/meetings/swaps/<swap>/accept")
def accept_swap(circle: str, swap: str) -> Response:
    """Each holds what the other held."""
    seat = seat_or_404(circle)
    now = utcnow()
    found = offer_or_404(seat, swap, made_by_you=False, now=now)
    meeting = found.wanted.meeting_id
    try:
        found.accept(seat, now)
    except TurnChanged as changed:
        return shown(seat, meeting, note=str(changed.say), status=409)
    flash(_("You have swapped turns."))
    return go(url_for("meetings.show", circle=circle, meeting=meeting))


@bp.post("/c/<circle>/meetings/swaps/<swap>/put-away")
def put_swap_away(circle: str, swap: str) -> Response:
    """Leave it as it is. Whoever offered it reads nothing of this."""
    seat = seat_or_404(circle)
    found = offer_or_404(seat, swap, made_by_you=False, now=utcnow())
    found.lay_aside(seat)
    flash(_("You keep your turn. Nothing has changed."))
    return go(url_for("meetings.show", circle=circle, meeting=found.wanted.meeting_id))


@bp.post("/c/<circle>/meetings/swaps/<swap>/take-back")
def take_swap_back(circle: str, swap: str) -> Response:
    seat = seat_or_404(circle)
    found = offer_or_404(seat, swap, made_by_you=True, now=utcnow())
    meeting = found.offered.meeting_id
    found.take_back(seat)
    flash(_("Your offer is taken back."))
    return go(url_for("meetings.show", circle=circle, meeting=meeting))


def say(circle: str, meeting: str, verb: Verb, done: str) -> Response:
    """Do what a button says; then the changed block, or back to the page on which it stood, with a word about it.

    Who comes second when two say yes at once reads who has it.
    """
    seat = seat_or_404(circle)
    found = meeting_or_404(seat, meeting)
    role = role_or_404(seat, request.form.get("role", FACILITATOR)).code
    try:
        verb(found, seat, role, utcnow())
    except AlreadyTaken as taken:
        return answered(seat, meeting, note=have_said_yes(seat, taken.holders))
    except (TurnChanged, RoleRests, NotYetTogether) as changed:
        return answered(seat, meeting, note=str(changed.say))
    return answered(seat, meeting, done=done)


def have_said_yes(seat: Seat, holders: list[str]) -> str:
    names = [one.name for one in seats_of(seat) if one.id in holders]
    if len(names) > 1:
        return _("%(names)s have said yes already. Nothing is lost.", names=filters.listed(names))
    return _("%(name)s has said yes already. Nothing is lost.", name=names[0]) if names else str(AlreadyTaken.say)


def answered(seat: Seat, meeting: str, note: str = "", *, done: str = "") -> Response:
    is_block = request.headers.get("HX-Target") == "turn"
    if is_block or note:
        return shown(seat, meeting, note=note or done, status=200 if is_block else 409)
    flash(done)
    return go(local(request.form.get("back")) or url_for("meetings.show", circle=seat.circle_id, meeting=meeting))
