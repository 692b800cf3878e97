"""Activities as a page lists them: the guide's and a circle's own, and what of them fits what was asked for."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from peewee import DatabaseError

from portal.circles.models import Seat
from portal.curriculum import naming
from portal.curriculum.access import guide
from portal.curriculum.choosing import FREE, NOTHING, SMALL, Facts, Wish, drawn, fitting, in_the_way, wishes
from portal.curriculum.marks import curly
from portal.curriculum.models.favorites import KeptActivities
from portal.curriculum.models.own import OwnActivity
from portal.curriculum.pieces import BASE, Activity
from portal.curriculum.views.mine import my_tables
from portal.web.filters import listed as joined
from portal.web.language import language


@dataclass(frozen=True)
class Listed:
    """A line in the list. `code` is what a plan and a circle's favorites call it by."""

    code: str
    path: str
    title: str
    aim: str
    facts: Facts
    language: str = ""  # of the guide's words; a circle's own are in whatever it speaks
    note: str = ""


@dataclass(frozen=True)
class Group:
    name: str
    activities: list[Listed]


@dataclass(frozen=True)
class Table:
    """A table of the reader's, and whether it keeps the activity of this page at hand."""

    seat: Seat
    keeps: bool


def facts_of(activity: Activity) -> Facts:
    needs = SMALL if activity.cost != "none" else FREE if activity.texts[BASE].materials else NOTHING
    facts = (activity.minutes, activity.people, activity.family, activity.energy, activity.place, needs)
    return Facts(*facts, frozenset(activity.flags))


def of_guide() -> list[Listed]:
    """By family in the order of an evening, the short ones first."""
    found = [line(one) for one in guide().activities.values()]
    order = list(naming.FAMILIES)
    return sorted(found, key=lambda one: (order.index(one.facts.family), one.facts.minutes, one.title.casefold()))


def line(activity: Activity) -> Listed:
    words = activity.text(language())
    path = url_for("curriculum.activity", key=activity.key)
    said = curly(words.title), curly(words.aim)
    return Listed(activity.key, path, *said, facts_of(activity), words.language, curly(words.content_note))


def own_line(own: OwnActivity) -> Listed:
    path = url_for("curriculum.own", circle=own.circle_id, own=own.id)
    return Listed(own.code, path, own.words.title, own.words.aim, own.words.facts)


def by_family(activities: Iterable[Listed]) -> list[Group]:
    groups: dict[str, list[Listed]] = {}
    for one in activities:
        groups.setdefault(one.facts.family, []).append(one)
    return [Group(str(naming.FAMILIES[family]), found) for family, found in groups.items()]


def chosen(groups: Sequence[Group]) -> dict[str, Any]:
    """What of these fits what the address asks for, and what the page says about that."""
    wished = wishes(request.args.items(multi=True))
    everything = [one for group in groups for one in group.activities]
    fits = [Group(group.name, fitting(wished, group.activities)) for group in groups]
    found = [one for group in fits for one in group.activities]
    return {
        "groups": [group for group in fits if group.activities],
        "wishes": {(one.name, one.code) for one in wished},
        "asked_for": joined([said[:1].lower() + said[1:] for said in map(naming.said, wished)]),
        "count": len(found),
        "total": len(everything),
        "address": address(wished),
        "draw_again": address(wished, draw="yes"),
        "draws": "draw" in request.args,
        "drawn": drawn(found) if "draw" in request.args else None,
        "loosen": [
            (naming.said(wish), count, address([one for one in wished if one != wish]))
            for wish, count in in_the_way(wished, everything)
        ],
    }


def address(wished: Iterable[Wish], **more: str) -> str:
    """This page with these wishes; at the list, where it asks for something."""
    asked: dict[str, Any] = {**more}
    for one in wished:
        asked.setdefault(one.name, []).append(one.code)
    if asked:
        asked["_anchor"] = "fits"
    return url_for(request.endpoint or "", **request.view_args or {}, **asked)


def tables(code: str) -> list[Table]:
    """The reader's tables, each with whether it keeps this activity at hand."""
    with suppress(DatabaseError):
        return [Table(seat, code in KeptActivities.of(seat)) for seat in my_tables()]
    return []
