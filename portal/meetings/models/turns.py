"""Who holds a role at a meeting, and what was said about it: all clear, and none of it words."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from peewee import BooleanField, CharField, Expression, ForeignKeyField

from portal.circles.models import Seat, still_here
from portal.db import Table, afterwards, forget_deleted, new_id, rows, writing
from portal.meetings.errors import AlreadyTaken, NotOverYet, NotYetTogether, RoleRests, TurnChanged
from portal.meetings.models.dates import Meeting
from portal.meetings.models.presence import Absence, away_from
from portal.meetings.models.roles import FACILITATOR, Role, in_use
from portal.web.errors import NotHere

YES, PARTNER, NOT_NOW = "yes", "partner", "not_now"  # whether someone wishes to be asked for a role
MOST = 2  # people who hold one role together
UNLED = timedelta(hours=24)  # before a meeting that nobody facilitates, it can be held together


class Turn(Table):
    """One person's holding of a role at one meeting. It counts as held once the meeting is over."""

    meeting = ForeignKeyField(Meeting, on_delete="CASCADE", index=False)
    role = CharField(max_length=26)
    seat = ForeignKeyField(Seat, on_delete="CASCADE", index=False)
    came_along = BooleanField(default=False)  # beside whoever held it first

    id: int
    meeting_id: str
    seat_id: str

    class Meta:
        indexes = ((("meeting", "role", "seat"), True), (("seat", "role"), False))

    @classmethod
    def matches(cls, meeting: object, role: str) -> Expression:
        return (cls.meeting == meeting) & (cls.role == role)

    @classmethod
    def holders(cls, meeting_id: str, role: str = FACILITATOR) -> list[str]:
        """The seats that hold a role, whoever said yes first before whoever came along."""
        found = cls.select(cls.seat).where(cls.matches(meeting_id, role)).order_by(cls.came_along, cls.id)
        return [seat for (seat,) in rows(found)]

    @classmethod
    def put(cls, meeting_id: str, role: str, seat_ids: Iterable[str]) -> None:
        """Write down who held a role, and nobody else."""
        cls.delete().where(cls.matches(meeting_id, role)).execute()
        for number, seat_id in enumerate(list(dict.fromkeys(seat_ids))[:MOST]):
            cls.create(meeting=meeting_id, role=role, seat=seat_id, came_along=number > 0)

    @classmethod
    def say_yes(cls, meeting_id: str, role: str, seat_id: str, *, came_along: bool) -> None:
        cls.create(meeting=meeting_id, role=role, seat=seat_id, came_along=came_along)
        if Passed.delete().where(Passed.matches(meeting_id, role, seat_id)).execute():
            afterwards(forget_deleted)
        if role == FACILITATOR:
            Together.delete().where(Together.meeting == meeting_id).execute()

    @classmethod
    def drop(cls, meeting_id: str, role: str, seat_id: str) -> bool:
        """Whether there was such a turn; the offers to swap it go with it."""
        return cls.delete().where(cls.matches(meeting_id, role) & (cls.seat == seat_id)).execute() == 1

    @classmethod
    def take(
        cls, meeting: Meeting, seat: Seat, now: datetime, instead_of: str | None = None, role: str = FACILITATOR
    ) -> None:
        """Say yes, asked or not. `instead_of` is the seat it is taken over from, by word of mouth.

        Raises AlreadyTaken where someone else has it, RoleRests, MeetingOver and NotHere.
        """
        with writing():
            cls.still_open(meeting, seat, role, now)
            holders = cls.holders(meeting.id, role)
            if seat.id in holders:
                return
            if holders and instead_of not in holders:
                raise AlreadyTaken(holders)
            if holders:
                cls.drop(meeting.id, role, instead_of or "")
            cls.say_yes(meeting.id, role, seat.id, came_along=len(holders) == MOST and instead_of == holders[1])
            Absence.comes(meeting, seat)

    @classmethod
    def join(cls, meeting: Meeting, seat: Seat, now: datetime, beside: str | None, role: str = FACILITATOR) -> None:
        """Hold a role together with the seat `beside`, who has said yes to it.

        Raises TurnChanged where they no longer hold it, AlreadyTaken where two do, RoleRests, MeetingOver and NotHere.
        """
        with writing():
            cls.still_open(meeting, seat, role, now)
            holders = cls.holders(meeting.id, role)
            if seat.id in holders:
                return
            if len(holders) == MOST:
                raise AlreadyTaken(holders)
            if beside not in holders:
                raise TurnChanged
            cls.say_yes(meeting.id, role, seat.id, came_along=True)
            Absence.comes(meeting, seat)

    @classmethod
    def still_open(cls, meeting: Meeting, seat: Seat, role: str, now: datetime) -> None:
        meeting.still_ahead(seat, now)
        if role not in in_use(meeting.circle_id):
            raise RoleRests

    @classmethod
    def give_back(cls, meeting: Meeting, seat: Seat, now: datetime, role: str = FACILITATOR) -> None:
        """Take back one's yes, so that the next person is asked. Raises MeetingOver and NotHere."""
        with writing():
            meeting.still_ahead(seat, now)
            if cls.drop(meeting.id, role, seat.id):
                Passed.note(meeting.id, role, seat.id)

    @classmethod
    def stand_down(cls, meeting: Meeting, seat: Seat) -> None:
        """Give back every role of who cannot come: no pass, for they lose nothing. Must run inside `writing()`."""
        cls.delete().where((cls.meeting == meeting.id) & (cls.seat == seat.id)).execute()

    @classmethod
    def settle(
        cls,
        meeting: Meeting,
        seat: Seat,
        held: Mapping[str, list[str]],
        now: datetime,
        *,
        met: bool = True,
        together: bool = False,
    ) -> None:
        """Put right who held each role at a meeting that is over, that nobody led it, or that there was none.

        Raises NotOverYet, and NotHere also where one of `held` is no seat of this circle.
        """
        with writing():
            still_here(seat)
            if still_here(meeting).ends_at > now:
                raise NotOverYet
            sit_here = {id for (id,) in rows(Seat.select(Seat.id).where(Seat.circle == meeting.circle_id))}
            if not sit_here.issuperset(one for seats in held.values() for one in seats):
                raise NotHere
            Meeting.update(skipped=not met).where(Meeting.id == meeting.id).execute()
            for role, seats in held.items():
                if met:  # who stood there already had their say since
                    Absence.were_there(meeting, set(seats) - set(cls.holders(meeting.id, role)))
                cls.put(meeting.id, role, seats if met else [])
            Together.put(meeting.id, holds=together and met and not held.get(FACILITATOR))


