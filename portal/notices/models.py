"""Who wants mail, how, and what is to be sent: one row for each person, thing and kind, whoever asks again."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from peewee import BooleanField, Case, CharField, ForeignKeyField, IntegerField

from portal.accounts.models.people import Person
from portal.db import Instant, Table, afterwards, forget_deleted, new_id, writing
from portal.jobs import claim, waiting
from portal.notices import timing
from portal.notices.letters import CONFIRM, KINDS, REMINDER
from portal.notices.timing import Wanted

CONFIRM_LASTS = timedelta(days=2)
UNCONFIRMED_KEPT = timedelta(days=7)  # so that the page can still say that the time ran out
LEASE = timedelta(minutes=5)  # longer than the longest talk with a mail server (post.TALK)
KEPT = timedelta(days=7)  # after it has happened: what is asked for again until then must be known as sent
AT_ONCE = 100  # things in one digest
WAITS = (1, 2, 4, 8, 15)  # minutes between tries; the last one again and again
MOST_DOUBTS = 2  # of one mail: after two that may have arrived, a third is worse than none

REFUSED, UNSURE = "refused", "unsure"


class Address(Table):
    """Where a person's mail goes: in clear, since a mail server must be told."""

    person = ForeignKeyField(Person, primary_key=True, on_delete="CASCADE")
    person_id: str
    email = CharField(max_length=254)
    asked_at = Instant()
    confirmed_at = Instant(null=True)
    refused_at = Instant(null=True)  # when the server there last said for good that it takes no such mail

    @classmethod
    def of(cls, person_id: str) -> "Address | None":
        return cls.get_or_none(cls.person == person_id)

    @classmethod
    def ask(cls, person_id: str, email: str, now: datetime) -> None:
        """Send a mail to the address that asks whether it is theirs; until they say yes, nothing else goes there.

        Asked again within the time, the link in the first mail works as well. A new address takes the old one's place.
        """
        with writing():
            before = cls.of(person_id)
            same = before is not None and before.email == email and not before.ran_out(now)
            if before is not None and same and before.confirmed_at:
                return
            if not same:
                cls.forget(person_id)
                cls.create(person=person_id, email=email, asked_at=now)
            Outbox.ask_to_confirm(person_id, now)

    def ran_out(self, now: datetime) -> bool:
        return self.confirmed_at is None and now >= self.asked_at + CONFIRM_LASTS

    def confirm(self, now: datetime) -> None:
        """Somebody who reads the mail there said yes. Saying it twice changes nothing."""
        asked = (Address.person == self.person_id) & (Address.asked_at == self.asked_at)
        unconfirmed = asked & (Address.email == self.email)  # another may have been given within the same second
        with writing():
            Address.update(confirmed_at=now, refused_at=None).where(
                unconfirmed & Address.confirmed_at.is_null()
            ).execute()
            Wishes.insert(person=self.person_id).on_conflict_ignore().execute()

    def heard(self, *, taken: bool, now: datetime) -> None:
        """The server there took a mail, or said for good that it takes none."""
        if not taken or self.refused_at:
            this = (Address.person == self.person_id) & (Address.email == self.email)
            Address.update(refused_at=None if taken else now).where(this).execute()

    @classmethod
    def forget(cls, person_id: str) -> None:
        """No mail any more, and no address. What was wished for stays, for another time."""
        with writing():
            cls.delete().where(cls.person == person_id).execute()
            Outbox.delete().where((Outbox.person == person_id) & Outbox.sent_at.is_null()).execute()
            afterwards(forget_deleted)

    @classmethod
    def forget_unconfirmed(cls, now: datetime) -> None:
        old = cls.confirmed_at.is_null() & (cls.asked_at < now - UNCONFIRMED_KEPT)
        if cls.delete().where(old).execute():
            afterwards(forget_deleted)


