"""The cast and their portal. Ana facilitates, Bo is a member, Cy belongs elsewhere, Stew is the steward.

Ana and Bo sit at one table, Cy at another.
"""

from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from nacl.public import PrivateKey

from portal.accounts.models.people import Person
from portal.accounts.models.portals import Portal
from portal.circles.access import opened
from portal.circles.models import About, Circle, Invitation, Seat
from portal.db import utcnow

PASSPHRASE = "kettle window river bread"


@dataclass(frozen=True)
class Member:
    """One of the cast: who they are, and what opens their things."""

    name: str
    id: str
    private: PrivateKey

    @property
    def person(self) -> Person:
        return Person.get(Person.id == self.id)

    def seat(self, circle: str | None = None) -> Seat:
        """Their seat (at that table, where they have several) with its keys."""
        mine = Seat.select(Seat, Circle).join(Circle).where(Seat.person == self.id)
        return opened(mine.where(Seat.circle == circle).get() if circle else mine.get(), self.private)


@dataclass(frozen=True)
class Cast:
    members: dict[str, Member]
    table: str
    other_table: str

    def __getitem__(self, name: str) -> Member:
        return self.members[name]


def insecure_stretching() -> dict[str, int]:
    """Passphrases are stretched far too little here, so that a test takes milliseconds. Never do this elsewhere."""
    return {"stretch_ops": 1, "stretch_mem": 8192}


def make_person(name: str, **given) -> Member:
    person, private = Person.enroll(name, PASSPHRASE, utcnow().date(), **given)
    return Member(name, person.id, private)


def make_circle(convener: Member, *others: Member, name: str = "The Friday table") -> str:
    """A circle begun five weeks ago, with everyone seated in this order."""
    now = utcnow() - timedelta(weeks=5)
    about = About(name, "We meet because it is good to be met.", "", "en", "America/Chicago")
    rules = ["No promise of silence is perfect.", "Anyone may pass."]
    seat = Circle.begin(convener.person, convener.private, about, 7, rules, convener.name, now)
    for other in others:
        take_seat(seat, other, now)
    return seat.circle_id


def take_seat(host: Seat, newcomer: Member, now=None) -> Seat:
    now = now or utcnow()
    made = host.invite(utcnow())
    invitation, token = Invitation.read(made.link(host.keys.private), now)
    return invitation.accept(token, newcomer.person, newcomer.private, newcomer.name, 1, now)


def make_cast() -> Cast:
    Portal.create(id=1, name="Elm Street", zone="America/Chicago", set_up_at=utcnow(), **insecure_stretching())
    ana = make_person("Ana", is_healer=True, zone="America/Chicago")
    bo = make_person("Bo", zone="Europe/Lisbon")
    cy = make_person("Cy", is_healer=True)
    stew = make_person("Stew", is_steward=True)
    members = {one.name: one for one in (ana, bo, cy, stew)}
    return Cast(members, make_circle(ana, bo), make_circle(cy, name="The Sunday table"))


def enter(app: Flask, name: str) -> FlaskClient:
    client = app.test_client()
    answer = client.post("/enter", data={"name": name, "passphrase": PASSPHRASE})
    assert answer.status_code == 303, answer.text
    return client
