"""People, and what opens their things: the passphrase they chose, or the code they printed."""

import secrets
import threading
from datetime import date
from typing import Any

from nacl.public import PrivateKey
from peewee import BlobField, BooleanField, CharField, DateField, IntegerField

from portal import vault
from portal.accounts.errors import KeyDoesNotFit, WrongWords
from portal.accounts.models.portals import Portal
from portal.accounts.names import NAME_LENGTH, folded
from portal.accounts.tokens import hashed
from portal.db import Table, new_id, writing
from portal.waiting import waiting_elsewhere
from portal.web.errors import Busy

_one_at_a_time = threading.Semaphore(1)  # each run takes up to 64 MiB
IN_LINE = 3  # passphrases, the one in hand among them; with the other lines fewer than there are threads
_queue = threading.Semaphore(IN_LINE)


def stretch_in_turn(passphrase: str, salt: bytes, cost: vault.Cost) -> vault.Stretched:
    """One passphrase at a time; raises Busy when too many wait."""
    if not _queue.acquire(blocking=False):
        raise Busy
    try:
        with waiting_elsewhere(), _one_at_a_time:
            return vault.stretch(passphrase, salt, cost)
    finally:
        _queue.release()


class Person(Table):
    """An account. Names need not differ: an error that said a name is taken would tell that somebody is here."""

    id = CharField(max_length=26, primary_key=True, default=new_id)
    name = CharField(max_length=NAME_LENGTH)
    folded = CharField(max_length=NAME_LENGTH * 4, index=True)
    is_steward = BooleanField(default=False)
    is_healer = BooleanField(default=False)
    language = CharField(max_length=5, default="en")
    zone = CharField(max_length=50, default="UTC")
    joined_on = DateField()
    stretch_ops = IntegerField()
    stretch_mem = IntegerField()  # bytes
    verifier = BlobField()  # hash of the half of the stretched passphrase that proves it
    public = BlobField()
    sealed_private = BlobField()  # under the other half
    code_check = BlobField(null=True)  # hash of what the recovery code derives
    sealed_by_code = BlobField(null=True)

    devices: Any  # the query of those the person is signed in on; devices.py gives it

    @property
    def cost(self) -> vault.Cost:
        return vault.Cost(self.stretch_ops, self.stretch_mem)

    @classmethod
    def prepare(cls, name: str, passphrase: str, today: date, **given: object) -> tuple["Person", PrivateKey]:
        """A new person, not yet saved, with a key pair of their own: stretching must not hold the write lock.

        Raises Busy.
        """
        private = PrivateKey.generate()
        person = cls(id=new_id(), name=name, folded=folded(name), joined_on=today, public=bytes(private.public_key))
        for field, value in given.items():
            setattr(person, field, value)
        person.take_passphrase(passphrase, private)
        return person, private

    @classmethod
    def enroll(cls, name: str, passphrase: str, today: date, **given: object) -> tuple["Person", PrivateKey]:
        person, private = cls.prepare(name, passphrase, today, **given)
        person.save(force_insert=True)
        return person, private

    def take_passphrase(self, passphrase: str, private: PrivateKey) -> None:
        """Set the columns that the passphrase opens; saves nothing. Raises Busy."""
        portal = Portal.current()
        self.stretch_ops, self.stretch_mem = portal.stretch_ops, portal.stretch_mem
        stretched = stretch_in_turn(passphrase, portal.salt_for(self.name), self.cost)
        self.verifier = hashed(stretched.verifier)
        self.sealed_private = vault.seal(stretched.kek, bytes(private), f"person|{self.id}|private")

    @classmethod
    def come_in(cls, name: str, passphrase: str, only: str | None = None) -> tuple["Person", PrivateKey]:
        """Who this is, and their key; `only` this person, on their own device. Takes as long for a name nobody has.

        Raises WrongWords, KeyDoesNotFit and Busy.
        """
        portal = Portal.current()
        namesakes = [one for one in cls.select().where(cls.folded == folded(name)) if only in (None, one.id)]
        found = None
        # The portal's own cost as well: it is what a name that nobody has would take.
        for cost in {portal.cost, *(person.cost for person in namesakes)}:
            stretched = stretch_in_turn(passphrase, portal.salt_for(name), cost)
            for person in namesakes:
                if person.cost == cost and secrets.compare_digest(hashed(stretched.verifier), person.verifier):
                    found = person, person.unwrap(stretched.kek, person.sealed_private, "private")
        if found is None:
            raise WrongWords
        return found

    @classmethod
    def come_back(cls, name: str, code: str) -> tuple["Person", PrivateKey]:
        """Who this is, by the printed recovery code. Raises WrongWords and KeyDoesNotFit."""
        secret = vault.recovery.read(code)
        check = hashed(vault.recovery.check(secret)) if secret else b""
        person = cls.get_or_none((cls.code_check == check) & (cls.folded == folded(name)))
        if secret is None or person is None:
            raise WrongWords
        return person, person.unwrap(vault.recovery.wrapping_key(secret), person.sealed_by_code or b"", "code")

    def unwrap(self, key: bytes, sealed: bytes, column: str) -> PrivateKey:
        """The private key, which must be the half of the public one that others seal to. Raises KeyDoesNotFit."""
        private = PrivateKey(vault.unseal(key, bytes(sealed), f"person|{self.id}|{column}"))
        if bytes(private.public_key) != bytes(self.public):
            raise KeyDoesNotFit
        return private

    def settle_in(self, language: str, zone: str) -> None:
        Person.update(language=language, zone=zone).where(Person.id == self.id).execute()

    def knows(self, passphrase: str) -> bool:
        """Whether these are the person's words. Raises Busy."""
        stretched = stretch_in_turn(passphrase, Portal.current().salt_for(self.name), self.cost)
        return secrets.compare_digest(hashed(stretched.verifier), self.verifier)

    def change_passphrase(self, passphrase: str, private: PrivateKey) -> None:
        """The new words open all that the old ones did. Devices are signed out; the code on paper ends."""
        self.take_passphrase(passphrase, private)
        self.code_check = self.sealed_by_code = None
        with writing():
            self.save(only=[*CHOSEN, Person.code_check, Person.sealed_by_code])
            for device in self.devices:
                device.delete_instance()

    def raise_cost(self, passphrase: str, private: PrivateKey) -> None:
        """Stretch harder from now on, where the portal's cost has grown since the person chose the words."""
        if Portal.current().cost > self.cost:
            before = bytes(self.verifier)
            self.take_passphrase(passphrase, private)
            chosen = {field: getattr(self, field.name) for field in CHOSEN}
            unchanged = (Person.id == self.id) & (Person.verifier == before)  # the words may be new since they came in
            Person.update(chosen).where(unchanged).execute()

    def new_code(self, private: PrivateKey) -> str:
        """A recovery code to print; the one before it no longer works."""
        secret = vault.recovery.new_code()
        self.code_check = hashed(vault.recovery.check(secret))
        key = vault.recovery.wrapping_key(secret)
        self.sealed_by_code = vault.seal(key, bytes(private), f"person|{self.id}|code")
        self.save(only=[Person.code_check, Person.sealed_by_code])
        return vault.recovery.written(secret)


# What choosing words sets: a save of the whole row would undo what happened to the rest meanwhile.
CHOSEN = (Person.stretch_ops, Person.stretch_mem, Person.verifier, Person.sealed_private)
