"""What is said about one meeting: where, by what link, and the plan; and how it becomes bytes to be sealed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from itertools import accumulate
from typing import Any
from urllib.parse import urlsplit

from portal.curriculum.choosing import OWN

PLACE_LENGTH = 300  # characters
LINK_LENGTH = 500  # characters
TEXT_LENGTH = 8000  # characters: an evening minute by minute, and room to spare
WORDS_LENGTH = 500  # characters: what is said of one block
MOST_BLOCKS = 11  # more would be a timetable; and a page that gives words back takes 40 fields (web.error_pages)
MOST_MINUTES = 480  # of one block: the longest meeting
STEP = 5  # minutes: the shortest block that is fitted, and what the others are multiples of
IN_GUIDE = "guide:"


@dataclass(frozen=True)
class Place:
    """Where people come together: words, a link to a room on the net, both or neither.

    `opens`: false where something stands there that does not open.
    """

    place: str = ""
    link: str = ""
    opens: bool = field(default=True, compare=False)

    @property
    def said(self) -> dict[str, str]:
        return {"place": self.place, "link": self.link}


class Kind(Enum):
    ARRIVAL = "arrival"
    CHECK_IN = "check_in"
    ACTIVITY = "activity"
    PAUSE = "pause"
    CLOSING = "closing"
    FREE = "free"  # what it is, its own words say


@dataclass(frozen=True)
class Block:
    """A stretch of a meeting in minutes.

    `activity` is the key of one in the guide, or `OWN` and the id of one of the circle's own; its words stay there.
    """

    kind: Kind
    minutes: int
    words: str = ""
    activity: str = ""

    @classmethod
    def of(cls, what: str, minutes: int, words: str = "") -> "Block":
        """A block of that `what`. Raises ValueError where it is none."""
        if what.startswith((IN_GUIDE, OWN)):
            return cls(Kind.ACTIVITY, minutes, words, what.removeprefix(IN_GUIDE))
        return cls(Kind(what), minutes, words)

    @property
    def what(self) -> str:
        """Its kind and its activity as one code."""
        return coded(self.activity) if self.activity else self.kind.value


def coded(activity: str) -> str:
    """What a block says that holds this activity."""
    return activity if activity.startswith(OWN) else IN_GUIDE + activity


@dataclass(frozen=True)
class Plan:
    """The plan of one meeting. `where` is None when it is the usual place, which may still change.

    `opens`: false where something stands there that does not open.
    """

    where: Place | None = None
    text: str = ""
    blocks: tuple[Block, ...] = ()
    opens: bool = field(default=True, compare=False)

    @classmethod
    def over(cls, usual: Place, where: Place, text: str, blocks: tuple[Block, ...] = ()) -> "Plan":
        """A plan for `where`, which follows the usual place as long as it is the same."""
        return cls(None if where == usual else where, text, blocks)


UNOPENED_PLACE = Place(opens=False)
UNOPENED = Plan(UNOPENED_PLACE, opens=False)


def length(blocks: Sequence[Block]) -> int:
    """Minutes, all together."""
    return sum(block.minutes for block in blocks)


def beginnings(blocks: Sequence[Block], starts_at: datetime) -> list[datetime]:
    """When each block begins (naive UTC), one after the other from the start of the meeting."""
    before = accumulate((block.minutes for block in blocks), initial=0)
    return [starts_at + timedelta(minutes=gone) for gone, _ in zip(before, blocks, strict=False)]


def can_fit(blocks: Sequence[Block], minutes: int) -> bool:
    """Whether there is room for each of them, however short, and something to lengthen."""
    return bool(blocks) and STEP * len(blocks) <= minutes


def fitted(blocks: Sequence[Block], minutes: int) -> tuple[Block, ...]:
    """The same blocks in the same order, lengthened or shortened alike until they fill exactly so many minutes.

    Every one keeps five minutes, and is a multiple of five; where the meeting is none, the longest takes the rest.
    Steps of five are dealt out as Webster’s method deals out seats, so that what fits already stays as it is, none of
    two blocks overtakes the other, and in a meeting longer by a step none becomes shorter. Raises ValueError where
    there is no room (`can_fit`).
    """
    if not can_fit(blocks, minutes):
        raise ValueError("a block lasts five minutes at least")
    these = range(len(blocks))
    steps = [1] * len(blocks)
    for _ in range(minutes // STEP - len(blocks)):
        steps[max(these, key=lambda n: (blocks[n].minutes / (2 * steps[n] + 1), -n))] += 1
    lengths = [STEP * step for step in steps]
    lengths[max(these, key=lambda n: (steps[n], blocks[n].minutes, -n))] += minutes % STEP
    return tuple(replace(block, minutes=its) for block, its in zip(blocks, lengths, strict=True))


def pack_place(place: Place) -> bytes:
    return json.dumps(place.said, ensure_ascii=False).encode()


def unpack_place(packed: bytes) -> Place:
    return Place(**json.loads(packed))


def pack_plan(plan: Plan) -> bytes:
    facts: dict[str, Any] = {"where": plan.where.said if plan.where else None, "text": plan.text}
    if plan.blocks:  # a plan of words alone is packed as it was before there were blocks
        facts["blocks"] = [[block.what, block.minutes, block.words] for block in plan.blocks]
    return json.dumps(facts, ensure_ascii=False).encode()


def unpack_plan(packed: bytes) -> Plan:
    facts = json.loads(packed)
    blocks = tuple(Block.of(*block) for block in facts.get("blocks", ()))
    return Plan(Place(**facts["where"]) if facts["where"] else None, facts["text"], blocks)


def as_link(typed: str) -> str | None:
    """The address as a link for people to follow, or None if it is none. It is never fetched."""
    link = typed.strip()
    if "://" not in link and not link.lower().startswith(("javascript:", "data:", "mailto:", "tel:")):
        link = f"https://{link}"
    try:
        parts = urlsplit(link)
        known = parts.scheme in ("http", "https") and "." in (parts.hostname or "")
    except ValueError:
        return None
    return link if known and not any(sign.isspace() for sign in link) else None
