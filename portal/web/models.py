"""Wrong tries, counted under keys that name nobody."""

import hashlib
import hmac
from datetime import datetime, timedelta

from peewee import CharField, IntegerField

from portal.db import Instant, Table, writing
from portal.web.errors import TooManyTries
from portal.web.throttle import wait_after

KEPT = timedelta(days=1)


class Try(Table):
    """Wrong tries in a row for one name, address or device; the key is an HMAC of it."""

    key = CharField(max_length=64, primary_key=True)
    failures = IntegerField()
    last_at = Instant(index=True)
    free_at = Instant()

    @staticmethod
    def key_of(secret: str, kind: str, what: str) -> str:
        return hmac.new(secret.encode(), f"{kind}|{what}".encode(), hashlib.sha256).hexdigest()

    @classmethod
    def refuse_haste(cls, keys: dict[str, str], now: datetime) -> None:
        """Raises TooManyTries while any of `keys` (kind -> key) still asks for a wait."""
        free_at = [row.free_at for row in cls.select(cls.free_at).where(cls.key.in_(list(keys.values())))]
        if free_at and max(free_at) > now:
            raise TooManyTries.until(int((max(free_at) - now).total_seconds()))

    @classmethod
    def count(cls, keys: dict[str, str], now: datetime) -> None:
        with writing():
            for kind, key in keys.items():
                row = cls.get_or_none(cls.key == key)
                failures = 1 + (row.failures if row else 0)
                free_at = now + timedelta(seconds=wait_after(kind, failures))
                new = {cls.failures: failures, cls.last_at: now, cls.free_at: free_at}
                cls.insert({cls.key: key, **new}).on_conflict(conflict_target=[cls.key], update=new).execute()

    @classmethod
    def succeeded(cls, keys: dict[str, str]) -> None:
        """Forget the tries from here for the name; those from elsewhere and for other names still count."""
        mine = [key for kind, key in keys.items() if kind not in ("address", "anywhere")]
        cls.delete().where(cls.key.in_(mine)).execute()

    @classmethod
    def forget_old(cls, now: datetime) -> None:
        cls.delete().where(cls.last_at < now - KEPT).execute()
