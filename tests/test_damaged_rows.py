"""One damaged row closes no page: what does not open is left out, or the page says so, and the rest can be used.

What may close: the page of a single thing that does not open (a piece, an activity of the table's own, a reflection,
kept words), since nothing else stands there; what is under a key that is damaged itself, since a key cannot be written
anew; and, on a device whose own key is damaged, everything, until its person signs in again.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from peewee import BlobField

from portal.circles.models import Invitation, Seat
from portal.curriculum.models.favorites import KeptActivities
from portal.curriculum.models.paths import ShownProgress
from portal.curriculum.models.study import Study
from portal.db import Table, rows, utcnow
from portal.meetings.models.dates import Meeting
from portal.meetings.models.least import KindNote
from portal.meetings.models.pacts import Pact, Reach
from portal.meetings.models.papers import ArrivalWord, Handed, Handover
from portal.meetings.models.plans import open_plan
from portal.meetings.models.roles import Role, Words
from portal.meetings.models.turns import Turn
from portal.meetings.pact import Wish
from portal.rings import Closed
from portal.times.models import Hours
from portal.times.week import Answer
from portal.vault import Unsealable
from tests.cast import enter
from tests.conftest import every_table
from tests.meetings.conftest import agree, weekly
from tests.things import Things, addresses, real_things
from tests.walking import forms_in

SAYS = "What stood here can’t be opened"
DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "flipped": lambda sealed: sealed[:-1] + bytes([sealed[-1] ^ 1]),
    "of no epoch": lambda sealed: sealed[:1] + b"\xff\xff\xff\xff" + sealed[5:],
    "of no suite": lambda sealed: b"\x07" + sealed[1:],
    "cut": lambda sealed: sealed[:20],
    "emptied": lambda sealed: b"",
}
UNLIKE = ("flipped", "of no epoch", "emptied")  # the ways that the portal tells apart
KEYS = {"Person.sealed_private", "Person.sealed_by_code", "Device.sealed_private", "Grant.sealed_secret"}
OF_ONE_THING = {  # the address of each page that is about nothing else
    "KeptForm.sealed_fields": "/me/kept/.*",
    "OwnActivity.sealed_words": "/c/.*/activities/.*",
    "Path.sealed_steps": r"/c/.*/path/\d+/\d+",
    "Reflection.sealed_words": "/me/reflections/.*",
    "Work.sealed_words": "/c/.*/works/.*|/me/things/.*",
    "Wrap.sealed_key": "/c/.*/works/.*|/me/things/.*|/me/reflections/.*",
}


def sealed_columns() -> Iterator[tuple[str, tuple[type[Table], BlobField]]]:
    for table in every_table():
        for name, field in table._meta.fields.items():
            if name.startswith("sealed_"):
                yield f"{table.__name__}.{name}", (table, field)


COLUMNS = dict(sealed_columns())


def damage(column: str, *, kind: str = "flipped", id: str | None = None) -> int:
    """Damage what stands in a column, of one row or of all; how many were."""
    table, field = COLUMNS[column]
    key = table._meta.primary_key
    these = [(row, bytes(sealed)) for row, sealed in rows(table.select(key, field)) if sealed and id in (None, row)]
    for row, sealed in these:
        table.update({field: DAMAGES[kind](sealed)}).where(key == row).execute()
    return len(these)


@pytest.fixture
def there(app, ana, cast) -> Things:
    """Something in every sealed column."""
    found = real_things(app, ana, cast)
    host, bo, now = cast["Ana"].seat(), cast["Bo"].seat(), utcnow()
    ahead = Meeting.get_by_id(found["meeting"][0])
    over = began(host, now)
    Turn.take(ahead, host, now, role="care_holder")
    KindNote.leave(ahead, bo, "Bring a cup", now)
    Pact.choose(host, Wish.CARE)
    for seat in (host, bo):
        Reach.say(seat, ["Knock at the blue door"])
    Role.call(host, "timekeeper", Words("Bell", "Rings it"), "")
    Role.add(host, Words("Cook", "Brings soup"), "r" * 26)
    Hours.mark(host, "UTC", [1], 18 * 60, 20 * 60, Answer.WORKS)
    KeptActivities.keep(host, found["key"][0])
    Study.mark(host.keys, "lesson", read=True)
    ShownProgress.show(host)
    Handover.write(over, host, Handed("the tea"), now)
    ArrivalWord.say(over, host, "here", now)
    ana.post("/me/calendar/new", data={"title": "Dates", "once": "c" * 26})
    ana.post("/me/code", data={"current": "kettle window river bread"})
    ana.get(f"/c/{cast.table}")
    return found


def began(host: Seat, now: datetime) -> Meeting:
    """A meeting of a second series, with a name, that begins now, and that its host facilitates."""
    series = agree(host, weekly(now.date(), now.time(), "UTC"), now - timedelta(weeks=5), name="Art afternoon")
    meeting = Meeting.select().where(Meeting.series == series.id).order_by(Meeting.starts_at).get()
    Turn.create(meeting=meeting.id, seat=host.id, role="facilitator")
    return meeting


def pages(app, there: Things) -> list[str]:
    found = [path for circle in (True, False) for path in addresses(app, there, circle=circle, method="GET")]
    return [path for path in found if path.startswith(("/c/", "/me", "/feed")) or path == "/"]


@pytest.mark.parametrize("column", sorted(COLUMNS.keys() - KEYS))
def test_damage_in_one_column_closes_no_page(app, ana, there, column):
    assert damage(column), "nothing stands in this column"
    closed = {path: status for path in pages(app, there) if (status := ana.get(path).status_code) not in (200, 303)}
    closes = re.compile(OF_ONE_THING.get(column, "nothing"))
    assert {path: status for path, status in closed.items() if not closes.fullmatch(path)} == {}
    assert set(closed.values()) <= {404}


@pytest.mark.parametrize("kind", DAMAGES)
def test_however_a_text_is_damaged_it_does_not_open_and_nothing_else_happens(cast, kind):
    host = cast["Ana"].seat()
    with pytest.raises((Closed, Unsealable)):
        host.keys.open_table(DAMAGES[kind](bytes(host.sealed_name)), f"seat|{host.id}|name")


def at(circle: str, meeting: str = "", page: str = "") -> str:
    return f"/c/{circle}/meetings/{meeting}{page}" if meeting else f"/c/{circle}{page}"


@pytest.fixture
def upcoming(ana, cast, there) -> str:
    """The id of the next meeting: there is a plan for it, and it is in the park."""
    assert "The park" in ana.get(at(cast.table, there["meeting"][0])).text
    Meeting.delete().where(Meeting.ends_at < Meeting.get_by_id(there["meeting"][0]).starts_at).execute()
    return there["meeting"][0]


@pytest.mark.parametrize("kind", UNLIKE)
def test_a_plan_that_does_not_open_says_so_and_can_be_written_anew(ana, bo, cast, upcoming, kind):
    assert damage("Meeting.sealed_plan", kind=kind)
    table, meeting, plan = (at(cast.table), at(cast.table, upcoming), at(cast.table, upcoming, "/plan"))
    for path in (table, meeting, plan):
        found = ana.get(path).text
        assert found.count(SAYS) == 1, path
        assert "The park" not in found
        assert "Silence" not in found
    assert "I can’t come" in ana.get(meeting).text, "the rest of it can be used"
    form = ana.get(plan).text
    seen = re.search(r'name="seen"[^>]*value="([^"]*)"', form)[1]
    sent = {"do": "save", "place": "The quay", "text": "Bread", "seen": seen}
    assert ana.post(plan, data=sent).status_code == 303
    for path in (table, meeting):
        found = bo.get(path).text
        assert SAYS not in found
        assert "The quay" in found


def test_a_damaged_plan_written_anew_without_a_place_is_at_the_usual_one(ana, cast, upcoming):
    damage("Meeting.sealed_plan")
    plan = at(cast.table, upcoming, "/plan")
    seen = re.search(r'name="seen"[^>]*value="([^"]*)"', ana.get(plan).text)[1]
    assert ana.post(plan, data={"do": "save", "text": "Bread", "seen": seen}).status_code == 303
    assert "The back room of the library" in ana.get(at(cast.table, upcoming)).text


@pytest.mark.parametrize("kind", UNLIKE)
def test_a_usual_place_that_does_not_open_says_so_and_can_be_written_anew(ana, bo, cast, there, upcoming, kind):
    Meeting.update(sealed_plan=None).execute()
    damage("Series.sealed_usual_place", kind=kind)
    change = at(cast.table, f"series/{there['series'][0]}")
    for path in (at(cast.table), at(cast.table, upcoming), at(cast.table, upcoming, "/plan"), change):
        assert ana.get(path).text.count(SAYS) == 1, path
    assert SAYS in ana.get(at(cast.table, "print?places=yes")).text
    sent = typed(ana.get(change).text) | {"place": "The chapel"}
    told = ana.post(change, data=sent).text
    assert ana.post(change, data=typed(told) | {"place": "The chapel"}).status_code == 303
    found = bo.get(at(cast.table, upcoming)).text
    assert SAYS not in found
    assert "The chapel" in found


def test_a_plan_is_kept_where_the_usual_place_is_damaged(ana, cast, there, upcoming):
    """Left empty, the place stays the usual one: it is read again when somebody has written that anew."""
    Meeting.update(sealed_plan=None).execute()
    damage("Series.sealed_usual_place")
    plan = at(cast.table, upcoming, "/plan")
    assert ana.post(plan, data={"do": "save", "text": "Bread", "seen": ""}).status_code == 303
    host, meeting = cast["Ana"].seat(), Meeting.get_by_id(upcoming)
    assert open_plan(host, upcoming, meeting.sealed_plan).where is None
    assert "Bread" in ana.get(at(cast.table, upcoming)).text


def typed(page: str) -> dict[str, str]:
    """What a page's last form would send."""
    form = forms_in(page)[-1]
    return {one.name: one.value for one in form.inputs if one.name != "csrf_token" and one.kind != "submit"}


