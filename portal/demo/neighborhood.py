"""The invented neighborhood as it stands in its two files, one a language: who lives there, and what they did."""

from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Any

import yaml

from portal.meetings.plan import Block, Plan

LANGUAGES = ("en", "es")


@dataclass(frozen=True)
class Neighbor:
    name: str
    zone: str
    may_begin: bool = False
    steward: bool = False


@dataclass(frozen=True)
class Piece:
    """Writing, or a picture where `picture` names what is drawn. `weeks_ago` is when it was made."""

    by: str
    weeks_ago: float
    title: str
    text: str = ""
    picture: str = ""
    seed: int = 0
    alt: str = ""
    only_me: bool = False


@dataclass(frozen=True)
class Sitter:
    """Who sits there, under which name, and after which meeting they came if not at the beginning."""

    who: str
    called: str = ""
    after: int | None = None

    @property
    def name(self) -> str:
        return self.called or self.who


@dataclass(frozen=True)
class Hours:
    """When somebody could meet, by their own clock; Monday is 0."""

    who: str
    days: tuple[int, ...]
    begins: time
    ends: time


@dataclass(frozen=True)
class Table:
    """A table and its past. `held` dates have gone by; Whatever numbers a date counts from 0."""

    name: str
    sentence: str
    for_whom: str
    zone: str
    seats: int
    weekday: int  # 1 is Monday
    at: time
    weeks: int  # from one meeting to the next
    minutes: int
    held: int
    place: str
    people: tuple[Sitter, ...]  # the first one began it
    works: tuple[Piece, ...] = ()
    link: str = ""
    skipped: tuple[int, ...] = ()
    passed: tuple[int, ...] = ()  # where the first one to be asked passed
    plans: dict[int, Plan] = field(default_factory=dict)
    roles: bool = False  # whether all roles were held, or only the facilitator's
    away: tuple[str, ...] = ()  # from the next meeting
    hours: tuple[Hours, ...] = ()
    yes_to_next: bool = False
    swap: bool = False  # whether the one after next is held, too, and a swap of the two turns is offered
    season: int | None = None  # meetings, agreed at the beginning
    wishes: dict[str, str] = field(default_factory=dict)  # what may happen when somebody is missing
    path: tuple[tuple[str, int], ...] = ()  # lessons read together, and by how many days from now
    kept: tuple[str, ...] = ()  # activities of the guide
    open_invitation: bool = False


@dataclass(frozen=True)
class Crowd:
    """What many more tables and works are made of."""

    names: list[str]
    tables: list[str]  # with a gap for one of the places
    places: list[str]
    sentences: list[str]
    place: str  # where all of them meet
    titles: list[str]
    lines: list[str]
    pictures: dict[str, str]  # what is drawn, and its words for who cannot see it


@dataclass(frozen=True)
class Neighborhood:
    name: str
    language: str
    zone: str
    people: tuple[Neighbor, ...]
    tables: tuple[Table, ...]
    crowd: Crowd


def neighborhood(language: str) -> Neighborhood:
    text = Path(__file__).with_name(f"neighborhood.{language}.yaml").read_text(encoding="utf-8")
    told = yaml.safe_load(text)
    people = tuple(Neighbor(**({"zone": told["zone"]} | row)) for row in told["people"])
    tables = tuple(read_table(row) for row in told["tables"])
    return Neighborhood(told["name"], language, told["zone"], people, tables, Crowd(**told["crowd"]))


def read_table(row: dict[str, Any]) -> Table:
    row["at"] = time.fromisoformat(row["at"])
    row["people"] = tuple(Sitter(**each) for each in row["people"])
    row["works"] = tuple(Piece(**each) for each in row["works"])
    row["plans"] = {number: read_plan(told) for number, told in row.get("plans", {}).items()}
    row["path"] = tuple((lesson, days) for lesson, days in row.get("path", []))
    row["hours"] = tuple(read_hours(each) for each in row.get("hours", []))
    return Table(**row)


def read_plan(told: str | list) -> Plan:
    """A plan in words, or in blocks of what, minutes and words."""
    return Plan(text=told.strip()) if isinstance(told, str) else Plan(blocks=tuple(Block.of(*row) for row in told))


def read_hours(row: dict[str, Any]) -> Hours:
    begins, ends = time.fromisoformat(row["begins"]), time.fromisoformat(row["ends"])
    return Hours(row["who"], tuple(row["days"]), begins, ends)
