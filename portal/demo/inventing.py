"""The neighborhood comes to life: through the same verbs that people's taps call, at moments spread over months."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from functools import cache, partial
from operator import itemgetter
from random import Random

from nacl.public import PrivateKey

from portal import vault
from portal.accounts.models.links import FirstLink
from portal.accounts.models.people import Person
from portal.accounts.models.portals import Portal
from portal.circles.models import About, Circle, Invitation, Seat
from portal.circles.starter import rules, starter
from portal.clocks import local
from portal.curriculum.models.favorites import KeptActivities
from portal.curriculum.models.paths import Path, Step
from portal.db import new_id
from portal.demo.drawing import draw
from portal.demo.neighborhood import Neighbor, Neighborhood, Piece, Sitter, Table
from portal.media.cleaned import Cleaned
from portal.media.pictures import clean
from portal.meetings.models.asking import pass_on, suggestion, suggestions
from portal.meetings.models.dates import Meeting, Series, mark
from portal.meetings.models.extending import extend_some
from portal.meetings.models.pacts import Pact
from portal.meetings.models.plans import seal_mark, write_plan
from portal.meetings.models.presence import AWAY, Absence
from portal.meetings.models.roles import FACILITATOR
from portal.meetings.models.turns import Swap, Turn
from portal.meetings.pact import Wish
from portal.meetings.plan import Place
from portal.meetings.recurrence import AHEAD, Repeats, Rule
from portal.seasons.models import Season
from portal.sharing.models import Draft, Work, seats_beside
from portal.steward.leave_sites import OFFERED
from portal.steward.models import claim, open_set_up_link
from portal.times.models import Hours
from portal.times.week import Answer

BEFORE = timedelta(days=5)  # from a table's beginning to its first meeting
ASKED = timedelta(days=2)  # before a meeting somebody says yes to facilitating it
ROOM = 2**40  # bytes of pictures: more than anyone draws here
TELL = 20  # tables between two signs of life
Say = Callable[[str], None]
Event = tuple[datetime, Callable[[datetime], None]]


@dataclass(frozen=True)
class Known:
    """An invented person with what opens everything of theirs."""

    passphrase: str
    person: Person
    private: PrivateKey
    circles: list[tuple[str, str]] = field(default_factory=list)  # the name and id of each

    def told(self) -> dict[str, object]:
        """What is printed of them."""
        return {
            "name": self.person.name,
            "passphrase": self.passphrase,
            "steward": self.person.is_steward,
            "circles": [{"name": name, "path": f"/c/{circle}"} for name, circle in self.circles],
        }


def invent(told: Neighborhood, now: datetime, say: Say, cost: vault.Cost = vault.FLOOR) -> list[Known]:
    """Fill an empty portal. Call inside `writing()`.

    It stretches passphrases as little as is allowed: everyone may read them anyway.
    """
    Portal.insert(id=1, stretch_ops=cost.ops, stretch_mem=cost.mem).execute()
    say(f"Inventing {len(told.people)} people …")
    people = {one.name: arrive(one, told, now) for one in told.people}
    for number, table in enumerate(told.tables, start=1):
        if number in (1, len(told.tables)) or number % TELL == 0:
            say(f"Setting table {number} of {len(told.tables)} …")
        Past(table, people, told.language, now).happen()
    return list(people.values())


def arrive(neighbor: Neighbor, told: Neighborhood, now: datetime) -> Known:
    """An account, opened a little before the first table they sit at."""
    words = vault.five_words(told.language)
    given = {"language": told.language, "zone": neighbor.zone, "is_healer": neighbor.may_begin}
    if neighbor.steward:
        return Known(words, *set_up(neighbor.name, words, told, now, **given))
    sits = [began(table, now) for table in told.tables if neighbor.name in {sitter.who for sitter in table.people}]
    came = min(sits, default=now - timedelta(weeks=2)) - timedelta(days=3)
    return Known(words, *Person.enroll(neighbor.name, words, came.date(), **given))


def set_up(name: str, words: str, told: Neighborhood, now: datetime, **given: object) -> tuple[Person, PrivateKey]:
    """The steward opens the one-time link and answers, before the first table begins."""
    then = min(began(table, now) for table in told.tables) - timedelta(weeks=3)
    steward, private = Person.prepare(name, words, then.date(), is_steward=True, **given)
    answers = {"name": told.name, "language": told.language, "zone": told.zone, "ages": "adults"}
    link = open_set_up_link(FirstLink.make("setup", then), then)
    claim(link, steward, {**answers, "leave_to": OFFERED[0]}, then)
    return steward, private


def rule(table: Table, now: datetime) -> Rule:
    """When the table meets: exactly `held` dates have gone by."""
    today = local(now, table.zone).date()
    day = today + timedelta(days=(table.weekday - today.isoweekday()) % 7)
    weekly = Rule(Repeats.WEEKS, table.weeks, day, table.at, table.zone, table.minutes)
    following = day if weekly.starts(day) > now else day + timedelta(weeks=1)
    return replace(weekly, first=following - timedelta(weeks=table.weeks * table.held))


def began(table: Table, now: datetime) -> datetime:
    """When its first person began the table; of one that has not met yet, a few days ago."""
    every = rule(table, now)
    return min(every.starts(every.first), now) - BEFORE


class Past:
    """What happened at one table until now, in its order: a newcomer opens nothing that was shared before."""

    def __init__(self, table: Table, people: dict[str, Known], language: str, now: datetime) -> None:
        self.table, self.people, self.language, self.now = table, people, language, now
        self.rule = rule(table, now)
        self.began = began(table, now)
        self.seats: dict[str, Seat] = {}
        self.rng = Random(table.name)  # noqa: S311  nothing here is a secret

    def happen(self) -> None:
        first, *others = self.table.people
        self.begin(first)
        early = [sitter for sitter in others if sitter.after is None]
        for hours, sitter in enumerate(early, start=1):
            self.sit_down(sitter, self.began + timedelta(hours=9 * hours))
        self.agree_when()
        for moment, do in sorted([*self.evenings(), *self.arrivals(), *self.making()], key=itemgetter(0)):
            do(moment)
        self.leave_for_today()

    @property
    def host(self) -> Seat:
        return self.seats[self.table.people[0].who]

    def seated(self, sitter: Sitter, seat: Seat) -> None:
        self.seats[sitter.who] = seat
        self.people[sitter.who].circles.append((self.table.name, seat.circle_id))

    def begin(self, sitter: Sitter) -> None:
        table, known = self.table, self.people[sitter.who]
        about = About(table.name, table.sentence, table.for_whom, self.language, table.zone)
        agreed = rules(starter(self.language))
        seat = Circle.begin(known.person, known.private, about, table.seats, agreed, sitter.name, self.began)
        self.seated(sitter, seat)

    def sit_down(self, sitter: Sitter, at: datetime) -> None:
        """Whoever began the table sends a link; it is opened, the agreement affirmed, the seat taken."""
        known = self.people[sitter.who]
        link = self.host.invite(self.now).link(self.host.keys.private)  # keys end by the real clock
        invitation, token = Invitation.read(link, at)
        version, _ = invitation.rules(token)
        self.seated(sitter, invitation.accept(token, known.person, known.private, sitter.name, version, at))

    def agree_when(self) -> None:
        at, usual = self.began + timedelta(days=2), Place(self.table.place, self.table.link)
        series = Series.agree(self.host, self.rule, usual, mark(Series.preview(self.rule, at)), at)
        if self.table.season:
            Season.agree(self.host, self.table.season, "", at)
        while at < self.now:  # as the portal's own chore would have done
            at = min(at + AHEAD, self.now)
            extend_some([series.id], at)

    def evenings(self) -> Iterator[Event]:
        """The meetings that are over, each when somebody says yes to facilitating it."""
        for number, meeting in enumerate(self.meetings()[: self.table.held]):
            yield meeting.starts_at - ASKED, partial(self.meet, meeting, number)

    def arrivals(self) -> Iterator[Event]:
        """Those who came later, each on the day after a meeting."""
        for sitter in self.table.people:
            if sitter.after is not None:
                yield self.meetings()[sitter.after].ends_at + timedelta(days=1), partial(self.sit_down, sitter)

    def making(self) -> Iterator[Event]:
        for piece in self.table.works:
            ago = timedelta(days=round(7 * piece.weeks_ago), minutes=self.rng.randrange(600))
            yield self.now - ago, partial(self.make, piece)

    def meetings(self) -> list[Meeting]:
        return list(Meeting.select().where(Meeting.circle == self.host.circle_id).order_by(Meeting.starts_at))

    def meet(self, meeting: Meeting, number: int, at: datetime) -> None:
        if number in self.table.skipped:
            meeting.skip(self.host, at)
            return
        if number in self.table.passed and (asked := self.asked(meeting, at)):
            pass_on(meeting, asked, at)
        self.accept(meeting, at)
        if self.table.roles:
            self.accept_the_rest(meeting, at)
        self.plan(meeting, number)

    def asked(self, meeting: Meeting, at: datetime) -> Seat | None:
        """Whom the rule of rotation asks."""
        chosen = suggestion(meeting.id, meeting.circle_id, FACILITATOR, at).seat
        return next((seat for seat in self.seats.values() if seat.id == chosen), None)

    def accept(self, meeting: Meeting, at: datetime) -> None:
        if asked := self.asked(meeting, at):
            Turn.take(meeting, asked, at)

    def accept_the_rest(self, meeting: Meeting, at: datetime) -> None:
        """Everyone who is asked for another role says yes, too."""
        seats = {seat.id: seat for seat in self.seats.values()}
        for role, chosen in suggestions(meeting.id, meeting.circle_id, at).items():
            if chosen.seat:
                Turn.take(meeting, seats[chosen.seat], at, role=role)

    def plan(self, meeting: Meeting, number: int) -> None:
        if plan := self.table.plans.get(number):
            usual, seen = Place(self.table.place, self.table.link), seal_mark(meeting.sealed_plan)
            write_plan(meeting, self.host, usual, plan.text, seen, plan.blocks)

    def make(self, piece: Piece, at: datetime) -> None:
        """Keep a piece for its author alone; show it to the table the same day, unless it stays theirs."""
        seat = self.seats[piece.by]
        drawn = drawing(piece.picture, piece.seed) if piece.picture else None
        draft = Draft(new_id(), piece.title, piece.text.strip(), piece.alt, drawn)
        work = Work.write(seat, draft, ROOM, at)
        if not piece.only_me:
            work.share(seat, seats_beside(seat), min(at + timedelta(minutes=20), self.now))

    def leave_for_today(self) -> None:
        """What stands open when the reader comes in."""
        ahead = self.meetings()
        held = self.table.held
        self.plan(ahead[held], held)
        for number in self.table.skipped:
            if number > held:
                ahead[number].skip(self.host, self.now)
        if self.table.yes_to_next:
            self.accept(ahead[held], self.now)
        if self.table.swap:
            self.offer_to_swap(ahead[held], ahead[held + 1])
        for who, wish in self.table.wishes.items():
            Pact.choose(self.seats[who], Wish(wish))
        self.read_together()
        for who in self.table.away:
            Absence.say(ahead[held], self.seats[who], AWAY, self.now)
        for hours in self.table.hours:
            zone, ends = self.people[hours.who].person.zone, minutes(hours.ends)
            Hours.mark(self.seats[hours.who], zone, hours.days, minutes(hours.begins), ends, Answer.WORKS)
        if self.table.open_invitation:
            self.host.invite(self.now)

    def offer_to_swap(self, coming: Meeting, later: Meeting) -> None:
        """Whoever facilitates next would rather change places with who said yes to the meeting after it."""
        own = Turn.get(Turn.matches(coming.id, FACILITATOR))
        asks, other = sorted(self.seats.values(), key=lambda seat: seat.id != own.seat_id)[:2]
        Turn.take(later, other, self.now)
        Swap.offer(asks, own.id, Turn.get(Turn.matches(later.id, FACILITATOR)).id, self.now)

    def read_together(self) -> None:
        today = local(self.now, self.table.zone).date()
        if self.table.path:
            steps = [Step(lesson, today + timedelta(days=days)) for lesson, days in self.table.path]
            Path.choose(self.host, steps, "")
        for activity in self.table.kept:
            KeptActivities.keep(self.host, activity)


def minutes(at: time) -> int:
    """Since midnight."""
    return at.hour * 60 + at.minute


@cache
def drawing(motif: str, seed: int) -> Cleaned:
    return clean(draw(motif, seed))
