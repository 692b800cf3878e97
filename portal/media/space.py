"""How much room there is: on the disk for everyone, and for each owner of files."""

MEGABYTE = 1024 * 1024


def leaves_enough(free: int, adding: int, floor: int) -> bool:
    """Whether `adding` bytes leave at least `floor` bytes of the `free` ones."""
    return free - adding >= floor


def within_quota(used: int, adding: int, quota: int) -> bool:
    """Whether an owner of `used` bytes may keep `adding` more."""
    return used + adding <= quota
