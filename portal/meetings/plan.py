"""What is said about one meeting: where, by what link, and the plan; and how it becomes bytes to be sealed."""

import json
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

PLACE_LENGTH = 300  # characters
LINK_LENGTH = 500  # characters
TEXT_LENGTH = 8000  # characters: an evening minute by minute, and room to spare


@dataclass(frozen=True)
class Place:
    """Where people come together: words, a link to a room on the net, both or neither."""

    place: str = ""
    link: str = ""


@dataclass(frozen=True)
class Plan:
    """The plan of one meeting. `where` is None when it is the usual place, which may still change."""

    where: Place | None = None
    text: str = ""

    @classmethod
    def over(cls, usual: Place, where: Place, text: str) -> "Plan":
        """A plan for `where`, which follows the usual place as long as it is the same."""
        return cls(None if where == usual else where, text)


def pack_place(place: Place) -> bytes:
    return json.dumps(asdict(place), ensure_ascii=False).encode()


def unpack_place(packed: bytes) -> Place:
    return Place(**json.loads(packed))


def pack_plan(plan: Plan) -> bytes:
    return json.dumps(asdict(plan), ensure_ascii=False).encode()


def unpack_plan(packed: bytes) -> Plan:
    facts = json.loads(packed)
    return Plan(Place(**facts["where"]) if facts["where"] else None, facts["text"])


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
