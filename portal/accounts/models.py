"""People, the devices they are signed in on, and the links that let a first person in."""

import hashlib
import secrets
import threading
import unicodedata
from datetime import date, datetime, timedelta
from typing import Any

from flask_login import UserMixin
from nacl.public import PrivateKey
from peewee import BlobField, BooleanField, CharField, DateField, ForeignKeyField, IntegerField, OperationalError

from portal import vault
from portal.accounts.errors import KeyDoesNotFit, LinkClosed, WrongWords
from portal.accounts.sessions import OWN_TICK, SHARED_LASTS, TICK, Idle, State, state
from portal.db import Instant, Prepared, Table, if_it_can, new_id, writing
from portal.web.errors import Busy

NAME_LENGTH = 40  # characters
HEALER_LINK_LASTS = timedelta(days=14)  # it holds no keys, and people need time to think about it
SETUP_LINK_LASTS = timedelta(days=2)

_one_at_a_time = threading.Semaphore(1)  # each run takes up to 64 MiB
_queue = threading.Semaphore(3)  # of the four that answer, one is always left for pages


def stretch_in_turn(passphrase: str, salt: bytes, cost: vault.Cost) -> vault.Stretched:
    """One passphrase at a time; raises Busy when too many wait."""
    if not _queue.acquire(blocking=False):
        raise Busy
    try:
        with _one_at_a_time:
            return vault.stretch(passphrase, salt, cost)
    finally:
        _queue.release()


def folded(name: str) -> str:
    """What is compared when somebody signs in: case, width, accents and spaces do not matter."""
    flat = unicodedata.normalize("NFKD", name).casefold()
    return "".join(c for c in flat if not unicodedata.combining(c) and not c.isspace())


