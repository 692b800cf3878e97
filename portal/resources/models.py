"""When a steward of this portal last looked whether an entry still holds."""

from datetime import date

from peewee import CharField, CompositeKey, DateField, fn

from portal.db import Table, rows
from portal.resources.freshness import fingerprint
from portal.resources.pack import Entry


class HelpCheck(Table):
    """One check, of these facts and no others. Nothing here is about a person: who checked is not kept."""

    entry = CharField(max_length=64)
    fingerprint = CharField(max_length=32)
    checked_on = DateField()

    class Meta:
        primary_key = CompositeKey("entry", "fingerprint", "checked_on")

    @classmethod
    def note(cls, entry: Entry, today: date) -> None:
        """A second tap on the same day changes nothing."""
        cls.insert(entry=entry.key, fingerprint=fingerprint(entry), checked_on=today).on_conflict_ignore().execute()

    @classmethod
    def take_back(cls, entry: Entry, today: date) -> None:
        """Today’s check goes; one made before holds again."""
        these = (cls.entry == entry.key) & (cls.fingerprint == fingerprint(entry)) & (cls.checked_on == today)
        cls.delete().where(these).execute()

    @classmethod
    def latest(cls) -> dict[tuple[str, str], date]:
        """By entry and fingerprint."""
        newest = cls.select(cls.entry, cls.fingerprint, fn.MAX(cls.checked_on)).group_by(cls.entry, cls.fingerprint)
        return {(entry, facts): day for entry, facts, day in rows(newest)}
