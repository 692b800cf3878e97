"""How many people a table holds, and when it can take one more."""

SEATS = range(5, 8)  # people; below five, silence gets heavy, above seven some never speak (docs/domain.md)
USUAL = 7
OPEN_INVITATIONS = 10  # each holds keys, so there is an end to them


def next_place(places: list[int]) -> int:
    """The place in the order of seats for whoever comes next: after everyone, so that no one's place moves."""
    return max(places, default=0) + 1
