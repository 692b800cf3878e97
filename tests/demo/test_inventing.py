"""What stands in the demo, as its people see it."""

import json
from collections import Counter

import pytest

from portal.accounts.models.people import Person
from portal.circles.models import Circle, Invitation, Seat
from portal.config import BadSetting
from portal.curriculum.access import guide
from portal.db import utcnow
from portal.demo.commands import PEOPLE, refuse_another
from portal.demo.neighborhood import neighborhood
from portal.meetings.models.dates import Meeting
from portal.meetings.models.roles import BUILT_IN, FACILITATOR
from portal.meetings.models.turns import Passed, Swap, Turn
from portal.sharing.models import Work
from tests.demo.conftest import aside, make

MARKED = {"en": "This is a demo.", "es": "Esto es una demostración."}


def tables(demo):
    """The ids of the three tables, in their order."""
    paths = {circle["name"]: circle["path"] for one in demo.people for circle in one["circles"]}
    return [paths[table.name].removeprefix("/c/") for table in demo.told.tables]


def test_everyone_signs_in_with_the_printed_words_and_opens_their_tables(demo):
    for one in demo.people:
        client = demo.enter(one["name"])
        for circle in one["circles"]:
            page = client.get(circle["path"])
            assert page.status_code == 200
            assert f"<h1>{circle['name']}</h1>" in page.text
            assert f'<html lang="{demo.told.language}"' in page.text


def test_every_page_says_that_it_is_a_demo(demo):
    client = demo.enter(demo.people[0]["name"])
    for address in ("/", "/me", "/help", "/guide", demo.people[0]["circles"][0]["path"], "/nowhere"):
        assert MARKED[demo.told.language] in client.get(address, follow_redirects=True).text, address


def test_the_steward_sits_nowhere_and_sees_no_table(demo):
    (steward,) = [one for one in demo.people if one["steward"]]
    client = demo.enter(steward["name"])
    assert steward["circles"] == []
    assert client.get("/steward").status_code == 200
    assert {client.get(f"/c/{table}").status_code for table in tables(demo)} == {404}


def test_the_first_table_has_a_free_seat_and_asks_someone_to_facilitate(demo):
    first = Circle.get(Circle.id == tables(demo)[0])
    page = demo.enter(demo.people[1]["name"]).get(f"/c/{first.id}").text
    assert (first.seats, first.free_seats()) == (7, 1)
    assert page.count('<li class="turn">') == 1
    assert page.count('<li class="free">') == 1


def test_the_second_table_has_found_who_facilitates_next_and_the_third_waits_for_its_first_evening(demo):
    _, second, third = tables(demo)
    after = (Meeting.ends_at > utcnow()) & (Meeting.circle == second)
    coming = Meeting.select().where(after).order_by(Meeting.starts_at).first()
    assert Turn.holders(coming.id)
    assert not Meeting.select().where((Meeting.circle == third) & (Meeting.ends_at <= utcnow())).exists()
    assert Invitation.select().where(Invitation.circle == third).count() == 1
    assert not Work.select().where(Work.circle == third).exists()


def test_turns_were_held_by_the_rule_of_rotation(demo):
    """Everyone who sat there from the beginning held it as often as the others, or once more."""
    for table, story in zip(tables(demo), demo.told.tables, strict=True):
        begun = (Meeting.circle == table) & (Meeting.starts_at <= utcnow())
        held = Turn.select(Turn.seat).join(Meeting).where(begun & (Turn.role == FACILITATOR))
        count = Counter(seat for (seat,) in held.tuples())
        late = sum(sitter.after is not None for sitter in story.people)
        early = Seat.select(Seat.id).where(Seat.circle == table).order_by(Seat.place).limit(len(story.people) - late)
        turns = [count[seat] for (seat,) in early.tuples()]
        assert max(turns) - min(turns) <= 1
        assert sum(count.values()) == story.held - sum(number < story.held for number in story.skipped)
    assert not Passed.select().exists()


def test_a_year_of_meetings_lies_ahead(demo):
    for table in tables(demo):
        last = Meeting.select().where(Meeting.circle == table).order_by(Meeting.starts_at.desc()).first()
        assert (last.starts_at - utcnow()).days > 350


def test_what_stays_with_its_author_is_seen_by_nobody_else(demo):
    first = demo.told.tables[0]
    (own,) = [piece for piece in first.works if piece.only_me]
    wall = f"/c/{tables(demo)[0]}/works"
    for sitter in first.people:
        assert (own.title in demo.enter(sitter.who).get(wall).text) == (sitter.who == own.by)


def test_who_came_later_opens_what_was_shared_since_and_nothing_before(demo):
    first = demo.told.tables[0]
    (late,) = [sitter for sitter in first.people if sitter.after is not None]
    wall = demo.enter(late.who).get(f"/c/{tables(demo)[0]}/works").text
    assert first.works[-1].title in wall
    assert first.works[0].title not in wall


