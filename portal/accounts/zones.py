"""The time zones a person may choose from: one for each place, without the old names of the same."""

from functools import cache
from importlib.resources import files

REGIONS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def zones() -> tuple[str, ...]:
    """From the table of places that comes with the zone data itself."""
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    places = {line.split("\t")[2] for line in table.splitlines() if line and not line.startswith("#")}
    return ("UTC", *sorted(place for place in places if place.partition("/")[0] in REGIONS))
