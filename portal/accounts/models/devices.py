"""The devices that people are signed in on."""

import secrets
from datetime import datetime
from typing import Any

from flask_login import UserMixin
from nacl.public import PrivateKey
from peewee import BlobField, BooleanField, CharField, ForeignKeyField

from portal import vault
from portal.accounts.models.people import Person
from portal.accounts.sessions import OWN_TICK, SHARED_LASTS, TICK, Idle, State, state
from portal.accounts.tokens import lookup_of
from portal.db import Instant, Prepared, Table, if_it_can, new_id


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
