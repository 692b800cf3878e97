"""What one person's keys can open, for the length of one request.

Reading is lazy: one query fetches a holder's grants, and a grant is opened when something under it is read. Writing
takes the owner's row and proves the whole ring anew before a word is sealed under it.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from nacl.public import PrivateKey

from portal.db import Prepared, utcnow, writing
from portal.rings.errors import Closed, ReadersChanged, Refused
from portal.rings.models import (
    AUTHOR,
    BOTH,
    RING,
    RINGS,
    SEAT,
    TABLE,
    WORKS,
    Epoch,
    Grant,
    Holder,
    Ring,
    Told,
    Wrap,
    admit,
    admitted,
    begin,
    changing,
    end_holder,
    wraps_locked,
)
from portal.vault import Unsealable, derive, new_key, open_from, pair, seal, seal_to, unseal

NUMBER = slice(1, 5)  # bytes of a sealed table text: its epoch, big-endian, after the suite byte

Read = TypeVar("Read")
Instead = TypeVar("Instead")


def opened_or(instead: Instead, read: Callable[..., Read], *given: Any) -> Read | Instead:
    """What `read(*given)` opens, or `instead` where that does not open: one damaged row closes no page."""
    try:
        return read(*given)
    except (Closed, Unsealable):
        return instead


class OwnKeys:
    """An author's keys: their own pieces, anywhere."""

    def __init__(self, person_id: str, private: PrivateKey) -> None:
        self.person_id = person_id
        self.private = private

    def new_piece(self, piece_id: str) -> bytes:
        """Make a piece's key and one's own wrap, to the public half of the key in hand and no other."""
        key, wrap = new_key(), Wrap(piece=piece_id, kind=AUTHOR, who=self.person_id)
        wrap.sealed_key = seal_to(bytes(self.private.public_key), key, wrap.place())
        with writing():
            wrap.save(force_insert=True)
        return key

    def own_piece_key(self, piece_id: str) -> bytes:
        """The key of a piece one wrote oneself. Raises Closed.

        Anyone can seal to a public key, so a wrap proves nothing: before new text is sealed under the key of a piece
        that has text, that text is opened with it.
        """
        wrap = Wrap.get_or_none((Wrap.piece == piece_id) & self._mine())
        if wrap is None or (key := self._unwrap(wrap)) is None:
            raise Closed
        return key

    def piece_keys(self, piece_ids: Iterable[str]) -> dict[str, bytes]:
        """The keys of those of these pieces that are open to one, in at most two queries."""
        keys: dict[str, bytes] = {}
        for wrap in self._wraps(list(piece_ids)):
            if wrap.piece not in keys and (key := self._unwrap(wrap)) is not None:
                keys[wrap.piece] = key
        return keys

    def piece_key(self, piece_id: str) -> bytes:
        """Raises Closed."""
        try:
            return self.piece_keys([piece_id])[piece_id]
        except KeyError:
            raise Closed from None

    def withdraw(self, piece_id: str) -> None:
        """Close a piece of one's own to everyone but oneself. Raises Closed."""
        with wraps_locked([piece_id]):
            self.own_piece_key(piece_id)
            Wrap.delete().where((Wrap.piece == piece_id) & ~self._mine()).execute()

    def withdraw_all(self, pieces: Any) -> None:
        """Close those of these pieces (ids, or a query of them) that are one's own to everyone but oneself."""
        own = Wrap.select(Wrap.piece).where(Wrap.piece.in_(pieces) & self._mine())
        with wraps_locked(own):
            Wrap.delete().where(Wrap.piece.in_(own) & ~self._mine()).execute()

    def _mine(self):
        return (Wrap.kind == AUTHOR) & (Wrap.who == self.person_id)

    def _wraps(self, piece_ids: list[str]) -> list[Wrap]:
        """The wraps of these pieces that one may be able to open."""
        return wraps_for_author.models(pieces=piece_ids, person=self.person_id)

    def _unwrap(self, wrap: Wrap) -> bytes | None:
        try:
            return open_from(self.private, bytes(wrap.sealed_key), wrap.place())
        except Unsealable:  # not made for this key: it opens nothing, for anyone
            return None