@pytest.mark.parametrize("kind", UNLIKE)
def test_a_table_whose_own_words_do_not_open_is_found_and_can_say_them_anew(ana, bo, cast, there, kind):
    damage("Circle.sealed_about", kind=kind)
    assert at(cast.table) in ana.get("/").text
    for path in (at(cast.table), at(cast.table, page="/people"), at(cast.table, page="/about")):
        assert ana.get(path).text.count(SAYS) == 1, path
    sent = typed(ana.get(at(cast.table, page="/about")).text)
    assert not sent["name"]
    assert ana.post(at(cast.table, page="/about"), data=sent).status_code == 422
    sent |= {"name": "The Friday table", "sentence": "Soup.", "seats": "7"}
    assert ana.post(at(cast.table, page="/about"), data=sent).status_code == 303
    for path in (at(cast.table), at(cast.table, page="/people")):
        assert SAYS not in bo.get(path).text
        assert "The Friday table" in bo.get(path).text


def test_a_planted_seat_finds_nothing_at_a_table_whose_words_are_damaged(app, cy, cast, there):
    damage("Circle.sealed_about")
    row = {"id": "p" * 26, "circle": cast.table, "person": cast["Cy"].id, "place": 9, "joined_at": utcnow()}
    Seat.insert(**row, affirmed=1, sealed_name=Seat.get(Seat.circle == cast.table).sealed_name).execute()
    assert cast.table not in cy.get("/").text
    meeting = at(cast.table, there["meeting"][0])
    for path in (at(cast.table), meeting, f"{meeting}/plan", f"{meeting}/note", at(cast.table, "print?places=yes")):
        assert cy.get(path).status_code == 404, path


