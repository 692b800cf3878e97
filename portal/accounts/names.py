"""What people are called when they sign in, and when two names are one."""

import unicodedata

NAME_LENGTH = 40  # characters


def folded(name: str) -> str:
    """What is compared when somebody signs in: case, width, accents and spaces do not matter."""
    flat = unicodedata.normalize("NFKD", name).casefold()
    return "".join(c for c in flat if not unicodedata.combining(c) and not c.isspace())
