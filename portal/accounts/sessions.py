"""How long a signed-in device stays signed in: a pure rule over its moments."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

SHARED_LASTS = timedelta(hours=8)  # on a phone that others use, whatever happens there
OWN_LASTS = timedelta(days=180)
TICK = timedelta(minutes=1)  # the idle clock of a shared phone is written at most this often
OWN_TICK = timedelta(hours=12)  # of one's own phone: nearly by the day, since it stays and tells more


class State(Enum):
    OPEN = "open"
    QUIET = "quiet"  # signed out by the idle clock: opens nothing, may still keep what was being typed
    OVER = "over"


@dataclass(frozen=True)
class Idle:
    """After how much quiet a device is signed out."""

    shared: timedelta
    own: timedelta


def state(began_at: datetime, seen_at: datetime, own_phone: bool, idle: Idle, now: datetime) -> State:
    """An hour of clock error backwards is no reason to sign anybody out, so only time that passed counts."""
    if now - began_at > (OWN_LASTS if own_phone else SHARED_LASTS):
        return State.OVER
    if now - seen_at > (idle.own if own_phone else idle.shared):
        return State.QUIET
    return State.OPEN
