"""How a meeting goes that nobody leads: which stretches it has, and how long each of them lasts."""

from collections.abc import Sequence

from portal.meetings.plan import Block, Kind, can_fit, fitted

USUAL = (
    Block(Kind.ARRIVAL, 10),
    Block(Kind.CHECK_IN, 25),
    Block(Kind.ACTIVITY, 30),
    Block(Kind.PAUSE, 10),
    Block(Kind.CLOSING, 15),
)
SHORT = (Block(Kind.CHECK_IN, 10), Block(Kind.CLOSING, 5))  # where there is no room for more


def script(planned: Sequence[Block], minutes: int) -> tuple[Block, ...]:
    """The blocks of the plan, if there is one that fits; else the usual ones. They last so many minutes in all."""
    return next((fitted(blocks, minutes) for blocks in (planned, USUAL, SHORT) if can_fit(blocks, minutes)), ())
