"""How far somebody has come in the guide: one sealed row for each, which only they can open."""

import json
from dataclasses import asdict
from typing import Any

from nacl.public import PrivateKey
from peewee import BlobField, ForeignKeyField

from portal import vault
from portal.accounts.models.people import Person
from portal.circles.models import still_here
from portal.curriculum.progress import Progress
from portal.db import Prepared, Table, afterwards, forget_deleted, writing
from portal.rings import OwnKeys

PADDED_TO = 1024  # bytes: how many lessons somebody has read is not to be told by the size


class Study(Table):
    """The steward learns from it no more than that somebody has opened the guide while signed in."""

    person = ForeignKeyField(Person, primary_key=True, on_delete="CASCADE")
    sealed_progress = BlobField()

    @classmethod
    def of(cls, keys: OwnKeys) -> Progress:
        found = progress_of(person=keys.person_id)
        if not found:
            return Progress()
        try:
            opened = vault.unseal(own_key(keys.private), bytes(found[0][0]), place(keys))
        except vault.Unsealable:  # not by this person's key: then nothing is known
            return Progress()
        facts = json.loads(vault.unpad(opened, PADDED_TO))
        return Progress(**{**facts, "read": tuple(facts["read"])})

    @classmethod
    def keep(cls, keys: OwnKeys, progress: Progress) -> None:
        packed = json.dumps(asdict(progress)).encode()
        sealed = vault.seal(own_key(keys.private), vault.pad(packed, PADDED_TO), place(keys))
        row = cls.insert(person=keys.person_id, sealed_progress=sealed)
        row.on_conflict(conflict_target=[cls.person], update={cls.sealed_progress: sealed}).execute()

    @classmethod
    def mark(cls, keys: OwnKeys, lesson: str, read: bool) -> Progress:
        """Mark a lesson as read, or as not read after all; on another device at the same moment, both hold."""
        with writing():
            lock_reader(keys)
            progress = cls.of(keys)
            progress = progress.marked(lesson) if read else progress.unmarked(lesson)
            cls.keep(keys, progress)
        return progress

    @classmethod
    def visit(cls, keys: OwnKeys, lesson: str) -> Progress:
        """Remember that this lesson was opened, where that is wished for and new. Reading must not keep writing."""
        progress = cls.of(keys)
        if progress.here == lesson or not progress.remembers:
            return progress
        with writing():
            lock_reader(keys)
            progress = cls.of(keys).at(lesson)
            cls.keep(keys, progress)
        return progress

    @classmethod
    def remember(cls, keys: OwnKeys, yes: bool) -> None:
        with writing():
            lock_reader(keys)
            cls.keep(keys, cls.of(keys).remembering(yes))

    @classmethod
    def forget(cls, keys: OwnKeys) -> None:
        """Erase where the reader was and what they marked; whether to remember stays as they chose it."""
        with writing():
            lock_reader(keys)
            remembers = cls.of(keys).remembers
            if cls.delete().where(cls.person == keys.person_id).execute():
                afterwards(forget_deleted)
            if not remembers:
                cls.keep(keys, Progress(remembers=False))


def lock_reader(keys: OwnKeys) -> None:
    """Let no other request of this person change what they keep until the transaction ends. Raises NotHere."""
    still_here(Person(id=keys.person_id))


@Prepared
def progress_of(person: str) -> Any:
    return Study.select(Study.sealed_progress).where(Study.person == person)


def own_key(private: PrivateKey) -> bytes:
    return vault.derive(bytes(private), "study")


def place(keys: OwnKeys) -> str:
    return f"study|{keys.person_id}|progress"
