"""Works: a piece of writing or a picture, sealed by a key of its own. Whoever holds a wrap of that key may open it."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from peewee import BlobField, CharField, DoesNotExist, ForeignKeyField, IntegerField, IntegrityError, fn

from portal import vault
from portal.accounts.models.people import Person
from portal.circles.models import Circle, Seat, still_here, when_a_seat_ends
from portal.db import Instant, Prepared, Table, forget_deleted, lock, new_id, rows, writing
from portal.media.cleaned import Cleaned
from portal.media.space import within_quota
from portal.media.store import files
from portal.rings import OwnKeys, SeatKeys, destroy
from portal.rings.models import AUTHOR, RING, SEAT, WORKS, Grant, Wrap
from portal.sharing.errors import KeptAlone, TableChanged, WallFull

WRITING, PICTURE = "writing", "picture"
LARGE, SMALL = SIZES = ("large", "small")
UNDO = timedelta(minutes=10)  # for this long an erased piece is only hidden


@dataclass(frozen=True)
class Words:
    """What a piece says. `text` is the writing itself, or what its author says beside a picture."""

    title: str = ""
    text: str = ""
    alt: str = ""  # what is on the picture, for who cannot see it
    name: str = ""  # of the author, as the table knows them
    large: tuple[int, int] = (0, 0)  # width and height in pixels
    small: tuple[int, int] = (0, 0)

    def packed(self) -> bytes:
        return vault.pad(json.dumps(asdict(self), ensure_ascii=False).encode(), vault.TEXT_STEP)

    @classmethod
    def unpacked(cls, padded: bytes) -> "Words":
        return cls(**json.loads(vault.unpad(padded, vault.TEXT_STEP)))


@dataclass(frozen=True)
class Draft:
    """What came from the form. `form` is its one-time id: sent twice, it is still one piece."""

    form: str
    title: str = ""
    text: str = ""
    alt: str = ""
    picture: Cleaned | None = field(default=None, repr=False)

    def signed(self, name: str) -> Words:
        if self.picture is None:
            return Words(self.title, self.text, name=name)
        return Words(self.title, self.text, self.alt, name, self.picture.large_size, self.picture.small_size)


class Work(Table):
    id = CharField(max_length=26, primary_key=True, default=new_id)
    circle = ForeignKeyField(Circle, null=True, on_delete="SET NULL")  # a piece outlives its table, for its author
    author = ForeignKeyField(Person)
    form = CharField(max_length=26)
    kind = CharField(max_length=10)
    written_at = Instant()
    stands_at = Instant()  # its place on the wall: when it was written, or last shared
    shared_at = Instant(null=True)  # the author's yes; who can open it is told by the wraps alone
    hidden_at = Instant(null=True, index=True)
    size = IntegerField()  # bytes, sealed
    sealed_words = BlobField()

    circle_id: str | None
    author_id: str

    class Meta:
        indexes = ((("author", "form"), True), (("circle", "stands_at", "id"), False))

    @classmethod
    def sent_before(cls, author_id: str, form: str) -> "Work | None":
        return cls.get_or_none((cls.author == author_id) & (cls.form == form))

    @classmethod
    def write(cls, seat: Seat, draft: Draft, quota: int, now: datetime) -> "Work":
        """Keep a new piece, open to its author alone. The same form gives the same piece.

        `quota` is in bytes. Raises WallFull, and KeptAlone when the seat ended meanwhile: the piece is kept even then.
        """
        work = cls(id=new_id(), circle=seat.circle_id, author=seat.person_id, form=draft.form)
        work.kind = WRITING if draft.picture is None else PICTURE
        work.written_at = work.stands_at = now
        name = seat.name
        try:
            with writing():
                key = seat.keys.new_piece(work.id)
            work.seal(key, draft.signed(name), draft.picture)
            with writing():
                still_seated = work.stand_at(seat, quota)
                work.save(force_insert=True)
        except IntegrityError:
            work.destroy()
            return cls.get((cls.author == seat.person_id) & (cls.form == draft.form))
        except BaseException:
            work.destroy()
            raise
        if not still_seated:
            raise KeptAlone
        return work

    def seal(self, key: bytes, words: Words, picture: Cleaned | None) -> None:
        """Fill the sealed column and write the files. Not inside a transaction: the disk takes its time."""
        self.sealed_words = vault.seal(key, words.packed(), self.place("words"))
        self.size = len(self.sealed_words)
        if picture is not None:
            for part, plain in ((LARGE, picture.large), (SMALL, picture.small)):
                sealed = vault.seal(key, vault.pad(plain, vault.PICTURE_STEP), self.place(part))
                files.write(f"{self.id}-{part}", sealed)
                self.size += len(sealed)

    def place(self, part: str) -> str:
        return f"work|{self.id}|{part}"

    def stand_at(self, seat: Seat, quota: int) -> bool:
        """Whether the seat is still there; if its circle is not, the piece stands alone. Raises WallFull."""
        try:
            circle = lock(seat.circle)
        except DoesNotExist:
            self.circle = None
            return False
        if self.kind == PICTURE and not within_quota(Work.size_of_pictures(circle.id), self.size, quota):
            raise WallFull
        return Seat.select().where(Seat.id == seat.id).exists()

    @classmethod
    def size_of_pictures(cls, circle_id: str) -> int:
        """Bytes that a circle's pictures take, those to be erased soon among them."""
        mine = (cls.circle == circle_id) & (cls.kind == PICTURE)
        return cls.select(fn.COALESCE(fn.SUM(cls.size), 0)).where(mine).scalar()

    @classmethod
    def open_to(cls, keys: SeatKeys) -> Any:
        """The works on a circle's wall that this seat holds a key to: its person's own, and what was opened to it."""
        return open_here(keys.owner, keys.holder, keys.person_id)

    @classmethod
    def newest_shared(cls, keys: SeatKeys, limit: int) -> list["Work"]:
        """The newest works that are shared with a seat's circle and open to it, its person's own among them."""
        return newest_shared_here.models(owner=keys.owner, holder=keys.holder, person=keys.person_id, limit=limit)

    @classmethod
    def by(cls, author_id: str) -> Any:
        """Everything this person has made, hidden pieces too."""
        return cls.select().where(cls.author == author_id)

    def words(self, key: bytes) -> Words:
        """What the piece says, by its key. Raises Unsealable."""
        return Words.unpacked(vault.unseal(key, bytes(self.sealed_words), self.place("words")))

    def picture(self, key: bytes, size: str) -> bytes:
        """The WebP file, large or small. Raises Unsealable, and NoSuchFile when there is none."""
        return vault.unpad(vault.unseal(key, files.read(f"{self.id}-{size}"), self.place(size)), vault.PICTURE_STEP)

    def share(self, seat: Seat, named: frozenset[str], now: datetime) -> None:
        """Open the piece to the circle as it sits now, which must be the seats that were `named` to the author.

        Raises TableChanged, and NotHere when the piece or the seat has gone.
        """
        with writing():
            still_here(seat.circle)
            work = still_here(self)
            if named != seats_beside(seat):
                raise TableChanged
            seat.keys.open_to_circle(work.id)
            Work.update(shared_at=now, stands_at=now).where(Work.id == work.id).execute()

    def take_back(self, keys: OwnKeys) -> None:
        """Close the piece to everyone but its author. Needs no seat, so it can be done after leaving, too."""
        with writing():
            work = still_here(self)
            keys.withdraw(work.id)
            Work.update(shared_at=None).where(Work.id == work.id).execute()

    def hide(self, now: datetime) -> None:
        """Take the piece from everyone's sight at once; it is erased when the time to undo that is over."""
        Work.update(hidden_at=now).where((Work.id == self.id) & Work.hidden_at.is_null()).execute()

    def bring_back(self) -> None:
        """Undo `hide`: whoever could open the piece before can open it again. Raises NotHere when it is erased."""
        with writing():
            still_here(self)
            Work.update(hidden_at=None).where(Work.id == self.id).execute()

    def erase(self) -> None:
        """For good: first what opens the piece, then the piece, then what the log of the database still holds of it."""
        self.destroy()
        forget_deleted()

    def destroy(self) -> None:
        with writing():
            destroy(self.id)
            Work.delete().where(Work.id == self.id).execute()
        for size in SIZES:
            files.erase(f"{self.id}-{size}")

    @classmethod
    def erase_due(cls, now: datetime) -> int:
        """Erase what was hidden long enough; returns how many pieces. Must be followed by `forget_deleted`."""
        due = list(cls.select(cls.id).where(cls.hidden_at <= now - UNDO))
        for work in due:
            work.destroy()
        return len(due)