class Wishes(Table):
    """Of what a person wants mail, and when."""

    person = ForeignKeyField(Person, primary_key=True, on_delete="CASCADE")
    person_id: str
    reminder = BooleanField(default=True)
    asked = BooleanField(default=False)
    changed = BooleanField(default=True)
    early = IntegerField(default=24 * 60)  # minutes
    quiet_from = IntegerField(default=21)  # hours on the person's clock; equal ones mean no quiet
    quiet_to = IntegerField(default=8)
    digest = BooleanField(default=False)
    digest_day = IntegerField(default=6)  # Monday is 0
    digest_hour = IntegerField(default=17)
    says_time = BooleanField(default=False)

    @classmethod
    def of(cls, person_id: str) -> "Wishes":
        """The person's, or what everyone begins with."""
        return cls.get_or_none(cls.person == person_id) or cls(person=person_id)

    def keep(self, now: datetime) -> None:
        """Take these from now on; what waits to be sent is planned anew."""
        chosen = {field: getattr(self, field.name) for field in Wishes._meta.sorted_fields}  # type: ignore[attr-defined]
        with writing():
            Wishes.insert(chosen).on_conflict(conflict_target=[Wishes.person], update=chosen).execute()
            Outbox.plan_again(self.person_id, now)

    def wanted(self, zone: str) -> Wanted:
        digest = (self.digest_day, self.digest_hour) if self.digest else None
        return Wanted(zone, timedelta(minutes=self.early), (self.quiet_from, self.quiet_to), digest)


def wishes_of(person_ids: Iterable[str], kind: str) -> list[Wishes]:
    """Those of the people who want mail of this kind and have said yes to an address; each with its person."""
    chosen = {"reminder": Wishes.reminder, "asked": Wishes.asked, "changed": Wishes.changed}[kind]
    found = Wishes.select(Wishes, Person).join(Person).join(Address, on=(Address.person == Person.id))
    confirmed = Address.confirmed_at.is_null(False)
    return list(found.where(Wishes.person.in_(list(person_ids)) & (chosen == True) & confirmed))  # noqa: E712


def wanted(person_ids: Iterable[str], kind: str) -> set[str]:
    """Who of these people wants mail of this kind and has an address for it."""
    return {wishes.person_id for wishes in wishes_of(person_ids, kind)}


