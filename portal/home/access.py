"""What is new at a table since its reader last looked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from portal.circles.access import Sitting
from portal.circles.models import Seat
from portal.home.models import LastLook
from portal.home.visits import NEVER
from portal.meetings.access.dates import Shown, changes_since, rhythm_changed
from portal.sharing.access import Piece


@dataclass(frozen=True)
class News:
    """What others did, and what became of the dates, whoever changed them: that is written down nowhere.

    `dates` are meetings ahead, each with the code of what changed; `rhythm` is whether a whole series did.
    """

    pieces: tuple[Piece, ...] = ()
    newcomers: tuple[Sitting, ...] = ()
    dates: tuple[tuple[Shown, str], ...] = ()
    rhythm: bool = False

    def __bool__(self) -> bool:
        return bool(self.pieces or self.newcomers or self.dates or self.rhythm)


def news(seat: Seat, works: Iterable[Piece], sitting: Iterable[Sitting], now: datetime) -> News:
    """What is new among the works and the people of a page that is about to be shown. This counts as a look."""
    since = LastLook.visit(seat, now).before
    if since == NEVER:
        return News()
    pieces = tuple(piece for piece in works if not piece.is_mine and piece.shared_at and piece.shared_at > since)
    newcomers = tuple(one for one in sitting if not one.is_you and one.joined_at > since)
    dates = tuple(changes_since(seat.circle_id, since, now))
    return News(pieces, newcomers, dates, rhythm_changed(seat.circle_id, since))
