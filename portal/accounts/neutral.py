"""Whether a name that stands in every tab, on paper and on a neighbor's screen says what kind of place this is."""

import re

from portal.accents import plain

LOOKED_AT = 200  # characters; a name may have far fewer
TELLING = (
    *("circle", "healing", "healer", "health", "grief", "griev", "mourning", "trauma", "therap", "recover"),
    *("surviv", "cancer", "illness", "mental", "wellness", "support", "abus", "victim", "addict", "refugee"),
    *("circulo", "sanacion", "sanador", "salud", "duelo", "terap", "recuper", "sobreviv", "enferm"),
    *("apoyo", "victima", "adicc", "refugiad", "suicid", "violen", "crisis"),
)  # beginnings of words


def telling_word(name: str) -> str | None:
    """The first word in `name` that gives something away, as it was written."""
    return next((word for word in re.findall(r"\w+", name[:LOOKED_AT]) if plain(word).startswith(TELLING)), None)
