"""How much room there is: on the disk for everyone, and for each owner of pictures."""

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Floors:
    """Bytes that stay free on the disk. Words stop last: they are small, and cannot be taken again like a picture."""

    picture: int = 200 * MEGABYTE
    text: int = 20 * MEGABYTE


def leaves_enough(free: int, adding: int, floor: int) -> bool:
    """Whether `adding` bytes leave at least `floor` bytes of the `free` ones."""
    return free - adding >= floor


def within_quota(used: int, adding: int, quota: int) -> bool:
    """Whether an owner of `used` bytes may keep `adding` more."""
    return used + adding <= quota
