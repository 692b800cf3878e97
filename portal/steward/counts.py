"""What may be said of a number of tables: below five, a number points at people (DESIGN section 5)."""

LEAST = 5


def sayable(count: int) -> int | None:
    """The number itself, or None where “a few” must do."""
    return count if count >= LEAST else None