class TableKeys:
    """A holder's keys to the table: of a seat, or of an open invitation, whose token they come from."""

    def __init__(self, owner: str, holder: str, private: PrivateKey, own_secret: bytes) -> None:
        self.owner = owner
        self.holder = holder
        self._private = private
        self._own_secret = own_secret
        self._granted: dict[tuple[str, int], bytes] | None = None
        self._opened: dict[bytes, bytes] = {}  # sealed grant -> secret
        self._derived: dict[bytes, bytes] = {}  # secret -> the key that seals content

    def open_table(self, sealed: bytes, bound_to: str) -> bytes:
        """Open a text of the table. Raises Closed without a grant of its epoch, Unsealable when it was changed."""
        number = int.from_bytes(sealed[NUMBER], "big")
        secret = self._secret(TABLE, number)
        if secret is None:
            raise Closed
        text = sealed[: NUMBER.start] + sealed[NUMBER.stop :]
        return unseal(self._content_key(secret), text, self._table_place(bound_to, number))

    def proven(self) -> list[bytes]:
        """Every table secret, oldest first: this holder pinned the first, each proves the next, the last tagged them.

        Call inside `changing`. Raises Closed and Refused.
        """
        holder = Holder.get_or_none((Holder.id == self.holder) & (Holder.owner == self.owner))
        if holder is None or holder.is_over(utcnow()):
            raise Closed
        self._granted = None
        table: list[bytes] = []
        for epoch in Epoch.of(self.owner, TABLE):
            table.append(self._prove(epoch, table[-1] if table else b""))
        if not table or not holder.has_pinned(table[0], self._own_secret):
            raise self._refused("root", f"{TABLE} 1")
        if not holder.is_tagged_by(table[-1]):
            raise self._refused("key", self.holder)
        return table

    def _prove(self, epoch: Epoch, before: bytes) -> bytes:
        secret = self._secret(epoch.ring, epoch.number)
        if secret is None or not epoch.is_proven_by(before, secret):
            raise self._refused("epoch", f"{epoch.ring} {epoch.number}")
        return secret

    def _refused(self, what: str, about: str) -> Refused:
        Told.tell(self.owner, what, about)
        return Refused()

    def _secret(self, ring: str, number: int) -> bytes | None:
        """The secret of an epoch, opened once; None where there is no grant that this key opens."""
        sealed = self._grants().get((ring, number))
        if sealed is None:
            return None
        if sealed not in self._opened:
            try:
                place = Grant.place(self.owner, self.holder, ring, number)
                self._opened[sealed] = open_from(self._private, sealed, place)
            except Unsealable:
                return None
        return self._opened[sealed]

    def _content_key(self, secret: bytes) -> bytes:
        if secret not in self._derived:
            self._derived[secret] = derive(secret, "content")
        return self._derived[secret]

    def _grants(self) -> dict[tuple[str, int], bytes]:
        """This holder's grants, still sealed; none once its time is over."""
        if self._granted is None:
            found = grants_of(owner=self.owner, holder=self.holder, now=utcnow())
            self._granted = {(ring, number): bytes(sealed) for ring, number, sealed in found}
        return self._granted

    def _table_place(self, bound_to: str, number: int) -> str:
        return f"{bound_to}|{self.owner}|{TABLE}|{number}"


@Prepared
def wraps_for_author(pieces: list[str], person: str) -> Any:
    return Wrap.select().where(Wrap.piece.in_(pieces) & (Wrap.kind == AUTHOR) & (Wrap.who == person))


@Prepared
def wraps_for_seat(pieces: list[str], person: str, owner: str, seat: str) -> Any:
    here = Wrap.owner == owner
    mine = (Wrap.kind == AUTHOR) & (Wrap.who == person)
    audience = mine | (here & (Wrap.kind == SEAT) & (Wrap.who == seat)) | (here & (Wrap.kind == RING))
    return Wrap.select().where(Wrap.piece.in_(pieces) & audience)


@Prepared
def grants_of(owner: str, holder: str, now: datetime) -> Any:
    open_still = Holder.ends_at.is_null() | (Holder.ends_at > now)
    here = (Holder.id == holder) & (Holder.owner == owner) & open_still
    return Grant.select(Grant.ring, Grant.number, Grant.sealed_secret).join(Holder).where(here)


