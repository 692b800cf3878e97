"""Real things behind every address of the portal, and the addresses that lead to them."""

import itertools
import re
from collections.abc import Iterator

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from portal.accounts.models.devices import Device
from portal.accounts.models.kept import KeptForm
from portal.accounts.models.links import FirstLink
from portal.curriculum.access import guide
from portal.curriculum.models.own import Described, OwnActivity
from portal.curriculum.models.paths import Path, Step
from portal.curriculum.models.reflections import Reflection, Thought
from portal.db import new_id, utcnow
from portal.feeds.models import Feed, written_token
from portal.meetings.models.plans import write_plan
from portal.meetings.models.turns import Swap, Turn
from portal.meetings.plan import Block, Kind, Place
from portal.notices.models import Address
from portal.notices.tokens import confirm_token, off_token
from portal.seasons.models import Season
from tests.cast import Cast, Member
from tests.media.pictures_for_tests import encoded, quarters
from tests.meetings.conftest import set_series
from tests.sharing.walls import picture_fields, put_up, share

NOWHERE = "a" * 26  # the id of nothing
HER_FEED = "b" * 26
NOT_PAGES = {"/static/<path:filename>", "/healthz", "/readyz", "/leave"}

Things = dict[str, list]  # what may stand in each blank of an address


def real_things(app: Flask, ana: FlaskClient, cast: Cast) -> Things:
    """Real things at Ana's table and outside it.

    A meeting that Bo holds and offers to swap, a shared picture, a picture only for Ana, Ana's open invitation; open
    links; a lesson.
    """
    host, bo = cast["Ana"].seat(), cast["Bo"].seat()
    meeting, later = [one for one in set_series(host, utcnow()) if one.starts_at > utcnow()][:2]
    Turn.take(meeting, bo, utcnow())
    write_plan(meeting, host, Place("The park", ""), "Tea", "", (Block(Kind.FREE, 80, "Silence\nNobody speaks"),))
    Turn.take(later, host, utcnow(), role="scribe")
    Swap.offer(bo, *[turn.id for turn in Turn.select().order_by(Turn.id)], utcnow())
    Season.agree(host, 12, "", utcnow())
    own = OwnActivity.write(host, Described("Passing spoons", "Pass a spoon on.", (5, 10)), new_id())
    invitation = host.invite(utcnow())
    feed = Feed.make(HER_FEED, host.person, host.keys.private, None, "", [host], utcnow())
    link, small = FirstLink.make("healer", utcnow()), encoded(quarters((90, 60)))
    with app.app_context():
        lesson = next(one for one in guide().lessons if one.handout and one.activities)
        prompt = next(iter(guide().module(lesson.module, "en").prompts))
    Path.choose(host, [Step(lesson.key)], "")
    Reflection.write(host.keys, Thought("lesson a", "What helped?", "The soup."), "", utcnow())
    return {
        "circle": [cast.table],
        "meeting": [meeting.id],
        "series": [meeting.series_id],
        "role": ["timekeeper"],
        "swap": [Swap.get().id],
        "work": [share(ana, cast.table, picture_fields(small)), put_up(ana, cast.table, picture_fields(small))],
        "own": [own.id],
        "invitation": [invitation.id],
        "/i/": [invitation.link(host.keys.private)],
        "/join/": [link],
        "/setup/": [NOWHERE],  # no set-up link can be open once there is a steward; tests/steward has the portal before
        "/confirm/": [asked_for_mail(app, cast["Bo"].id)],
        "/off/": [off_token(app.config["SECRET_KEY"], cast["Bo"].id, "bo@mail.example")],
        "/feed/": [written_token(feed.token(host.keys.private))],
        "feed": [feed.id],
        "link": [FirstLink.get().id],
        "device": [Device.get(Device.person == host.person_id).id],
        "person": [cast["Bo"].id],
        "module": [lesson.module],
        "prompt": [prompt],
        "reflection": [Reflection.at(host.keys, "lesson a").id],
        "order": [lesson.order],
        "kept": [kept_for(cast["Ana"])],
        "key": [lesson.activities[0]],
        "entry": ["lifeline-988"],
        "place": ["us"],
    }


def kept_for(member: Member) -> str:
    """The id of words that could not be sent."""
    KeptForm.set_aside(member.id, member.private, {"text": "About soup"}, utcnow())
    return KeptForm.get(KeptForm.person == member.id).id


def asked_for_mail(app: Flask, person: str) -> str:
    """What confirms the address that this person just gave."""
    Address.ask(person, "bo@mail.example", utcnow())
    asked = Address.of(person)
    return confirm_token(app.config["SECRET_KEY"], person, asked.email, asked.asked_at)


def addresses(app: Flask, there: Things, *, circle: bool, method: str, begins: str = "/") -> list[str]:
    """The addresses that take `method`, inside a circle or outside, for every choice of what may fill their blanks."""
    found = set()
    for rule in app.url_map.iter_rules():
        asked = method in (rule.methods or ()) and rule.rule.startswith(begins) and rule.rule not in NOT_PAGES
        if asked and ("circle" in rule.arguments) == circle:
            found |= set(filled(rule, there))
    return sorted(found)


def filled(rule: Rule, there: Things) -> Iterator[str]:
    parts = re.split(r"<(?:(\w+)(?:\(([^)]*)\))?:)?(\w+)>", rule.rule)
    blanks = [fillings(parts[0], *parts[n : n + 3], there) for n in range(1, len(parts), 4)]
    for chosen in itertools.product(*blanks):
        yield parts[0] + "".join(f"{thing}{text}" for thing, text in zip(chosen, parts[4::4], strict=True))


def fillings(begins: str, kind: str | None, choices: str | None, name: str, there: Things) -> list:
    if kind == "any":
        return [choice.strip() for choice in choices.split(",")]
    return there[begins if name == "token" else name]


def nothing(there: Things) -> Things:
    """The same blanks, filled with what is not there."""
    return {name: [NOWHERE] for name in there} | {name: [999] for name in ("module", "order")}
