"""How often a circle meets, in words. Each is a whole sentence: languages part them differently."""

from dataclasses import dataclass
from datetime import date, datetime

from portal.circles.models import Seat
from portal.clocks import local
from portal.meetings.models.dates import Series
from portal.meetings.plan import Place
from portal.meetings.recurrence import LAST, Repeats, Rule
from portal.web import filters
from portal.web.language import _, language, ngettext


@dataclass(frozen=True)
class Said:
    """A series as the table reads it. `id` is that of the first of those that went on from one another."""

    id: str
    name: str
    sentence: str
    bounds: list[str]
    where: Place
    is_over: bool


def rhythms(seat: Seat, now: datetime) -> list[Said]:
    """By what the reader's table meets again and again, in words."""
    return [said(seat, series, now) for series in Series.of(seat.circle_id, now)]


def said(seat: Seat, series: Series, now: datetime) -> Said:
    rule = series.rule
    words = rhythm(rule), bounds(rule, local(now, rule.zone).date())
    return Said(series.origin, series.name(seat), *words, series.usual_place(seat), series.ended_at is not None)


def rhythm(rule: Rule) -> str:
    """Every second Tuesday of the month at 18:00, by the clock in Chicago."""
    words = {"time": clock(rule), "city": filters.city(rule.zone), "weekday": weekday(rule.first), "months": rule.every}
    if rule.repeats is Repeats.ONCE:
        return _("Once, on %(day)s at %(time)s, by the clock in %(city)s.", day=filters.day(rule.first), **words)
    if rule.repeats is Repeats.WEEKS:
        return every_week(rule, words)
    if rule.repeats is Repeats.DATE:
        return every_date(rule, words)
    return every_weekday(rule, words)


def clock(rule: Rule) -> str:
    return filters.on_the_wall(rule.at, filters.CLOCK[language()], language())


def weekday(day: date) -> str:
    return filters.written(day, "EEEE", language())


def every_week(rule: Rule, words: dict) -> str:
    if rule.every == 1:
        return _("Every %(weekday)s at %(time)s, by the clock in %(city)s.", **words)
    return _("Every %(weeks)s weeks on %(weekday)s at %(time)s, by the clock in %(city)s.", weeks=rule.every, **words)


def every_date(rule: Rule, words: dict) -> str:
    words["date"] = rule.first.day
    if rule.every == 1:
        said = _("Every month on day %(date)s at %(time)s, by the clock in %(city)s.", **words)
    else:
        said = _("Every %(months)s months on day %(date)s at %(time)s, by the clock in %(city)s.", **words)
    return said if rule.first.day < 29 else f"{said} {_('In a shorter month, on its last day.')}"


def every_weekday(rule: Rule, words: dict) -> str:
    if rule.every == 1:
        return {
            1: _("Every first %(weekday)s of the month at %(time)s, by the clock in %(city)s.", **words),
            2: _("Every second %(weekday)s of the month at %(time)s, by the clock in %(city)s.", **words),
            3: _("Every third %(weekday)s of the month at %(time)s, by the clock in %(city)s.", **words),
            4: _("Every fourth %(weekday)s of the month at %(time)s, by the clock in %(city)s.", **words),
            LAST: _("Every last %(weekday)s of the month at %(time)s, by the clock in %(city)s.", **words),
        }[rule.ordinal or LAST]
    return {
        1: _("Every %(months)s months, on the first %(weekday)s at %(time)s, by the clock in %(city)s.", **words),
        2: _("Every %(months)s months, on the second %(weekday)s at %(time)s, by the clock in %(city)s.", **words),
        3: _("Every %(months)s months, on the third %(weekday)s at %(time)s, by the clock in %(city)s.", **words),
        4: _("Every %(months)s months, on the fourth %(weekday)s at %(time)s, by the clock in %(city)s.", **words),
        LAST: _("Every %(months)s months, on the last %(weekday)s at %(time)s, by the clock in %(city)s.", **words),
    }[rule.ordinal or LAST]


def bounds(rule: Rule, today: date) -> list[str]:
    """What else is to be known of it: when it begins, when it ends, when it rests. What has been is left out."""
    said = [_("From %(day)s on.", day=filters.full_date(rule.first))] if rule.first > today else []
    if rule.until:
        said.append(_("The last day for it is %(day)s.", day=filters.full_date(rule.until)))
    if rule.times:
        said.append(ngettext("It ends after one meeting.", "It ends after %(num)s meetings.", rule.times))
    return said + [rest(begin, end) for begin, end in rule.rests if end >= today]


def rest(begin: date, end: date) -> str:
    """A break in words; the year is said where the two days need it."""
    if begin == end:
        return _("We rest on %(day)s.", day=filters.full_date(begin))
    said = filters.short_day(begin) if begin.year == end.year else filters.full_date(begin)
    return _("We rest from %(begin)s to %(end)s.", begin=said, end=filters.full_date(end))
