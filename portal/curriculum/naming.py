"""What the codes of an activity are called in the reader's language."""

from portal.curriculum import choosing
from portal.curriculum.choosing import CAN, FREE, NOTHING, Wish
from portal.web.language import lazy, ngettext

FAMILIES = {  # in the order of an evening
    "opening": lazy("To open"),
    "talk": lazy("To talk and listen"),
    "writing": lazy("To write"),
    "art": lazy("To make"),
    "play": lazy("To play"),
    "body": lazy("For the body"),
    "quiet": lazy("To be quiet"),
    "closing": lazy("To close"),
}
ENERGIES = {"quiet": lazy("quiet"), "gentle": lazy("gentle"), "lively": lazy("lively")}
PLACES = {"together": lazy("in one room"), "remote": lazy("from afar")}
WITH = {NOTHING: lazy("nothing at all"), FREE: lazy("only what costs nothing")}
WISHED_WITH = {NOTHING: lazy("with nothing at all"), FREE: lazy("with things that cost nothing")}
FLAGS = {
    "seated": lazy("seated"),
    "no-touch": lazy("without touch"),
    "camera-off": lazy("with the camera off"),
    "outdoors": lazy("outdoors"),
    "no-reading": lazy("without reading"),
    "one-hand": lazy("with one hand"),
}
CODES = {"energy": ENERGIES, "place": PLACES, "family": FAMILIES, CAN: FLAGS}


def said(wish: Wish) -> str:
    """A wish as a few words."""
    if wish.name == "minutes":
        return ngettext("one minute at most", "%(num)s minutes at most", int(wish.code))
    if wish.name == "people":
        return ngettext("for one person", "for %(num)s people", int(wish.code))
    if wish.name == "needs":
        return str(WISHED_WITH[wish.code])
    return str(CODES[wish.name][wish.code])


def minutes() -> list[tuple[str, str]]:
    """The times to choose from."""
    codes = choosing.CODES["minutes"]
    return [(code, ngettext("one minute at most", "%(num)s minutes at most", int(code))) for code in codes]


def people() -> list[tuple[str, str]]:
    """The numbers to choose from."""
    return [(code, ngettext("one of us", "%(num)s of us", int(code))) for code in choosing.CODES["people"]]
