"""Since when something is new to a reader: since their visit before this one ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta

APART = timedelta(hours=1)  # who comes back sooner is still on the same visit
TICK = timedelta(minutes=20)  # how exactly the end of a visit is kept: reading must not keep writing

NEVER = datetime.min


@dataclass(frozen=True)
class Visit:
    """When somebody last looked, and when their visit before this one ended: `NEVER` at their first. Naive UTC."""

    looked_at: datetime
    before: datetime = NEVER

    def again(self, now: datetime) -> "Visit":
        """The same visit, or the next one. A clock that was ahead and has been put right begins no visit."""
        return Visit(now, self.looked_at) if now - self.looked_at >= APART else Visit(now, self.before)

    def is_worth_keeping(self, earlier: "Visit") -> bool:
        """Whether this tells enough more than what was kept before."""
        return self.before != earlier.before or abs(self.looked_at - earlier.looked_at) >= TICK
