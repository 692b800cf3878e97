"""What somebody wrote beside a question of the guide: sealed by a key of its own, with one wrap, to its writer."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from peewee import BlobField, CharField, ForeignKeyField

from portal import vault
from portal.accounts.models.people import Person
from portal.curriculum.errors import WrittenElsewhere
from portal.curriculum.models.study import lock_reader
from portal.db import Instant, Table, afterwards, forget_deleted, new_id, writing
from portal.rings import Closed, OwnKeys, destroy

LENGTH = 20_000  # characters


@dataclass(frozen=True)
class Thought:
    """A reflection, opened. `prompt` says where the question stands, `asked` how it read when this was written."""

    prompt: str
    asked: str
    text: str = ""
    id: str = ""
    written_at: datetime | None = None
    changed_at: datetime | None = None

    @property
    def seen(self) -> str:
        """What tells this state from a later one, for the form."""
        return self.changed_at.isoformat() if self.changed_at else ""


class Reflection(Table):
    """`mark` finds the row of a question; it is derived by the writer's key, so that it tells nobody which one."""

    id = CharField(max_length=26, primary_key=True, default=new_id)
    person = ForeignKeyField(Person, on_delete="CASCADE", index=False)
    mark = CharField(max_length=32)
    written_at = Instant()
    changed_at = Instant()
    sealed_words = BlobField()

    person_id: str

    class Meta:
        indexes = ((("person", "mark"), True),)

    @classmethod
    def at(cls, keys: OwnKeys, prompt: str) -> Thought | None:
        """What its writer wrote to this question; None where nothing is, or nothing opens."""
        row = cls.get_or_none((cls.person == keys.person_id) & (cls.mark == mark(keys, prompt)))
        with suppress(Closed, vault.Unsealable):
            thought = row.opened(keys.own_piece_key(row.id)) if row else None
            return thought if thought and thought.prompt == prompt else None
        return None

    @classmethod
    def all_of(cls, keys: OwnKeys) -> list[Thought]:
        """Everything somebody wrote in the guide, the newest first. One damaged row closes no other."""
        rows = list(cls.select().where(cls.person == keys.person_id).order_by(cls.changed_at.desc(), cls.id))
        opens, found = keys.piece_keys(row.id for row in rows), []
        for row in rows:
            with suppress(KeyError, vault.Unsealable):
                found.append(row.opened(opens[row.id]))
        return found

    @classmethod
    def write(cls, keys: OwnKeys, thought: Thought, seen: str, now: datetime) -> None:
        """Keep these words in place of those that were `seen` here before; with none, erase them.

        Sent twice it is kept once. Raises WrittenElsewhere where another device has written meanwhile.
        """
        with writing():
            lock_reader(keys)
            stands = cls.at(keys, thought.prompt)
            if stands and stands.text == thought.text:
                return
            if seen != (stands.seen if stands else ""):
                raise WrittenElsewhere
            if not thought.text:
                cls.erase(keys, thought.prompt)
            elif stands:
                cls.change(keys, replace(thought, id=stands.id), now)
            else:
                cls.begin(keys, thought, now)

    @classmethod
    def begin(cls, keys: OwnKeys, thought: Thought, now: datetime) -> None:
        row = cls(id=new_id(), person=keys.person_id, mark=mark(keys, thought.prompt), written_at=now, changed_at=now)
        cls.erase(keys, thought.prompt)  # what stands here and opens for nobody
        row.sealed_words = vault.seal(keys.new_piece(row.id), packed(thought), row.place())
        row.save(force_insert=True)

    @classmethod
    def change(cls, keys: OwnKeys, thought: Thought, now: datetime) -> None:
        """Under a new key: the old one, with the words it opened, may have been put there by who writes on the disk."""
        destroy(thought.id)
        sealed = vault.seal(keys.new_piece(thought.id), packed(thought), cls(id=thought.id).place())
        cls.update(sealed_words=sealed, changed_at=now).where(cls.id == thought.id).execute()
        afterwards(forget_deleted)

    @classmethod
    def erase(cls, keys: OwnKeys, prompt: str) -> None:
        """For good: what opens it, the words, and what the log of the database still holds of them."""
        with writing():
            lock_reader(keys)
            mine = (cls.person == keys.person_id) & (cls.mark == mark(keys, prompt))
            for row in cls.select(cls.id).where(mine):
                destroy(row.id)
                cls.delete().where(cls.id == row.id).execute()
                afterwards(forget_deleted)

    def opened(self, key: bytes) -> Thought:
        """Raises Unsealable."""
        words = vault.unpad(vault.unseal(key, bytes(self.sealed_words), self.place()), vault.TEXT_STEP)
        return Thought(**json.loads(words), id=self.id, written_at=self.written_at, changed_at=self.changed_at)

    def place(self) -> str:
        return f"reflection|{self.id}|words"


def packed(thought: Thought) -> bytes:
    words = {name: text for name, text in asdict(thought).items() if name in ("prompt", "asked", "text")}
    return vault.pad(json.dumps(words, ensure_ascii=False).encode(), vault.TEXT_STEP)


def mark(keys: OwnKeys, prompt: str) -> str:
    return vault.mac(bytes(keys.private), "reflections", prompt).hex()
