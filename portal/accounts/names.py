"""What people are called when they sign in, and when two names are one."""

from portal.accents import plain

NAME_LENGTH = 40  # characters


def folded(name: str) -> str:
    """What is compared when somebody signs in: case, width, accents and spaces do not matter."""
    return "".join(plain(name).split())