class Passed(Table):
    """Who has passed on a meeting to come. Shown to nobody, counted nowhere, gone when the meeting is over."""

    meeting = ForeignKeyField(Meeting, on_delete="CASCADE", index=False)
    role = CharField(max_length=26)
    seat = ForeignKeyField(Seat, on_delete="CASCADE")

    class Meta:
        indexes = ((("meeting", "role", "seat"), True),)

    @classmethod
    def matches(cls, meeting_id: str, role: str, seat_id: str) -> Expression:
        return (cls.meeting == meeting_id) & (cls.role == role) & (cls.seat == seat_id)

    @classmethod
    def note(cls, meeting_id: str, role: str, seat_id: str) -> None:
        cls.insert(meeting=meeting_id, role=role, seat=seat_id).on_conflict_ignore().execute()


class Willingness(Table):
    """Whether someone wishes to be asked for a role. No row means yes: being asked is how a role becomes known, and
    beside every question stands “not for a while”."""

    seat = ForeignKeyField(Seat, on_delete="CASCADE", index=False)
    role = CharField(max_length=26)
    answer = CharField(max_length=20)

    class Meta:
        indexes = ((("seat", "role"), True),)

    @classmethod
    def say(cls, seat: Seat, answer: str, role: str = FACILITATOR) -> None:
        """Raises NotHere."""
        with writing():
            still_here(seat)
            if cls.delete().where((cls.seat == seat.id) & (cls.role == role)).execute():
                afterwards(forget_deleted)
            if answer != YES:
                cls.create(seat=seat.id, role=role, answer=answer)

    @classmethod
    def of(cls, seat: Seat) -> dict[str, str]:
        """What this person answered for each role other than yes."""
        return dict(rows(cls.select(cls.role, cls.answer).where(cls.seat == seat.id)))


class Together(Table):
    """A meeting that nobody leads: those who are there hold it together."""

    meeting = ForeignKeyField(Meeting, primary_key=True, on_delete="CASCADE")

    @classmethod
    def hold(cls, meeting: Meeting, seat: Seat, now: datetime) -> None:
        """From now on nobody is asked for this meeting; whoever says yes to facilitating it ends that.

        Raises AlreadyTaken, NotYetTogether, MeetingOver and NotHere.
        """
        with writing():
            meeting.still_ahead(seat, now)
            if holders := Turn.holders(meeting.id):
                raise AlreadyTaken(holders)
            if still_here(meeting).starts_at - now > UNLED:
                raise NotYetTogether
            cls.put(meeting.id, holds=True)

    @classmethod
    def ask_again(cls, meeting: Meeting, seat: Seat, now: datetime) -> None:
        """Raises MeetingOver and NotHere."""
        with writing():
            meeting.still_ahead(seat, now)
            cls.put(meeting.id, holds=False)

    @classmethod
    def put(cls, meeting_id: str, *, holds: bool) -> None:
        if holds:
            cls.insert(meeting=meeting_id).on_conflict_ignore().execute()
        else:
            cls.delete().where(cls.meeting == meeting_id).execute()


