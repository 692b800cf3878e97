"""Which times of the week to propose to a circle, from the hours that its people marked.

Hours hold by the clock of whoever marked them, a proposal by the circle's. Where the two change on different days, the
same proposal falls on other hours: it is judged on the first date it would fall on, and then looked at for half a year.
Whether it suits somebody is decided by its beginning and length; that clocks may change during a meeting is left out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby

from portal.clocks import instant, local
from portal.times.week import CELL, Answer, Week

EARLIEST, LATEST = 5 * 60, 23 * 60  # minutes after midnight by the circle's clock; nobody is asked to meet at night
WEEKS = 26  # for which a proposal is looked at: longer than any zone keeps to one clock
TOGETHER = 2  # people: fewer do not meet
WEEK = 7 * 24 * 60  # minutes


@dataclass(frozen=True)
class Lapse:
    """Dates on which a proposal no longer fits someone, because clocks changed somewhere.

    `minutes` says how much later it then is for them; earlier is below 0. Where it `lasts`, no date after `until` was
    looked at.
    """

    seat: str
    since: date
    until: date
    lasts: bool
    minutes: int

    @property
    def weeks(self) -> int:
        return (self.until - self.since).days // 7 + 1


@dataclass(frozen=True)
class Proposal:
    """A time of the week by the circle's clock, and how it suits each who has marked hours.

    On the same day, any other half hour up to `latest` suits the same people.
    """

    first: date
    at: time
    latest: time
    zone: str
    minutes: int
    answers: Mapping[str, Answer]
    lapses: tuple[Lapse, ...] = ()

    @property
    def begins(self) -> datetime:
        """The instant of the first one, in naive UTC."""
        return instant(datetime.combine(self.first, self.at), self.zone)

    @property
    def latest_begin(self) -> datetime:
        return instant(datetime.combine(self.first, self.latest), self.zone)

    def seats(self, answer: Answer) -> list[str]:
        return [seat for seat, said in self.answers.items() if said is answer]

    @property
    def able(self) -> frozenset[str]:
        return frozenset(seat for seat, said in self.answers.items() if said)

    @property
    def rank(self) -> tuple:
        """What sorts the better one first: most people, fewest if need be, least lost later, then by the week."""
        lost = sum(lapse.weeks for lapse in self.lapses)
        return (-len(self.able), len(self.seats(Answer.IF_NEED_BE)), lost, self.first.weekday(), self.at)


def propose(said: Mapping[str, Week], zone: str, minutes: int, today: date) -> list[Proposal]:
    """Times for `minutes` each, the best first. None leaves someone out whom another takes in beside the same people.

    `today` is a date by the circle's clock; the seven days after it are the week that is looked at.
    """
    days = [today + timedelta(days=ahead) for ahead in range(1, 8)]
    found = [one for day in days for one in of_day(said, zone, minutes, day) if len(one.able) >= TOGETHER]
    groups = {one.able for one in found}
    widest = [one for one in found if not any(one.able < other for other in groups)]
    return sorted((looked_ahead(one, said) for one in widest), key=lambda one: one.rank)


def of_day(said: Mapping[str, Week], zone: str, minutes: int, day: date) -> Iterator[Proposal]:
    """One for each stretch of beginnings that suit the same people in the same way."""
    begins = [clock(minute) for minute in range(EARLIEST, LATEST - minutes + 1, CELL)]
    answers = [answered(said, instant(datetime.combine(day, at), zone), minutes) for at in begins]
    for same, stretch in groupby(range(len(begins)), key=answers.__getitem__):
        first, *later = stretch
        at, latest = begins[first], begins[[first, *later][-1]]
        yield Proposal(day, at, latest, zone, minutes, dict(zip(said, same, strict=True)))


def looked_ahead(one: Proposal, said: Mapping[str, Week]) -> Proposal:
    return replace(one, lapses=tuple(lapse for seat in sorted(one.able) for lapse in lapses(seat, said[seat], one)))


def answered(said: Mapping[str, Week], begins: datetime, minutes: int) -> list[Answer]:
    there = {zone: minute_of_week(begins, zone) for zone in {week.zone for week in said.values()}}
    return [week.answer(there[week.zone], minutes) for week in said.values()]


def lapses(seat: str, week: Week, one: Proposal) -> Iterator[Lapse]:
    if week.zone == one.zone:
        return
    dates = [one.first + timedelta(weeks=ahead) for ahead in range(WEEKS)]
    there = [minute_of_week(instant(datetime.combine(day, one.at), one.zone), week.zone) for day in dates]
    for minute, stretch in groupby(range(WEEKS), key=there.__getitem__):
        since, *later = stretch
        if week.answer(minute, one.minutes) is Answer.NO:
            until = [since, *later][-1]
            yield Lapse(seat, dates[since], dates[until], until == WEEKS - 1, apart(there[0], minute))


def apart(before: int, after: int) -> int:
    """How many minutes later, the shorter way round the week."""
    return (after - before + WEEK // 2) % WEEK - WEEK // 2


def minute_of_week(moment: datetime, zone: str) -> int:
    """What an instant is on the walls of a zone, in minutes since Monday, 0:00."""
    there = local(moment, zone)
    return there.weekday() * 24 * 60 + there.hour * 60 + there.minute


def clock(minute: int) -> time:
    return time(minute // 60, minute % 60)
