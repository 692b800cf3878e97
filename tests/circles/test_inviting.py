"""Entering and leaving a table: links that work once, for whoever was meant, and end when they should."""

import re
import threading
from datetime import timedelta

import pytest
import time_machine

from portal.accounts.errors import LinkClosed
from portal.accounts.models.people import Person
from portal.circles.errors import CircleFull, NotAHealer, StewardSitsNowhere
from portal.circles.models import About, Agreement, Circle, Invitation, Seat, token_of
from portal.db import db, utcnow, writing
from portal.rings import Closed, Told
from portal.rings.models import Holder
from portal.vault import Unsealable
from tests.cast import PASSPHRASE, Cast, enter, make_circle, make_person, take_seat
from tests.conftest import every_table

TELLING = re.compile(
    r"\b(circle|círculo|heal|sana|trauma|grief|duelo|crisis|group|grupo|table|mesa|quince|portal|Elm|Ana|Bo)",
    re.IGNORECASE,
)
ABOUT = About("Canary-Table", "Canary-Sentence", "Canary-Whom", "en", "UTC")


def link_from(client, cast: Cast, table: str = "") -> str:
    made = client.post(f"/c/{table or cast.table}/people/invite")
    page = client.get(made.location).text
    return re.search(r"http://localhost:8080(/i/[a-z2-7]+)", page).group(1)


def arrive(app, link: str, name: str):
    client = app.test_client()
    words = {"name": name, "which": "own", "passphrase": PASSPHRASE}
    assert client.post(link, data=words).location.startswith("/me/code?next=/i/")
    return client


def yes(name: str) -> dict[str, str]:
    return {"my_name": name, "yes": "y", "version": "1"}


def test_a_link_leads_from_nothing_to_the_table(app, ana, cast):
    link = link_from(ana, cast)
    dora = arrive(app, link, "Dora")
    assert "Anyone may pass." in dora.get(link).text
    assert dora.post(link, data=yes("Dora from the stairs")).location == f"/c/{cast.table}"
    assert "Dora from the stairs" in ana.get(f"/c/{cast.table}/people").text


def test_the_page_before_acceptance_names_nobody(app, ana, cast):
    link = link_from(ana, cast, make_circle(cast["Ana"], cast["Bo"], name="The quince table"))
    page = app.test_client().get(link).text
    dora = arrive(app, link, "Dora")
    for text in (page, dora.get(link).text):
        assert not re.search(r"\b(Ana|Bo|quince)\b|good to be met", text)


@pytest.mark.parametrize(("language", "begins"), [("en", "I have a link for you."), ("es", "Tengo un enlace para ti.")])
def test_the_words_to_send_say_nothing_to_who_reads_over_a_shoulder(ana, cast, language, begins):
    Person.update(language=language).where(Person.id == cast["Ana"].id).execute()
    table = make_circle(cast["Ana"], cast["Bo"], name="The quince table")
    page = ana.get(ana.post(f"/c/{table}/people/invite").location).text
    words, address = re.search(r"<textarea[^>]*>(.*?)(http://\S+)</textarea>", page, re.DOTALL).groups()
    assert words.startswith(begins)
    assert not TELLING.search(words)
    assert re.fullmatch(r"http://localhost:8080/i/[a-z2-7]{32}", address)


def test_a_preview_of_the_link_does_not_use_it_up(app, ana, cast):
    link = link_from(ana, cast)
    for _n in range(3):
        assert app.test_client().get(link).status_code == 200
        assert app.test_client().head(link).status_code == 200
    dora = arrive(app, link, "Dora")
    assert dora.post(link, data=yes("Dora")).status_code == 303


def test_a_link_opens_until_three_days_are_over(app, ana, cast):
    link = link_from(ana, cast)
    for hours, status in ((71, 200), (72, 404)):
        with time_machine.travel(utcnow() + timedelta(hours=hours, seconds=1)):
            assert app.test_client().get(link).status_code == status, hours


