"""This installation: its name, its language, and how hard it stretches a passphrase."""

import hashlib
import secrets
from typing import Any

from peewee import BlobField, CharField, IntegerField, OperationalError

from portal import vault
from portal.accounts.names import folded
from portal.db import Instant, Prepared, Table


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
