"""Words that could not be taken when they were sent: kept for a while, for their writer alone."""

import hashlib
from datetime import datetime, timedelta

from nacl.public import PrivateKey
from peewee import BlobField, CharField, ForeignKeyField

from portal import vault
from portal.accounts.models.people import Person
from portal.accounts.models.portals import Portal
from portal.db import Instant, Table, new_id, writing


class KeptForm(Table):
    """Words that were being typed when the device went quiet, sealed to the person alone; which form it was, too."""

    id = CharField(max_length=26, primary_key=True, default=new_id)
    person = ForeignKeyField(Person, on_delete="CASCADE")
    place = BlobField()  # a keyed hash of the form's address
    kept_at = Instant()
    sealed_fields = BlobField()

    class Meta:
        indexes = ((("person", "place"), True),)

    LASTS = timedelta(hours=8)
    MOST = 5  # for one person; the oldest goes
    LARGEST = 512 * 1024  # bytes

    @classmethod
    def keep(cls, person: Person, path: str, fields: bytes, now: datetime) -> bool:
        """Whether it could be kept. Needs only the person's public key, so a late send is not lost."""
        if len(fields) > cls.LARGEST:
            return False
        sealed = vault.seal_to(bytes(person.public), vault.pad(fields, vault.TEXT_STEP))
        with writing():
            cls.let_go(person.id, path)
            older = cls.select(cls.id).where(cls.person == person.id).order_by(cls.kept_at.desc()).offset(cls.MOST - 1)
            cls.delete().where(cls.id.in_([row.id for row in older])).execute()
            cls.create(person=person, place=cls.place_of(path), kept_at=now, sealed_fields=sealed)
        return True

    @staticmethod
    def place_of(path: str) -> bytes:
        return hashlib.blake2b(path.encode(), key=bytes(Portal.current().salt), digest_size=16).digest()

    @classmethod
    def take(cls, person_id: str, path: str, private: PrivateKey) -> bytes | None:
        row = cls.get_or_none((cls.person == person_id) & (cls.place == cls.place_of(path)))
        return vault.unpad(vault.open_from(private, bytes(row.sealed_fields)), vault.TEXT_STEP) if row else None

    @classmethod
    def let_go(cls, person_id: str, path: str) -> None:
        cls.delete().where((cls.person == person_id) & (cls.place == cls.place_of(path))).execute()

    @classmethod
    def forget_old(cls, now: datetime) -> None:
        cls.delete().where(cls.kept_at < now - cls.LASTS).execute()