@pytest.mark.parametrize("kind", UNLIKE)
def test_an_agreement_that_does_not_open_says_so_and_nobody_says_yes_to_it(ana, cy, cast, there, kind):
    damage("Agreement.sealed_rules", kind=kind)
    for path in (at(cast.table), at(cast.table, page="/agreement")):
        assert ana.get(path).text.count(SAYS) == 1, path
    seats = Seat.select().count()
    link = f"/i/{there['/i/'][0]}"
    assert cy.get(link).status_code in (404, 409)
    assert cy.post(link, data={"version": "1", "my_name": "Cy", "yes": "y"}).status_code in (404, 409)
    assert Seat.select().count() == seats


@pytest.mark.parametrize("kind", UNLIKE)
def test_a_name_that_does_not_open_can_be_written_anew(ana, bo, cast, there, kind):
    damage("Seat.sealed_name", kind=kind, id=cast["Ana"].seat(cast.table).id)
    address = at(cast.table, page="/people/name")
    assert ana.get(address).text.count(SAYS) == 1
    assert ana.post(address, data={"my_name": "Ana Maria"}).status_code == 303
    assert SAYS not in ana.get(address).text
    assert "Ana Maria" in bo.get(at(cast.table, page="/people")).text


def test_a_link_that_does_not_open_can_be_taken_back(ana, cast, there):
    damage("Invitation.sealed_token")
    address = at(cast.table, page=f"/people/invitations/{there['invitation'][0]}")
    assert SAYS in ana.get(address).text
    assert ana.post(f"{address}/revoke").status_code == 303
    assert not Invitation.select().exists()


def test_a_note_that_does_not_open_makes_room_for_another(ana, cast, there, upcoming):
    damage("KindNote.sealed_words")
    note = at(cast.table, upcoming, "/note")
    assert "There is a note already" not in ana.get(note).text
    assert ana.post(note, data={"words": "Bring a blanket"}).status_code == 303
    assert "Bring a blanket" in ana.get(at(cast.table, upcoming)).text
    assert KindNote.select().count() == 1


def test_where_a_key_is_damaged_what_is_under_it_is_closed_and_the_rest_is_not(ana, cast, there):
    damage("Grant.sealed_secret")
    assert ana.get(at(cast.table)).status_code == 404
    for path in ("/", "/me", "/me/things", "/guide", "/help"):
        assert ana.get(path).status_code == 200, path
    assert ana.get(f"/me/things/{there['work'][0]}").status_code == 200, "what is one’s own stays one’s own"


def test_on_a_device_whose_key_is_damaged_signing_in_again_opens_everything(app, ana, cast, there):
    damage("Device.sealed_private")
    assert ana.get(at(cast.table)).status_code == 409
    assert ana.get("/leave").status_code == 303
    assert enter(app, "Ana").get(at(cast.table)).status_code == 200