def hashed(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()


def lookup_of(token: bytes) -> bytes:
    """What a token is found by: the database holds only this."""
    return hashed(vault.derive(token, "lookup"))


class Portal(Table):
    """The one row about this installation."""

    id = IntegerField(primary_key=True, default=1)
    name = CharField(max_length=60, default="Elm Street")
    language = CharField(max_length=5, default="en")
    zone = CharField(max_length=50, default="UTC")
    ages = CharField(max_length=10, default="adults")
    leave_to = CharField(max_length=200, default="https://www.weather.gov/")
    set_up_at = Instant(null=True)
    salt = BlobField(default=lambda: secrets.token_bytes(32))
    stretch_ops = IntegerField(default=vault.FLOOR.ops)
    stretch_mem = IntegerField(default=vault.FLOOR.mem)  # bytes

    @classmethod
    def current(cls) -> "Portal":
        """The row, or an unsaved one with the defaults before set-up and while the database cannot be read."""
        try:
            return next(iter(this_portal.models()), None) or cls()
        except OperationalError:
            return cls()

    @property
    def cost(self) -> vault.Cost:
        return vault.Cost(self.stretch_ops, self.stretch_mem)

    def salt_for(self, name: str) -> bytes:
        """One salt for all who share a name, so that one run tells which of them it is, if any."""
        return hashlib.blake2b(folded(name).encode(), key=self.salt, digest_size=vault.SALT_BYTES).digest()


@Prepared
def this_portal() -> Any:
    return Portal.select().where(Portal.id == 1)


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
            Device.delete().where(Device.person == self.id).execute()

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


class Device(Table):
    """A device somebody is signed in on. The cookie's token opens `sealed_private`; kept is a hash of its lookup."""

    id = CharField(max_length=26, primary_key=True, default=new_id)
    lookup = BlobField(unique=True)
    person = ForeignKeyField(Person, on_delete="CASCADE", backref="devices")
    label = CharField(max_length=60)
    own_phone = BooleanField()
    began_at = Instant()
    seen_at = Instant(index=True)
    sealed_private = BlobField(null=True)  # gone once the idle clock has run out
    voucher = BlobField()  # by the token over the person's public key: a late form is sealed to no other

    @classmethod
    def begin(cls, person: Person, private: PrivateKey, label: str, own_phone: bool, now: datetime) -> str:
        """Sign a device in; returns the token for its cookie."""
        token = secrets.token_bytes(32)
        device = cls(id=new_id(), person=person, label=label, own_phone=own_phone, began_at=now, seen_at=now)
        device.lookup = lookup_of(token)
        device.sealed_private = vault.seal(vault.derive(token, "wrap"), bytes(private), f"device|{device.id}|private")
        device.voucher = vault.mac(token, "voucher", bytes(person.public))
        device.save(force_insert=True)
        return token.hex()

    def vouches_for_its_person(self, token: str) -> bool:
        said = vault.mac(bytes.fromhex(token), "voucher", bytes(self.person.public))
        return secrets.compare_digest(said, bytes(self.voucher))

    @classmethod
    def by_token(cls, token: str) -> "Device | None":
        """The device with its person, in one query."""
        try:
            lookup = lookup_of(bytes.fromhex(token))
        except ValueError:
            return None
        return next(iter(device_and_person.models(lookup=lookup)), None)

    def seen(self, now: datetime) -> None:
        """Wind the idle clock, at most once a minute; a full disk must not keep anyone from reading.

        A clock that was ahead and has been put right winds it back, too.
        """
        if abs(now - self.seen_at) < (OWN_TICK if self.own_phone else TICK):
            return
        with if_it_can():
            Device.update(seen_at=now).where(Device.id == self.id).execute()

    def go_quiet(self) -> None:
        """Forget the key: from here on the device opens nothing."""
        if self.sealed_private is not None:
            with if_it_can():
                Device.update(sealed_private=None).where(Device.id == self.id).execute()
            self.sealed_private = None

    def end(self) -> None:
        """Sign the device out; where that cannot be written, its cookie is gone all the same."""
        with if_it_can():
            self.delete_instance()

    @classmethod
    def end_of(cls, person_id: str, device_id: str) -> bool:
        """Sign out one of a person's devices; false where it is not theirs."""
        return cls.delete().where((cls.id == device_id) & (cls.person == person_id)).execute() == 1

    @classmethod
    def end_all(cls, person_id: str) -> None:
        cls.delete().where(cls.person == person_id).execute()

    @classmethod
    def end_old(cls, idle: Idle, now: datetime) -> None:
        for device in cls.select():
            match state(device.began_at, device.seen_at, device.own_phone, idle, now):
                case State.OVER:
                    device.delete_instance()
                case State.QUIET if now - device.seen_at > SHARED_LASTS:
                    device.delete_instance()
                case State.QUIET:
                    device.go_quiet()


@Prepared
def device_and_person(lookup: bytes) -> Any:
    return Device.select(Device, Person).join(Person).where(Device.lookup == lookup)


class SignedIn(UserMixin):
    """The person of this request on this device. `private` opens what is theirs."""

    def __init__(self, device: Device, token: str) -> None:
        self.device, self.person, self._token = device, device.person, token

    def get_id(self) -> str:
        return self._token

    @property
    def id(self) -> str:
        return self.person.id

    @property
    def private(self) -> PrivateKey:
        key = vault.derive(bytes.fromhex(self._token), "wrap")
        sealed = bytes(self.device.sealed_private or b"")
        return PrivateKey(vault.unseal(key, sealed, f"device|{self.device.id}|private"))


class FirstLink(Table):
    """A one-time link that lets a person make an account: the steward at set-up, or a healer. It holds no keys."""

    id = CharField(max_length=26, primary_key=True, default=new_id)
    lookup = BlobField(unique=True)
    purpose = CharField(max_length=10)  # setup or healer
    expires_at = Instant()

    @classmethod
    def make(cls, purpose: str, now: datetime) -> str:
        """The token for the address; here is only its hash. A new set-up link ends the ones before it."""
        token = secrets.token_urlsafe(20)
        lasts = SETUP_LINK_LASTS if purpose == "setup" else HEALER_LINK_LASTS
        with writing():
            if purpose == "setup":
                cls.delete().where(cls.purpose == "setup").execute()
            cls.create(lookup=hashed(token.encode()), purpose=purpose, expires_at=now + lasts)
        return token

    @classmethod
    def read(cls, purpose: str, token: str, now: datetime) -> "FirstLink":
        """The open link of this token. Raises LinkClosed. Reading uses nothing up."""
        link = cls.get_or_none(
            (cls.lookup == hashed(token.encode())) & (cls.purpose == purpose) & (cls.expires_at > now)
        )
        if link is None:
            raise LinkClosed
        return link

    def make_healer(self, person_id: str) -> None:
        """Let somebody who has an account start a circle. Raises LinkClosed."""
        with writing():
            self.use_up()
            Person.update(is_healer=True).where(Person.id == person_id).execute()

    def use_up(self) -> None:
        """Raises LinkClosed when somebody was faster. Must run inside `writing()`."""
        if FirstLink.delete().where(FirstLink.id == self.id).execute() != 1:
            raise LinkClosed

    @classmethod
    def forget_old(cls, now: datetime) -> None:
        cls.delete().where(cls.expires_at <= now).execute()


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


TABLES = (Portal, Person, Device, FirstLink, KeptForm)