class Outbox(Table):
    """What is to be sent to one person about one thing; `about` is an id that tells nothing here."""

    id = CharField(max_length=26, primary_key=True, default=new_id)
    person = ForeignKeyField(Person, on_delete="CASCADE", index=False)
    person_id: str
    about = CharField(max_length=26, index=True)
    kind = CharField(max_length=10)
    version = IntegerField(default=0)
    happens_at = Instant()
    due_at = Instant(null=True, index=True)  # null: as things stand, not at all
    drop_at = Instant()  # from then on it helps nobody
    leased_until = Instant(null=True)
    tries = IntegerField(default=0)
    doubts = IntegerField(default=0)  # how often it may have arrived without our knowing
    sent_at = Instant(null=True)
    gone = CharField(max_length=10, null=True)  # refused or unsure: not tried again

    class Meta:
        indexes = ((("person", "about", "kind"), True),)

    @classmethod
    def put(
        cls,
        person_id: str,
        about: str,
        kind: str,
        happens_at: datetime,
        now: datetime,
        drop_at: datetime | None = None,
        version: int = 0,
    ) -> None:
        """`put_for` one person."""
        cls.put_for([person_id], about, kind, happens_at, now, drop_at, version)

    @classmethod
    def put_for(
        cls,
        person_ids: Iterable[str],
        about: str,
        kind: str,
        happens_at: datetime,
        now: datetime,
        drop_at: datetime | None = None,
        version: int = 0,
    ) -> None:
        """Have those who want it told of what happens then; `drop_at` is when that is too late (as it happens).

        Saying it again changes nothing. With another moment or version it is planned anew, even if it was sent.
        """
        with writing():
            given = {"happens_at": happens_at, "drop_at": drop_at or happens_at, "version": version}
            stand = {row.person_id: row for row in cls.select().where((cls.about == about) & (cls.kind == kind))}
            for wishes in wishes_of(person_ids, kind):
                row = stand.get(wishes.person_id)
                if row is None:
                    row = cls(person=wishes.person_id, about=about, kind=kind, **given)
                    row.plan(wishes, now)
                    row.save(force_insert=True)
                elif (row.happens_at, row.drop_at, row.version) != tuple(given.values()):
                    row.begin_again(wishes, given, now)

    def plan(self, wishes: Wishes, now: datetime) -> None:
        """Set when it is due; saves nothing."""
        wanted = wishes.wanted(wishes.person.zone)
        if self.kind == REMINDER:
            self.due_at = timing.before(self.happens_at, self.drop_at, wanted, now)
        else:
            self.due_at = timing.soon(self.drop_at, wanted, now)

    def begin_again(self, wishes: Wishes, given: dict[str, object], now: datetime) -> None:
        """As if it had never been sent. Whoever has it in hand finds, when they report, that it is no longer theirs."""
        only_later = self.sent_at and (self.happens_at, self.version) == (given["happens_at"], given["version"])
        for name, value in given.items():
            setattr(self, name, value)
        if not only_later:
            self.leased_until = self.sent_at = self.gone = None
            self.tries = self.doubts = 0
            self.plan(wishes, now)
        self.save()

    @classmethod
    def plan_again(cls, person_id: str, now: datetime) -> None:
        """After other wishes: what was sent stays sent, what nobody has in hand is planned anew or goes."""
        wishes = Wishes.select(Wishes, Person).join(Person).where(Wishes.person == person_id).get()
        for row in cls.select().where((cls.person == person_id) & cls.kind.in_(KINDS) & cls.still_to_send()):
            if getattr(wishes, row.kind):
                row.plan(wishes, now)
                row.save(only=[cls.due_at])
            else:
                row.delete_instance()

    @classmethod
    def cancel(cls, about: str, kind: str | None = None, person_id: str | None = None) -> None:
        """Send nothing more about it: of that kind, to that person, or at all. What was sent stays known as sent."""
        named = (cls.about == about) & cls.still_to_send()
        if kind:
            named &= cls.kind == kind
        if person_id:
            named &= cls.person == person_id
        if cls.delete().where(named).execute():
            afterwards(forget_deleted)

    @classmethod
    def ask_to_confirm(cls, person_id: str, now: datetime) -> None:
        """Must run inside `writing()`."""
        cls.delete().where((cls.person == person_id) & (cls.kind == CONFIRM)).execute()
        ends = now + CONFIRM_LASTS
        cls.create(person=person_id, about=person_id, kind=CONFIRM, happens_at=ends, due_at=now, drop_at=ends)

    @classmethod
    def still_to_send(cls):
        return cls.sent_at.is_null() & cls.gone.is_null()

    @classmethod
    def take(cls, now: datetime) -> "list[Outbox]":
        """What makes up the next mail: one thing, or for who wants a digest all that is due for them; [] if none is.

        A lease that ran out was left behind by a process that died with the mail in hand: it may have arrived.
        """
        ready = cls.still_to_send() & (cls.drop_at > now)
        left_behind = {"doubts": cls.doubts + Case(None, [(cls.leased_until.is_null(), 0)], 1)}
        if not waiting(cls, ready, now).exists():  # so that an idle portal locks nothing
            return []
        with writing():
            first = claim(cls, ready, now, LEASE, 1, **left_behind)
            if not first or first[0].kind == CONFIRM or not Wishes.of(first[0].person_id).digest:
                return first
            same = ready & (cls.person == first[0].person_id) & cls.kind.in_(KINDS)
            return [*first, *claim(cls, same, now, LEASE, AT_ONCE, **left_behind)]

    def in_hand(self):
        """This very row as it was taken: nobody planned it anew since, and no lease of another process began."""
        return (Outbox.id == self.id) & (Outbox.leased_until == self.leased_until)

    def mark_sent(self, now: datetime) -> None:
        Outbox.update(sent_at=now, due_at=None, leased_until=None).where(self.in_hand()).execute()

    def give_up(self, why: str) -> None:
        Outbox.update(gone=why, due_at=None, leased_until=None).where(self.in_hand()).execute()

    def put_back(self, due_at: datetime, *, tried: bool = True, doubt: bool = False) -> None:
        """To be tried again from then on."""
        counted = {"tries": self.tries + tried, "doubts": self.doubts + doubt}
        Outbox.update(due_at=due_at, leased_until=None, **counted).where(self.in_hand()).execute()

    def next_try(self, now: datetime) -> datetime:
        return now + timedelta(minutes=WAITS[min(self.tries, len(WAITS) - 1)])

    @property
    def letter(self) -> str:
        """What tells this mail from every other, however often it is sent."""
        return f"{self.id}.{self.version}.{self.happens_at.isoformat()}"

    @classmethod
    def forget_old(cls, now: datetime) -> None:
        if cls.delete().where(cls.drop_at < now - KEPT).execute():
            afterwards(forget_deleted)