class SeatKeys(OwnKeys, TableKeys):
    """A seat's keys: its person's own pieces, and what one owner opens to this seat."""

    def __init__(self, owner: str, holder: str, person_id: str, private: PrivateKey) -> None:
        OwnKeys.__init__(self, person_id, private)
        TableKeys.__init__(self, owner, holder, private, bytes(private))

    def before_writing(self) -> list[bytes]:
        """The proven table secrets. Begins new epochs first when those admitted now are not those the newest was for.

        Call inside `changing`. Raises Closed when the seat has ended, and Refused.
        """
        table = self.proven()
        holders = admitted(self.owner, table[-1])
        if self._is_new_epoch_due(holders):
            table.append(begin(self.owner, holders, table[-1]))
            self._granted = None
        return table

    def _is_new_epoch_due(self, holders: list[Holder]) -> bool:
        newest = [Epoch.newest(self.owner, ring) for ring in RINGS]
        return not all(epoch and epoch.is_for(holders) for epoch in newest)

    def seal_table(self, text: bytes, bound_to: str) -> bytes:
        """Seal a text of the table under the newest proven epoch, whose number follows the suite byte.

        `bound_to` is "table|row id|column". Call inside `writing()`, which also saves it: a seat that ends meanwhile
        is refused. Raises Closed and Refused.
        """
        return self.seal_tables({bound_to: text})[bound_to]

    def seal_tables(self, texts: dict[str, bytes]) -> dict[str, bytes]:
        """Seal several texts, each to the place it stands under here, and prove the ring only once."""
        with changing(self.owner):
            table = self.before_writing()
        number, key = len(table), self._content_key(table[-1])
        sealed = {place: seal(key, text, self._table_place(place, number)) for place, text in texts.items()}
        return {place: text[:1] + number.to_bytes(4, "big") + text[1:] for place, text in sealed.items()}

    def open_to_circle(self, piece_id: str) -> None:
        """Open a piece of one's own to all who sit here now; also how an older one is opened to those who came later.

        Raises Closed and Refused.
        """
        with changing(self.owner):
            key = self.own_piece_key(piece_id)
            number, secret = self._newest_works(self.before_writing())
            wrap = Wrap(piece=piece_id, kind=RING, owner=self.owner, number=number)
            wrap.sealed_key = seal(self._content_key(secret), key, wrap.place())
            wrap.put()

    def open_to_seats(self, piece_id: str, holder_ids: Iterable[str]) -> None:
        """Open a piece of one's own to some who sit here, by name: to all of them, or to none.

        Raises Closed, Refused, and ReadersChanged when one of them does not sit here now.
        """
        with changing(self.owner):
            key = self.own_piece_key(piece_id)
            seats = {h.id: h for h in admitted(self.owner, self.before_writing()[-1]) if h.invited_by_id is None}
            for holder_id in holder_ids:
                if holder_id not in seats:
                    raise ReadersChanged
                wrap = Wrap(piece=piece_id, kind=SEAT, who=holder_id, owner=self.owner)
                wrap.sealed_key = seal_to(bytes(seats[holder_id].public), key, wrap.place())
                wrap.put()

    def admit_invitation(self, holder_id: str, token: bytes, ends_at: datetime | None = None) -> None:
        """Let an invitation in: who has its token opens the table and may take a seat. Raises Closed and Refused."""
        with changing(self.owner):
            table = self.before_writing()
            public = bytes(pair(token).public_key)
            maker = {"invited_by": self.holder, "ends_at": ends_at}
            admit(Holder(id=holder_id, owner=self.owner, public=public, rings=TABLE, **maker), table, own_secret=token)

    def leave(self) -> None:
        """End this seat, and begin the next epochs for those who stay.

        Leaving is never refused: where the ring cannot be proven the circle is told, and the next write begins them.
        Raises Closed when the seat has ended already.
        """
        with changing(self.owner):
            try:
                table = self.proven()
            except Refused:
                table = []
            end_holder(self.holder)
            if table and (staying := admitted(self.owner, table[-1])):
                begin(self.owner, staying, table[-1])

    def _newest_works(self, table: list[bytes]) -> tuple[int, bytes]:
        """The newest works epoch, proven by the newest table secret: the two begin together."""
        epoch = Epoch.newest(self.owner, WORKS)
        if epoch is None:
            raise self._refused("epoch", f"{WORKS} 1")
        return epoch.number, self._prove(epoch, table[-1])

    def _wraps(self, piece_ids: list[str]) -> list[Wrap]:
        """Those under an epoch first: it is opened once for all of them, the others one by one."""
        found = wraps_for_seat.models(pieces=piece_ids, person=self.person_id, owner=self.owner, seat=self.holder)
        return sorted(found, key=lambda wrap: wrap.kind != RING)

    def _unwrap(self, wrap: Wrap) -> bytes | None:
        """Wraps under an epoch that this seat holds no grant of stay closed."""
        if wrap.kind != RING:
            return super()._unwrap(wrap)
        secret = self._secret(WORKS, wrap.number)
        try:
            return unseal(self._content_key(secret), bytes(wrap.sealed_key), wrap.place()) if secret else None
        except Unsealable:
            return None


def start(owner: str, holder_id: str, person_id: str, private: PrivateKey) -> SeatKeys:
    """Begin the rings of a new owner with one seat."""
    with writing():
        Ring.create(owner=owner)
        with changing(owner):
            public = bytes(private.public_key)
            first = Holder.create(id=holder_id, owner=owner, public=public, rings=BOTH)
            root = begin(owner, [first])
            first.pin_to(root, bytes(private))
            first.save(only=[Holder.pin])
    return SeatKeys(owner, holder_id, person_id, private)


def invitation_keys(owner: str, holder_id: str, token: bytes) -> TableKeys:
    """The keys of an open invitation: its agreement is read before it is affirmed. They only read."""
    return TableKeys(owner, holder_id, pair(token), own_secret=token)


def accept(
    owner: str, invitation_id: str, token: bytes, holder_id: str, person_id: str, private: PrivateKey
) -> SeatKeys:
    """Take a seat: the invitation ends, and its table grants are sealed anew to the newcomer, who is tagged and pinned.

    A refusal changes nothing. Used, made up, run out or revoked: Closed, all the same. Raises Refused where no member
    made the invitation or the ring does not fit.
    """
    with changing(owner):
        made = (Holder.id == invitation_id) & (Holder.public == bytes(pair(token).public_key))
        if not Holder.select().where(made & (Holder.owner == owner)).exists():
            raise Closed
        table = invitation_keys(owner, invitation_id, token).proven()
        end_holder(invitation_id)
        public = bytes(private.public_key)
        newcomer = Holder(id=holder_id, owner=owner, public=public, rings=BOTH)
        admit(newcomer, table, own_secret=bytes(private))
    return SeatKeys(owner, holder_id, person_id, private)
