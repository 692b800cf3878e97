"""The papers of a meeting as one person of the table sees them: its plan by the clock, what was handed over, who said
what on arriving. What somebody may not read is not passed on."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from portal.circles.access import Sitting
from portal.circles.models import Seat
from portal.curriculum.access import guide
from portal.curriculum.choosing import OWN
from portal.curriculum.marks import curly
from portal.curriculum.models.favorites import KeptActivities
from portal.curriculum.models.own import OwnActivity, titles_of
from portal.curriculum.naming import FAMILIES
from portal.curriculum.pieces import Text
from portal.meetings.access.dates import Shown
from portal.meetings.models.papers import (
    ArrivalWord,
    Handed,
    Handover,
    before,
    facilitates,
    may_arrive,
    may_hand_over,
)
from portal.meetings.plan import Block, Kind, beginnings
from portal.rings import Closed
from portal.vault import Unsealable
from portal.web.language import _, language, lazy, ngettext

NAMES = {
    Kind.ARRIVAL: lazy("Arriving"),
    Kind.CHECK_IN: lazy("Check-in"),
    Kind.ACTIVITY: lazy("Doing something together"),
    Kind.PAUSE: lazy("Pause"),
    Kind.CLOSING: lazy("Closing"),
    Kind.FREE: lazy("Something else"),
}
LONG, LONGER = 20, 40  # minutes: such blocks get more air on the page


@dataclass(frozen=True)
class Line:
    """A block by the clock. `piece` are the guide's words for its activity; None where there is none, or no longer.

    `own` is the id of one that the table wrote itself, whose title stands here; empty where it is there no more.
    """

    begins_at: datetime
    minutes: int
    title: str
    words: str
    activity: str = ""
    piece: Text | None = None
    own: str = ""

    @property
    def pace(self) -> str:
        return "m40" if self.minutes >= LONGER else "m20" if self.minutes >= LONG else ""

    @property
    def is_missing(self) -> bool:
        return bool(self.activity) and self.piece is None and not self.own

    @property
    def was_own(self) -> bool:
        """Whether what is missing was the table's own: then it had no name in the guide."""
        return self.is_missing and self.activity.startswith(OWN)


@dataclass(frozen=True)
class Received:
    """What was handed over to this reader, and by whom, if they still sit here."""

    by: Sitting | None
    met_at: datetime
    words: Handed


@dataclass(frozen=True)
class Papers:
    """`hand_over_from` is the meeting this reader facilitated just before and may still hand on from."""

    received: tuple[Received, ...] = ()
    may_hand_over: bool = False
    own: Handed | None = None
    hand_over_from: tuple[str, datetime] | None = None
    may_arrive: bool = False
    own_word: str = ""
    words: tuple[tuple[Sitting, str], ...] = ()


def lines(seat: Seat, blocks: Sequence[Block], starts_at: datetime) -> list[Line]:
    own = titles_of(seat, {block.activity for block in blocks})
    return [line(block, at, own) for block, at in zip(blocks, beginnings(blocks, starts_at), strict=True)]


def line(block: Block, begins_at: datetime, own: Mapping[str, str]) -> Line:
    facts = (begins_at, block.minutes)
    if block.activity in own:
        title, id = own[block.activity], block.activity.removeprefix(OWN)
        return Line(*facts, title, block.words, block.activity, own=id)
    if block.activity:
        found = guide().activities.get(block.activity)
        piece = found.text(language()) if found else None
        return Line(*facts, str(NAMES[block.kind]), block.words, block.activity, piece)
    if block.kind is Kind.FREE and block.words:  # its own first line is what it is called
        first, _, rest = block.words.partition("\n")
        return Line(*facts, first, rest.strip())
    return Line(*facts, str(NAMES[block.kind]), block.words)