def test_used_made_up_revoked_and_expired_links_look_the_same(app, ana, cast):
    used, revoked, old = (link_from(ana, cast) for _n in range(3))
    arrive(app, used, "Dora").post(used, data=yes("Dora"))
    page = ana.get(f"/c/{cast.table}/people").text
    for address in re.findall(r'action="(/c/[^"]+/revoke)"', page)[:1]:
        ana.post(address)
    gone = [link for link in (revoked, old) if app.test_client().get(link).status_code == 404]
    assert len(gone) == 1
    with time_machine.travel(utcnow() + timedelta(hours=72, seconds=1)):
        answers = [app.test_client().get(link) for link in (used, revoked, old, "/i/" + "a" * 32, "/i/x", "/i/é")]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.text for answer in answers}) == 1


def test_saying_no_is_simply_not_saying_yes(app, ana, cast):
    link = link_from(ana, cast)
    dora = arrive(app, link, "Dora")
    answer = dora.post(link, data={"my_name": "Dora", "version": "1"})
    assert answer.status_code == 422
    assert 'value="Dora"' in answer.text
    assert Seat.select().where(Seat.circle == cast.table).count() == 2


def test_a_second_tap_by_the_one_it_admitted_leads_to_the_page(app, ana, cast):
    link = link_from(ana, cast)
    dora = arrive(app, link, "Dora")
    dora.post(link, data=yes("Dora"))
    assert dora.post(link, data=yes("Dora")).location == f"/c/{cast.table}"
    assert dora.get(link).location == f"/c/{cast.table}"
    assert Seat.select().where(Seat.circle == cast.table).count() == 3


def test_whoever_sits_there_already_is_led_in_and_the_link_stays_open(app, ana, bo, cast):
    link = link_from(ana, cast)
    assert bo.post(link, data=yes("Bo again")).location == f"/c/{cast.table}"
    assert app.test_client().get(link).status_code == 200


def test_the_eighth_person_reads_that_the_table_is_full(app, ana, cast):
    links = [link_from(ana, cast) for _n in range(6)]
    for number, link in enumerate(links[:5]):
        take = arrive(app, link, f"Dora {number}")
        assert take.post(link, data=yes(f"Dora {number}")).status_code == 303
    answer = app.test_client().get(links[5])
    assert answer.status_code == 409
    assert "Every seat is taken" in answer.text
    people = ana.get(f"/c/{cast.table}/people").text
    assert "Every seat is taken." in people
    assert f'action="/c/{cast.table}/people/invite"' not in people
    assert ana.post(f"/c/{cast.table}/people/invite").status_code == 409
    leaving = enter(app, "Dora 0")
    leaving.post(f"/c/{cast.table}/people/leave", data={"works": "back"})
    assert app.test_client().get(links[5]).status_code == 200
    assert f'action="/c/{cast.table}/people/invite"' in ana.get(f"/c/{cast.table}/people").text


