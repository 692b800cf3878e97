"""Words that could not be taken when they were sent: kept for a while, for their writer alone."""

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from nacl.public import PrivateKey
from peewee import BlobField, CharField, ForeignKeyField

from portal import vault
from portal.accounts.models.people import Person
from portal.db import Instant, Table, afterwards, forget_deleted, new_id, writing
from portal.vault import Unsealable
from portal.web.page import local
from portal.web.typed import Sent

PLACE = 16  # bytes

Fields = Mapping[str, str | list[str]]


@dataclass(frozen=True)
class Kept:
    """What somebody sent, as its fields. `page` is where the form opens with it again; empty where it cannot."""

    fields: Fields
    page: str = ""
    id: str = ""
    until: datetime = datetime.max

    @property
    def words(self) -> list[str]:
        """What they wrote, without what they chose."""
        said = ((name, [sent] if isinstance(sent, str) else sent) for name, sent in self.fields.items())
        return [text for name, texts in said for text in texts if Sent(name, text).is_typed]

    def packed(self) -> bytes:
        return json.dumps({"page": self.page, "fields": dict(self.fields)}, ensure_ascii=False).encode()


class KeptForm(Table):
    """A form that was sent when its device had gone quiet or its page was no more, sealed to its person alone.

    Its box holds which row, whose, of which place and moment it is: a row that was moved or made older opens nothing.
    """

    id = CharField(max_length=26, primary_key=True, default=new_id)
    person = ForeignKeyField(Person, on_delete="CASCADE")
    place = BlobField()  # chance: any hash of an address that the portal can make, whoever has its disk can try out
    kept_at = Instant()
    sealed_fields = BlobField()

    person_id: str

    class Meta:
        indexes = ((("person", "place"), True),)

    LASTS = timedelta(hours=8)
    MOST = 5  # for one person; the oldest goes
    LARGEST = 512 * 1024  # bytes

    @classmethod
    def keep(cls, person: Person, page: str, fields: Fields, now: datetime) -> bool:
        """For the form at `page`. Whether it could be kept.

        Needs only the person's public key, so a late send is not lost.
        """
        return cls._put(person.id, bytes(person.public), Kept(fields, page), now)

    @classmethod
    def set_aside(cls, person_id: str, private: PrivateKey, fields: Fields, now: datetime) -> datetime | None:
        """For reading alone: the page they were sent to is no more. Until when; None where that cannot be.

        Sent twice, they are kept once.
        """
        with writing():
            for one in cls.all_of(person_id, private, now):
                if one.fields == fields and not one.page:
                    return one.until
            was_put = cls._put(person_id, bytes(private.public_key), Kept(fields), now)
        return now + cls.LASTS if was_put else None

    @classmethod
    def _put(cls, person_id: str, public: bytes, kept: Kept, now: datetime) -> bool:
        packed = kept.packed()
        if len(packed) > cls.LARGEST:
            return False
        row = cls(id=new_id(), person=person_id, place=secrets.token_bytes(PLACE), kept_at=now)
        row.sealed_fields = vault.seal_to(public, vault.pad(packed, vault.TEXT_STEP), row.bound_to)
        mine = cls.person == person_id
        with writing():
            older = cls.select(cls.id).where(mine).order_by(cls.kept_at.desc(), cls.id).offset(cls.MOST - 1)
            cls.delete().where(cls.id.in_([row.id for row in older])).execute()
            row.save(force_insert=True)
        return True

    @property
    def bound_to(self) -> str:
        return f"kept_form|{self.id}|{self.person_id}|{bytes(self.place).hex()}|{self.kept_at.isoformat()}|fields"

    def opened(self, private: PrivateKey) -> Kept:
        """Raises Unsealable. Anyone can seal to a public key, so what is inside may be nonsense, too."""
        packed = vault.unpad(vault.open_from(private, bytes(self.sealed_fields), self.bound_to), vault.TEXT_STEP)
        try:
            said = json.loads(packed)
            fields = {name: read_field(sent) for name, sent in said["fields"].items()}
            return Kept(fields, local(str(said["page"])) or "", self.id, self.kept_at + self.LASTS)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise Unsealable("not what a form sends") from error

    @classmethod
    def take(cls, person_id: str, page: str, private: PrivateKey, now: datetime) -> Kept | None:
        """What was kept for the form at `page`. None also where somebody moved or changed it."""
        return next((one for one in cls.all_of(person_id, private, now) if one.page == page), None)

    @classmethod
    def all_of(cls, person_id: str, private: PrivateKey, now: datetime) -> list[Kept]:
        """All that is kept for somebody and opens, the newest first; for one page, what was sent last."""
        found: dict[str, Kept] = {}
        for one in cls._opened(person_id, private, now):
            found.setdefault(one.page or one.id, one)
        return list(found.values())

    @classmethod
    def _opened(cls, person_id: str, private: PrivateKey, now: datetime) -> Iterator[Kept]:
        """By the clock, even where nothing was erased yet: that waits for a steady one."""
        lately = (cls.person == person_id) & (cls.kept_at >= now - cls.LASTS)
        for row in list(cls.select().where(lately).order_by(cls.kept_at.desc(), cls.id.desc())):
            with suppress(Unsealable):
                yield row.opened(private)

    @classmethod
    def let_go(cls, person_id: str, page: str, private: PrivateKey, now: datetime) -> None:
        """Erase what was kept for the form at `page`: it was sent."""
        cls._erase([one.id for one in cls._opened(person_id, private, now) if one.page == page])

    @classmethod
    def erase(cls, person_id: str, kept: Kept, private: PrivateKey, now: datetime) -> None:
        """This one, and what was sent from its page before."""
        older = [one.id for one in cls._opened(person_id, private, now) if kept.page and one.page == kept.page]
        cls._erase([kept.id, *older])

    @classmethod
    def _erase(cls, ids: list[str]) -> None:
        """For good, from the log of the database, too."""
        if not ids:
            return
        with writing():
            if cls.delete().where(cls.id.in_(ids)).execute():
                afterwards(forget_deleted)

    @classmethod
    def forget_old(cls, now: datetime) -> None:
        if cls.delete().where(cls.kept_at < now - cls.LASTS).execute():
            forget_deleted()


def read_field(sent: object) -> str | list[str]:
    """What a field held. Raises TypeError."""
    if isinstance(sent, str):
        return sent
    if isinstance(sent, list) and all(isinstance(text, str) for text in sent):
        return sent
    raise TypeError