@dataclass(frozen=True)
class Choice:
    """An activity to put in, and for how many minutes. `code` is what a block calls it by."""

    code: str
    title: str
    minutes: tuple[int, int]

    @property
    def spanned(self) -> str:
        low, high = self.minutes
        if low == high:
            return ngettext("%(title)s (one minute)", "%(title)s (%(num)s minutes)", low, title=self.title)
        return _("%(title)s (%(low)s to %(high)s minutes)", title=self.title, low=low, high=high)


Offered = dict[str, list[Choice]]  # by what a group of them is called


def activity_choices(seat: Seat, now: datetime) -> Offered:
    """What the table keeps at hand first, then its own, then the guide's by family; each stands once."""
    own = {one.code: as_choice(one) for one in OwnActivity.all_of(seat, now) if not one.hidden_at}
    families = by_family()
    all_there = own | {one.code: one for found in families.values() for one in found}
    kept = [all_there[code] for code in KeptActivities.of(seat) if code in all_there]
    groups = {_("Kept by this table"): kept, _("Written by this table"): list(own.values()), **families}
    return first_only(groups)


def as_choice(own: OwnActivity) -> Choice:
    return Choice(own.code, own.words.title, own.words.minutes)


def by_family() -> Offered:
    """The guide's, in the order of an evening and then by title."""
    families: Offered = {str(name): [] for name in FAMILIES.values()}
    for one in guide().activities.values():
        choice = Choice(one.key, curly(one.text(language()).title), one.minutes)
        families[str(FAMILIES[one.family])].append(choice)
    return {name: sorted(found, key=lambda one: one.title.casefold()) for name, found in families.items()}


def first_only(groups: Offered) -> Offered:
    """The same without what an earlier group has, and without the groups that are empty then."""
    seen: set[str] = set()
    left: Offered = {}
    for name, found in groups.items():
        new = [one for one in found if one.code not in seen]
        seen |= {one.code for one in new}
        if new:
            left[name] = new
    return left


def papers(seat: Seat, meeting: Shown, names: dict[str, Sitting], now: datetime) -> Papers:
    """All that may be read and written on this meeting's page now, by this reader."""
    if meeting.skipped:
        return Papers()
    arrives = may_arrive(meeting, now)
    said = words_of(seat, ArrivalWord.at(meeting.id) if arrives else [])
    hands_over = may_hand_over(meeting, seat, now)
    return Papers(
        received=received(seat, meeting, names) if not meeting.is_over else (),
        may_hand_over=hands_over,
        own=Handover.own(meeting.id, seat) if hands_over else None,
        hand_over_from=None if meeting.has_begun else just_facilitated(seat, meeting, now),
        may_arrive=arrives,
        own_word=said.get(seat.id, ""),
        words=arrived(said, names) if meeting.has_begun else (),
    )


def received(seat: Seat, meeting: Shown, names: dict[str, Sitting]) -> tuple[Received, ...]:
    """What waits for who facilitates this meeting; nothing for anyone else. What does not open is nobody's."""
    if not facilitates(meeting.id, seat):
        return ()
    found = []
    for one in Handover.for_meeting(seat.circle_id, meeting.starts_at):
        with suppress(Closed, Unsealable):
            found.append(Received(names.get(one.seat_id), one.meeting.starts_at, one.opened(seat)))
    return tuple(found)


def just_facilitated(seat: Seat, meeting: Shown, now: datetime) -> tuple[str, datetime] | None:
    last = before(seat.circle_id, meeting.starts_at)
    return (last.id, last.starts_at) if last and may_hand_over(last, seat, now) else None


def words_of(seat: Seat, said: Iterable[ArrivalWord]) -> dict[str, str]:
    """What was said on arriving, by seat; a word that no member said or changed keeps nobody from the meeting."""
    found = {}
    for one in said:
        with suppress(Closed, Unsealable):
            found[one.seat_id] = one.opened(seat)
    return found


def arrived(said: Mapping[str, str], names: dict[str, Sitting]) -> tuple[tuple[Sitting, str], ...]:
    """Who said what, in seat order."""
    return tuple((one, said[one.id]) for one in names.values() if one.id in said)