class Swap(Table):
    """One's turn at a meeting, offered for another's at another: between the two of them, with no reason.

    It goes with either turn, so that nobody says yes to something else than what they read.
    """

    id = CharField(max_length=26, primary_key=True, default=new_id)
    offered = ForeignKeyField(Turn, on_delete="CASCADE", index=False)
    wanted = ForeignKeyField(Turn, on_delete="CASCADE")
    put_away = BooleanField(default=False)  # by whoever was asked; whoever asked sees no difference

    offered_id: int
    wanted_id: int

    class Meta:
        indexes = ((("offered", "wanted"), True),)

    @classmethod
    def offer(cls, seat: Seat, offered: int, wanted: int, now: datetime) -> None:
        """Offer one of one's own turns for one of somebody else's. Raises TurnChanged and NotHere."""
        with writing():
            still_here(seat)
            own, theirs = turn_ahead(offered, now), turn_ahead(wanted, now)
            if own is None or theirs is None or own.seat_id != seat.id or theirs.meeting.circle_id != seat.circle_id:
                raise TurnChanged
            if not can_swap(own, theirs):
                raise TurnChanged
            cls.insert(id=new_id(), offered=own.id, wanted=theirs.id).on_conflict_ignore().execute()

    def accept(self, seat: Seat, now: datetime) -> None:
        """Each holds what the other held. Raises TurnChanged and NotHere."""
        with writing():
            still_here(seat)
            swap = still_here(self)
            own, theirs = turn_ahead(swap.wanted_id, now), turn_ahead(swap.offered_id, now)
            if own is None or theirs is None or not can_swap(own, theirs):
                raise TurnChanged
            if own.seat_id != seat.id:
                raise NotHere
            own.delete_instance()
            theirs.delete_instance()
            for turn, new in ((own, theirs.seat_id), (theirs, own.seat_id)):
                Turn.say_yes(turn.meeting_id, turn.role, new, came_along=turn.came_along)
        afterwards(forget_deleted)

    def lay_aside(self, seat: Seat) -> None:
        """Put the offer away. Raises NotHere."""
        with writing():
            still_here(seat)
            still_here(self)
            Swap.update(put_away=True).where(Swap.id == self.id).execute()

    def take_back(self, seat: Seat) -> None:
        """Raises NotHere."""
        with writing():
            still_here(seat)
            Swap.delete().where(Swap.id == still_here(self).id).execute()
        afterwards(forget_deleted)


def turn_ahead(turn_id: int, now: datetime) -> Turn | None:
    """A turn at a meeting that has not begun, with its meeting."""
    ahead = (Turn.id == turn_id) & (Meeting.starts_at > now) & ~Meeting.skipped
    return Turn.select(Turn, Meeting).join(Meeting).where(ahead).first()


def can_swap(own: Turn, theirs: Turn) -> bool:
    """Two people at two meetings, neither of whom holds already what they would get, or cannot come to it."""
    if own.seat_id == theirs.seat_id or own.meeting_id == theirs.meeting_id:
        return False
    if theirs.seat_id in away_from(own.meeting_id) or own.seat_id in away_from(theirs.meeting_id):
        return False
    gets_own, gets_theirs = Turn.holders(own.meeting_id, own.role), Turn.holders(theirs.meeting_id, theirs.role)
    return theirs.seat_id not in gets_own and own.seat_id not in gets_theirs


def rest_role(seat: Seat, code: str, now: datetime, *, rests: bool) -> None:
    """Let a role rest: who said yes to it for a meeting to come is free again. Or bring it back.

    Raises TooManyRoles and NotHere.
    """
    with writing():
        Role.rest(seat, code, rests=rests)
        if rests and code != FACILITATOR:
            ahead = Meeting.select(Meeting.id).where((Meeting.circle == seat.circle_id) & (Meeting.starts_at > now))
            Turn.delete().where(Turn.meeting.in_(ahead) & (Turn.role == code)).execute()
            Passed.delete().where(Passed.meeting.in_(ahead) & (Passed.role == code)).execute()


def forget_passes(now: datetime) -> None:
    """Passes and offers to swap are nobody's business once their meeting is over or has begun.

    They are deleted, and what the log remembers of them.
    """
    over = Meeting.select(Meeting.id).where(Meeting.ends_at <= now)
    begun = Turn.select(Turn.id).join(Meeting).where(Meeting.starts_at <= now)
    gone = Passed.delete().where(Passed.meeting.in_(over)).execute()
    gone += Swap.delete().where(Swap.offered.in_(begun) | Swap.wanted.in_(begun)).execute()
    if gone:
        afterwards(forget_deleted)