def open_here(owner: str, holder: str, person: str) -> Any:
    """Asked of each row in turn, so that the newest ten cost the same on a wall of two thousand."""
    held = Grant.select(Grant.number).where((Grant.holder == holder) & (Grant.ring == WORKS))
    audience = (
        ((Wrap.kind == AUTHOR) & (Wrap.who == person))
        | ((Wrap.owner == owner) & (Wrap.kind == SEAT) & (Wrap.who == holder))
        | ((Wrap.owner == owner) & (Wrap.kind == RING) & Wrap.number.in_(held))
    )
    wrapped = Wrap.select(Wrap.piece).where((Wrap.piece == Work.id) & audience)
    return Work.select().where((Work.circle == owner) & Work.hidden_at.is_null() & fn.EXISTS(wrapped))


def newest_first(works: Any) -> Any:
    return works.order_by(Work.stands_at.desc(), Work.id.desc())


@Prepared
def newest_shared_here(owner: str, holder: str, person: str, limit: Any) -> Any:
    return newest_first(open_here(owner, holder, person).where(Work.shared_at.is_null(False))).limit(limit)


def seats_beside(seat: Seat) -> frozenset[str]:
    """The ids of everyone else's seats."""
    others = Seat.select(Seat.id).where((Seat.circle == seat.circle_id) & (Seat.id != seat.id))
    return frozenset(id for (id,) in rows(others))


@when_a_seat_ends
def close_what_was_shared(seat: Seat, take_back: bool) -> None:
    """Who leaves may take all of it with them: all at once, for nobody can write while somebody leaves."""
    if take_back:
        mine = (Work.circle == seat.circle_id) & (Work.author == seat.person_id)
        Work.update(shared_at=None).where(mine).execute()
        seat.keys.withdraw_all(Work.select(Work.id).where(mine))
