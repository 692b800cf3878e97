"""The time zones a person may choose from: places, without the old aliases."""

from functools import cache
from zoneinfo import available_timezones

REGIONS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def zones() -> tuple[str, ...]:
    return ("UTC", *sorted(z for z in available_timezones() if z.partition("/")[0] in REGIONS))