def test_pictures_hang_there_with_their_words(demo):
    one = demo.told.tables[0].people[0]
    client = demo.enter(one.who)
    page = client.get(f"/c/{tables(demo)[0]}/works").text
    for piece in demo.told.tables[0].works:
        assert not piece.picture or f'alt="{piece.alt}"' in page
    work = Work.get((Work.circle == tables(demo)[0]) & (Work.kind == "picture"))
    assert client.get(f"/c/{tables(demo)[0]}/works/{work.id}/large").mimetype == "image/webp"


def test_nothing_was_made_before_its_people_sat_down_nor_in_the_future(demo):
    for work in Work.select():
        seat = Seat.get((Seat.circle == work.circle_id) & (Seat.person == work.author_id))
        assert seat.joined_at <= work.written_at <= work.stands_at <= utcnow()
    assert all(person.joined_on <= utcnow().date() for person in Person.select())


def test_a_large_one_has_its_many_works_on_the_first_table_and_older_than_the_newest(large):
    first = large.people[0]
    assert Circle.select().count() == 5
    assert Work.select().where(Work.circle == tables(large)[0]).count() == 30
    page = large.enter(first["name"]).get(first["circles"][0]["path"]).text
    assert neighborhood("en").tables[0].works[-1].title in page
    for one in large.people[12:]:
        client = large.enter(one["name"])
        assert all(client.get(circle["path"]).status_code == 200 for circle in one["circles"])


@pytest.fixture
def folder(tmp_path):
    with aside():
        yield tmp_path / "kept"


def test_a_kept_demo_is_taken_up_again_with_the_same_people(folder):
    folder.mkdir()
    first = make(folder, neighborhood("en"))
    circles = Circle.select().count()
    again = make(folder, neighborhood("es"))
    assert again.people == first.people
    assert Circle.select().count() == circles
    assert (folder / PEOPLE).stat().st_mode & 0o777 == 0o600
    again.enter(first.people[0]["name"])


def test_a_demo_that_was_stopped_half_way_is_begun_again(folder):
    """As if the power had gone after the people were written down and before the transaction ended."""
    folder.mkdir()
    (folder / "portal.toml").write_text("demo = true\n")
    (folder / PEOPLE).write_text(json.dumps([]))
    begun = make(folder, neighborhood("en"))
    assert len(begun.people) == 12


def test_a_folder_with_anything_else_in_it_is_refused(tmp_path):
    (tmp_path / "portal.toml").write_text("threads = 4\n")
    with pytest.raises(BadSetting, match="no demo"):
        refuse_another(tmp_path)
    refuse_another(tmp_path / "not there yet")


def test_a_portal_that_only_says_it_is_a_demo_is_not_taken_for_one(folder):
    folder.mkdir()
    make(folder, neighborhood("en"))
    (folder / PEOPLE).unlink()
    with pytest.raises(BadSetting, match="has not made"):
        make(folder, neighborhood("en"))


def test_the_first_table_shows_a_plan_in_blocks_every_role_who_is_away_and_hours_that_fit(demo):
    table, story = tables(demo)[0], demo.told.tables[0]
    reader = demo.enter(story.people[0].who)
    coming = Meeting.select().where((Meeting.circle == table) & (Meeting.ends_at > utcnow()))
    page = reader.get(f"/c/{table}/meetings/{coming.order_by(Meeting.starts_at).first().id}").text
    assert all(block.words.split(".")[0] in page for block in story.plans[story.held].blocks)
    assert reader.get(f"/c/{table}").text.count('<li class="away">') == len(story.away) == 1
    held = Turn.select(Turn.role).join(Meeting).where((Meeting.circle == table) & (Meeting.ends_at <= utcnow()))
    assert {role for (role,) in held.tuples()} == set(BUILT_IN)
    assert '<h3 id="time-1">' in reader.get(f"/c/{table}/times").text


def test_the_first_table_has_a_season_a_path_and_activities_at_hand(demo):
    table, story = tables(demo)[0], demo.told.tables[0]
    reader = demo.enter(story.people[0].who)
    assert str(story.season) in reader.get(f"/c/{table}/season").text

    lessons, kept = [lesson for lesson, _days in story.path], reader.get(f"/c/{table}/activities").text
    with demo.app.app_context():
        places = [guide().lesson_named(lesson) for lesson in lessons]
    path = reader.get(f"/c/{table}/path").text
    assert all(f'href="/guide/{one.module}/{one.order}"' in path for one in places)
    assert all(kept.index(f"/activities/{one}") < kept.index("/activities/only-questions") for one in story.kept)


def test_at_the_second_table_somebody_offers_to_swap_turns(demo):
    swap = Swap.get()
    people = {seat.id: seat.person.name for seat in Seat.select().where(Seat.circle == tables(demo)[1])}
    offered, wanted = (Turn.get_by_id(turn) for turn in (swap.offered_id, swap.wanted_id))
    page = demo.enter(people[wanted.seat_id]).get(f"/c/{tables(demo)[1]}/meetings/{wanted.meeting_id}").text
    assert f"/swaps/{swap.id}/accept" in page
    assert offered.seat_id != wanted.seat_id