def test_one_link_seats_one_person_however_many_say_yes_at_once(app, cast):
    host = cast["Ana"].seat()
    token_of_link = host.invite(utcnow()).link(host.keys.private)
    people = [make_person(f"Racer {n}") for n in range(6)]
    outcomes, gate = [], threading.Barrier(len(people))

    def race(person):
        with app.app_context():
            try:
                invitation, token = Invitation.read(token_of_link, utcnow())
                gate.wait(60)
                invitation.accept(token, person.person, person.private, person.name, 1, utcnow())
                outcomes.append("in")
            except Exception as error:
                outcomes.append(type(error).__name__)
            finally:
                db.close()

    threads = [threading.Thread(target=race, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(outcomes) == ["LinkClosed"] * 5 + ["in"]
    assert Seat.select().where(Seat.circle == cast.table).count() == 3


def test_two_links_and_one_free_seat_seat_one(app, cast):
    host = cast["Ana"].seat()
    for n in range(4):
        take_seat(host, make_person(f"Dora {n}"))
    links = [host.invite(utcnow()).link(host.keys.private) for _n in range(2)]
    first, second = make_person("First"), make_person("Second")
    opened = [Invitation.read(link, utcnow()) for link in links]
    opened[0][0].accept(opened[0][1], first.person, first.private, "First", 1, utcnow())
    with pytest.raises(CircleFull):
        opened[1][0].accept(opened[1][1], second.person, second.private, "Second", 1, utcnow())
    assert Invitation.select().count() == 1, "a refusal changes nothing"


def test_only_its_maker_sees_a_link_again_and_anyone_there_takes_it_back(ana, bo, cy, stew, cast):
    made = ana.post(f"/c/{cast.table}/people/invite").location
    assert ana.get(made).status_code == 200
    for other in (bo, cy, stew):
        assert other.get(made).status_code == 404
    assert cy.post(made + "/revoke").status_code == 404
    assert bo.post(made + "/revoke").status_code == 303
    assert ana.get(made).status_code == 404


def test_the_database_alone_cannot_use_an_open_invitation(cast):
    host = cast["Ana"].seat()
    made = host.invite(utcnow())
    link = made.link(host.keys.private)
    forms = [link.encode(), link.upper().encode(), token_of(link), token_of(link).hex().encode()]
    kept = [value for model in every_table() for row in model.select().tuples() for value in row]
    assert bytes(made.lookup) in kept
    for value in kept:
        stored = value if isinstance(value, bytes) else str(value).encode()
        assert not any(form in stored for form in forms)
    with pytest.raises(Unsealable):
        made.link(cast["Bo"].private)


def test_a_table_has_ten_open_links_at_most(ana, bo, cast):
    made = [ana.post(f"/c/{cast.table}/people/invite").location for _n in range(10)]
    refused = bo.post(f"/c/{cast.table}/people/invite")
    assert refused.status_code == 409
    assert "There are many open invitations" in refused.text
    assert Invitation.select().count() == 10
    bo.post(made[0] + "/revoke")
    assert bo.post(f"/c/{cast.table}/people/invite").status_code == 303
    assert Invitation.select().count() == 10


def test_leaving_closes_the_table_on_every_device_at_the_next_click(app, bo, cast):
    other_device = enter(app, "Bo")
    assert other_device.get(f"/c/{cast.table}/people").status_code == 200
    assert bo.post(f"/c/{cast.table}/people/leave", data={"works": "back"}).location == "/"
    for client in (bo, other_device):
        for page in ("", "/people", "/agreement", "/meetings", "/works"):
            assert client.get(f"/c/{cast.table}{page}").status_code == 404


def test_the_links_of_one_who_left_are_closed(app, ana, bo, cast):
    link = link_from(bo, cast)
    bo.post(f"/c/{cast.table}/people/leave", data={"works": "back"})
    assert app.test_client().get(link).status_code == 404
    assert ana.get(f"/c/{cast.table}/people").status_code == 200


def test_those_who_stay_go_on_after_someone_left(ana, bo, cast):
    bo.post(f"/c/{cast.table}/people/leave", data={"works": "back"})
    assert ana.post(f"/c/{cast.table}/people/name", data={"my_name": "Ana still"}).status_code == 303
    assert "Ana still" in ana.get(f"/c/{cast.table}/people").text


def test_the_last_one_to_leave_takes_the_table_with_them(cy, cast):
    assert "You are the last one here" in cy.get(f"/c/{cast.other_table}/people/leave").text
    cy.post(f"/c/{cast.other_table}/people/leave", data={"works": "back"})
    assert Circle.get_or_none(Circle.id == cast.other_table) is None
    left = db.execute_sql("select count(*) from ring where owner = ?", (cast.other_table,)).fetchone()
    assert left == (0,), "no key of it is left either"


def test_one_person_sits_at_two_tables_under_two_names(cy, ana, cast):
    link = link_from(ana, cast)
    assert cy.post(link, data=yes("Cynthia")).status_code == 303
    assert "Cynthia" in ana.get(f"/c/{cast.table}/people").text
    assert "Cynthia" not in cy.get(f"/c/{cast.other_table}/people").text


def test_a_steward_takes_no_seat_and_starts_no_table(stew, ana, cast):
    assert stew.get(link_from(ana, cast)).status_code == 403
    assert stew.get("/c/new").status_code == 403
    with pytest.raises(StewardSitsNowhere):
        Circle.begin(cast["Stew"].person, cast["Stew"].private, ABOUT, 7, ["x"], "Stew", utcnow())


def test_only_a_healer_starts_a_table(bo, cast):
    assert bo.get("/c/new").status_code == 403
    with pytest.raises(NotAHealer):
        Circle.begin(cast["Bo"].person, cast["Bo"].private, ABOUT, 7, ["x"], "Bo", utcnow())


def test_a_healer_starts_a_table_and_nothing_of_it_is_stored_in_clear(ana, home):
    form = {
        "name": "Canary-Table", "sentence": "Canary-Sentence", "for_whom": "Canary-Whom", "language": "es",
        "zone": "America/Chicago", "seats": "5", "agreed": "Canary-Rule\n\nsecond", "my_name": "Canary-Me",
    }  # fmt: skip
    made = ana.post("/c/new", data=form)
    assert made.status_code == 303
    assert "Canary-Me" in ana.get(made.location).text
    circle = made.location.split("/")[2]
    assert "Canary-Rule" in ana.get(f"/c/{circle}/agreement").text
    for path in home.iterdir():
        if path.is_file():
            assert b"Canary" not in path.read_bytes(), path


def start_form(**given) -> dict[str, str]:
    return about(agreed="Anyone may pass.", my_name="Ana", **given)


@pytest.mark.parametrize(("seats", "status"), [("4", 422), ("5", 303), ("6", 303), ("7", 303), ("8", 422), ("", 422)])
def test_a_table_has_five_to_seven_seats(ana, cast, seats, status):
    before = Circle.select().count()
    assert ana.post("/c/new", data=start_form(seats=seats)).status_code == status
    assert Circle.select().count() == before + (status == 303)
    assert ana.post(f"/c/{cast.table}/about", data=about(seats=seats)).status_code == status
    assert Circle.get(Circle.id == cast.table).seats == (int(seats) if status == 303 else 7)


def test_an_agreement_has_twenty_rules_at_most(ana):
    lines = [f"Rule number {n}." for n in range(21)]
    refused = ana.post("/c/new", data=start_form() | {"agreed": "\n\n".join(lines)})
    assert refused.status_code == 422
    assert "Please keep to twenty rules or fewer" in refused.text
    assert "Rule number 20." in refused.text, "what was typed is given back"
    made = ana.post("/c/new", data=start_form() | {"agreed": "\n\n".join(lines[:20])})
    page = ana.get(made.location.replace("/people", "/agreement")).text
    assert all(line in page for line in lines[:20])


@pytest.mark.parametrize(
    ("language", "first"),
    [("en", "No promise of silence is perfect."), ("es", "Ninguna promesa de silencio es perfecta.")],
)
def test_the_proposed_agreement_begins_with_what_cannot_be_promised(ana, cast, language, first):
    Person.update(language=language).where(Person.id == cast["Ana"].id).execute()
    proposed = re.search(r"<textarea[^>]*>(.*?)</textarea>", ana.get("/c/new").text, re.DOTALL).group(1).strip()
    assert proposed.startswith(first)
    assert len(proposed.splitlines()) == 10


def test_who_read_an_older_agreement_reads_the_new_one_before_they_sit_down(app, ana, cast):
    link = link_from(ana, cast)
    dora, host = arrive(app, link, "Dora"), cast["Ana"].seat()
    with writing():
        Agreement.propose(host.circle, host.keys, 2, ["We begin with tea."], utcnow())
    refused = dora.post(link, data=yes("Dora"))
    assert refused.status_code == 409
    assert "It was changed while you read. Please read the new one before you say yes." in refused.text
    assert Seat.select().where(Seat.circle == cast.table).count() == 2
    assert "We begin with tea." in dora.get(link).text
    assert dora.post(link, data={**yes("Dora"), "version": "2"}).location == f"/c/{cast.table}"


def test_a_form_for_a_table_keeps_what_was_typed(ana):
    answer = ana.post("/c/new", data={"name": "", "sentence": "A good sentence", "seats": "9"})
    assert answer.status_code == 422
    assert "A good sentence" in answer.text
    assert "Please fill this in." in answer.text


def test_a_seat_slipped_into_the_database_opens_nothing(cast):
    """Whoever can write rows gives Cy a seat and a holder with Cy's own key: no insider made them."""
    cy, host = cast["Cy"], cast["Ana"].seat()
    Seat.insert(
        id="slipped" + "a" * 19,
        circle=cast.table,
        person=cy.id,
        place=9,
        joined_at=utcnow(),
        affirmed=1,
        sealed_name=b"x",
    ).execute()
    seat = cy.seat(cast.table)
    with pytest.raises(Closed):
        seat.keys.seal_table(b"words", "seat|x|name")
    assert host.rename("Ana again") is None


def test_only_the_seated_person_has_a_seat(ana, bo, cy, stew, nobody, cast):
    assert ana.get(f"/c/{cast.table}/people").status_code == 200
    assert bo.get(f"/c/{cast.table}/people").status_code == 200
    for other in (cy, stew):
        there, nowhere = other.get(f"/c/{cast.table}/people"), other.get("/c/" + "a" * 26 + "/people")
        assert there.status_code == nowhere.status_code == 404
        assert there.text == nowhere.text
    assert nobody.get(f"/c/{cast.table}/people").location.startswith("/enter")


def test_a_table_is_told_of_a_key_that_nobody_admitted(ana, bo, cast):
    thief = cast["Cy"].person
    Holder.create(id="thief" + "a" * 21, owner=cast.table, public=thief.public, rings="table works", tag=b"x" * 16)
    assert "does not fit" not in bo.get(f"/c/{cast.table}").text
    assert ana.post(f"/c/{cast.table}/people/name", data={"my_name": "Ana again"}).status_code == 303
    assert "Something here does not fit" in bo.get(f"/c/{cast.table}").text
    assert bo.post(f"/c/{cast.table}/told").status_code == 303
    assert "does not fit" not in ana.get(f"/c/{cast.table}").text


def test_who_sits_elsewhere_cannot_put_away_what_a_table_was_told(ana, cy, stew, nobody, cast):
    Told.tell(cast.table, "holder", "thief" + "a" * 21)
    for other in (cy, stew):
        assert other.post(f"/c/{cast.table}/told").status_code == 404
    assert nobody.post(f"/c/{cast.table}/told").location.startswith("/enter")
    assert "Something here does not fit" in ana.get(f"/c/{cast.table}").text


def about(**given) -> dict[str, str]:
    usual = {"name": "The corner", "sentence": "Words", "for_whom": "", "language": "en", "zone": "UTC", "seats": "6"}
    return {**usual, **given}


def test_anyone_at_a_table_may_change_what_it_says(ana, bo, cast):
    assert bo.post(f"/c/{cast.table}/about", data=about(name="The corner table")).status_code == 303
    assert "The corner table" in ana.get(f"/c/{cast.table}").text
    assert "4 free seats; you are 2 of 6" in ana.get(f"/c/{cast.table}").text


def test_a_table_cannot_have_fewer_seats_than_people(ana, cast):
    for n in range(4):
        take_seat(cast["Ana"].seat(), make_person(f"Dora {n}"))
    answer = ana.post(f"/c/{cast.table}/about", data=about(seats="5", sentence="Kept words"))
    assert answer.status_code == 422
    assert "More people sit at your table" in answer.text
    assert "Kept words" in answer.text


@pytest.mark.usefixtures("still")
def test_one_link_makes_a_few_accounts_and_no_more(app, ana, cast):
    link = link_from(ana, cast)
    for n in range(3):
        arrive(app, link, f"Dora {n}")
    answer = app.test_client().post(link, data={"name": "Dora 4", "which": "own", "passphrase": PASSPHRASE})
    assert answer.status_code == 429


def test_a_planted_seat_closes_the_table_to_nobody(ana, bo, cy, cast):
    row = {"id": "planted" + "a" * 19, "circle": cast.table, "person": cast["Cy"].id, "place": 9}
    Seat.insert(**row, joined_at=utcnow(), affirmed=1, sealed_name=b"x" * 60).execute()
    for client in (ana, bo):
        for page in ("", "/people", "/meetings", "/works"):
            assert client.get(f"/c/{cast.table}{page}").status_code == 200, page
    assert "Something here does not fit" in ana.get(f"/c/{cast.table}").text
    assert cy.get(f"/c/{cast.table}").status_code == 404
    assert "The Sunday table" in cy.get("/").text


def test_a_name_moved_to_another_seat_is_left_out_and_told(ana, cast):
    seats = list(Seat.select().where(Seat.circle == cast.table).order_by(Seat.place))
    Seat.update(sealed_name=seats[0].sealed_name).where(Seat.id == seats[1].id).execute()
    assert ana.get(f"/c/{cast.table}").status_code == 200
    assert "Something here does not fit" in ana.get(f"/c/{cast.table}").text


def test_a_text_from_another_place_is_not_shown_in_place_of_the_one_that_stood_there(ana, cast):
    other = db.execute_sql("select sealed_about from circle where id = ?", (cast.other_table,)).fetchone()
    db.execute_sql("update circle set sealed_about = ? where id = ?", (*other, cast.table))
    page = ana.get(f"/c/{cast.table}").text
    assert "The Sunday table" not in page
    assert "can’t be opened" in page


def test_a_double_tap_on_taking_the_seat_leads_in(cast):
    host, dora = cast["Ana"].seat(), make_person("Dora")
    invitation, token = Invitation.read(host.invite(utcnow()).link(host.keys.private), utcnow())
    invitation.accept(token, dora.person, dora.private, "Dora", 1, utcnow())
    with pytest.raises(LinkClosed):
        invitation.accept(token, dora.person, dora.private, "Dora", 1, utcnow())
    assert Seat.select().where(Seat.came_by == invitation.lookup, Seat.person == dora.id).count() == 1


def test_which_link_somebody_came_by_is_forgotten(cast):
    host = cast["Ana"].seat()
    take_seat(host, make_person("Dora"))
    Seat.forget_links(utcnow() + timedelta(hours=71))
    assert Seat.select().where(Seat.came_by.is_null(False)).exists()
    Seat.forget_links(utcnow() + timedelta(hours=73))
    assert not Seat.select().where(Seat.came_by.is_null(False)).exists()


@pytest.mark.parametrize("written", ["a" * 104, "a" * 120, "a" * 5000, "é" * 32, "%00", "a" * 31])
def test_a_nonsense_link_is_a_closed_one(nobody, written):
    assert nobody.get(f"/i/{written}").status_code == 404


@pytest.mark.parametrize("version", ["²", "9" * 6000, "-1", "x"])
def test_a_nonsense_version_is_read_as_another_one(app, ana, cast, version):
    link = link_from(ana, cast)
    dora = arrive(app, link, "Dora")
    assert dora.post(link, data={**yes("Dora"), "version": version}).status_code == 409


def test_names_of_any_length_are_sealed_to_one_size(ana, cast):
    for name in ("A", "Ana", "A" * 40, "é" * 40):
        ana.post(f"/c/{cast.table}/people/name", data={"my_name": name})
        sizes = {len(row.sealed_name) for row in Seat.select().where(Seat.circle == cast.table)}
        assert len(sizes) == 1
