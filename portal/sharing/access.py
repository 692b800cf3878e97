"""The one way to a piece: a key that opens it."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from flask import url_for
from flask_login import current_user

from portal.circles.access import my_keys
from portal.circles.models import Seat
from portal.media.store import NoSuchFile
from portal.rings import OwnKeys
from portal.sharing.lines import beginning, is_verse
from portal.sharing.models import PICTURE, Words, Work, newest_first
from portal.vault import Unsealable
from portal.web.errors import NotHere
from portal.web.typed import stanzas

PAGE = 12  # pieces
MARK = "%Y%m%d%H%M%S"


@dataclass(frozen=True)
class Piece:
    """A work that the reader can open, opened. `path` is where this reader finds it."""

    id: str
    path: str
    circle_id: str | None
    is_picture: bool
    is_mine: bool
    written_at: datetime
    stands_at: datetime
    shared_at: datetime | None
    hidden_at: datetime | None
    words: Words

    @cached_property
    def stanzas(self) -> list[list[str]]:
        return stanzas(self.words.text)

    @cached_property
    def is_verse(self) -> bool:
        return is_verse(self.words.text)

    @property
    def beginning(self) -> list[str]:
        return beginning(self.words.text)

    @property
    def mark(self) -> str:
        """Its place in the order of pieces, for the address of the next page."""
        return f"{self.stands_at:{MARK}}.{self.id}"


def works_path(circle_id: str) -> str:
    return url_for("sharing.works", circle=circle_id)


def opened(work: Work, key: bytes, path: str, reader: str) -> Piece:
    """`reader` is the id of the person who reads it. Raises Unsealable."""
    return Piece(
        id=work.id,
        path=f"{path}/{work.id}",
        circle_id=work.circle_id,
        is_picture=work.kind == PICTURE,
        is_mine=work.author_id == reader,
        written_at=work.written_at,
        stands_at=work.stands_at,
        shared_at=work.shared_at,
        hidden_at=work.hidden_at,
        words=work.words(key),
    )


def work_or_404(seat: Seat, work_id: str) -> Work:
    """A work on this circle's wall; whether the reader can open it, their keys tell."""
    found = Work.get_or_none((Work.id == work_id) & (Work.circle == seat.circle_id) & Work.hidden_at.is_null())
    if found is None:
        raise NotHere
    return found


def my_work_or_404(work_id: str) -> Work:
    """A work of the reader's own, wherever it stands, hidden ones too."""
    found = Work.get_or_none((Work.id == work_id) & (Work.author == current_user.id))
    if found is None:
        raise NotHere
    return found


def piece_or_404(work: Work, keys: OwnKeys, path: str) -> Piece:
    try:
        return opened(work, keys.piece_key(work.id), path, keys.person_id)
    except Unsealable:
        raise NotHere from None


def picture_or_404(work: Work, keys: OwnKeys, size: str) -> bytes:
    """A file that is missing after a restore was erased, so it gets the same answer."""
    try:
        return work.picture(keys.piece_key(work.id), size)
    except (Unsealable, NoSuchFile):
        raise NotHere from None


def latest(seat: Seat, limit: int) -> list[Piece]:
    """The newest pieces that are shared with this reader's table, their own among them, for the table's page."""
    return open_all(Work.newest_shared(seat.keys, limit), seat.keys, works_path(seat.circle_id))


def wall(seat: Seat, limit: int, older: str = "") -> list[Piece]:
    """All that this reader can open here, newest first, from the mark `older` on. Theirs alone, too."""
    return open_all(newest(Work.open_to(seat.keys), limit, older), seat.keys, works_path(seat.circle_id))


def my_latest(limit: int, older: str = "") -> list[Piece]:
    """The reader's own pieces, from every circle they have sat in."""
    return open_all(newest(Work.by(current_user.id), limit, older), my_keys(), url_for("sharing.things"))


def newest(works: Any, limit: int, older: str) -> list[Work]:
    at, _, id = older.partition(".")
    with suppress(ValueError):  # a made-up mark: from the newest on
        last = datetime.strptime(at, MARK)
        works = works.where((Work.stands_at < last) | ((Work.stands_at == last) & (Work.id < id)))
    return list(newest_first(works).limit(limit))


def open_all(works: list[Work], keys: OwnKeys, path: str) -> list[Piece]:
    pieces, opens = [], keys.piece_keys(work.id for work in works)
    for work in works:
        with suppress(KeyError, Unsealable):  # one damaged piece must not close the whole wall
            pieces.append(opened(work, opens[work.id], path, keys.person_id))
    return pieces
