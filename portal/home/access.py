"""What is new at a table since its reader last looked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from portal.circles.access import Sitting
from portal.circles.models import Seat
from portal.home.models import LastLook
from portal.home.visits import NEVER
from portal.sharing.access import Piece


@dataclass(frozen=True)
class News:
    """Only what others did: nobody needs to be told what they did themselves."""

    pieces: tuple[Piece, ...] = ()
    newcomers: tuple[Sitting, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.pieces or self.newcomers)


def news(seat: Seat, works: Iterable[Piece], sitting: Iterable[Sitting], now: datetime) -> News:
    """What is new among the works and the people of a page that is about to be shown. This counts as a look."""
    since = LastLook.visit(seat, now).before
    if since == NEVER:
        return News()
    pieces = tuple(piece for piece in works if not piece.is_mine and piece.shared_at and piece.shared_at > since)
    newcomers = tuple(one for one in sitting if not one.is_you and one.joined_at > since)
    return News(pieces, newcomers)
