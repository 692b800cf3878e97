"""The reader's own in the guide, and the path of a table, as pages."""

import re

import pytest

from portal.curriculum.models.reflections import Reflection
from portal.curriculum.models.study import Study
from tests.accounts.doors import ahead
from tests.cast import PASSPHRASE, enter

LESSON = "/guide/2/3"
QUESTION = "/guide/2/3/reflection"


@pytest.fixture
def ana(app, cast):
    return enter(app, "Ana")


@pytest.fixture
def bo(app, cast):
    return enter(app, "Bo")


def words(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def seen(answer) -> str:
    return re.search(r'name="seen" type="hidden" value="([^"]*)"', answer.text)[1]


def test_who_is_signed_out_finds_the_lesson_and_nothing_to_fill_in(nobody):
    page = nobody.get(LESSON)
    assert page.status_code == 200
    assert "for yourself alone" not in page.text
    assert "Mark as read" not in page.text
    assert nobody.get(QUESTION).status_code in (302, 303)


def test_a_lesson_marked_as_read_says_so_to_its_reader_alone(ana, bo):
    for _double_tap in range(2):
        assert ana.post(f"{LESSON}/read", data={"read": "yes"}).location.endswith(f"{LESSON}#mine")
    assert "You marked this lesson as read." in words(ana.get(LESSON))
    assert "You marked this lesson as read." not in words(bo.get(LESSON))
    ana.post(f"{LESSON}/read", data={"read": "no"})
    assert "You marked this lesson as read." not in words(ana.get(LESSON))


def test_the_guide_knows_where_its_reader_was_unless_they_want_it_forgotten(ana):
    ana.get(LESSON)
    assert f'href="{LESSON}"' in ana.get("/me/guide").text
    ana.post("/me/guide/remember", data={"remember": "no"})
    ana.get("/guide/1/1")
    page = ana.get("/me/guide")
    assert f'href="{LESSON}"' not in page.text
    assert 'href="/guide/1/1"' not in page.text


def test_who_wants_nothing_kept_in_mind_is_not_told_that_they_were_where_they_never_were(ana):
    ana.post(f"{LESSON}/read", data={"read": "yes"})
    ana.post("/me/guide/remember", data={"remember": "no"})
    assert "Go on with:" not in ana.get("/guide").text
    assert "Go on with</h2>" not in ana.get("/me/guide").text


def test_where_ones_own_reading_is_told_a_private_topic_has_its_neutral_name(ana):
    ana.get("/guide/3/3")
    line = re.search(r"Go on with:.*", ana.get("/guide").text)[0]
    assert "A hard evening" in line
    assert "live" not in line
    ana.post("/guide/3/3/read", data={"read": "yes"})
    mine = words(ana.get("/me/guide"))
    assert "A hard evening" in mine
    assert "want to live" not in mine


def test_forgetting_asks_first_and_leaves_what_was_written(ana):
    ana.post(QUESTION, data={"text": "A light."})
    ana.post(f"{LESSON}/read", data={"read": "yes"})
    assert "can’t be undone" in words(ana.get("/me/guide/forget"))
    assert f'href="{LESSON}"' in ana.get("/me/guide").text
    ana.post("/me/guide/forget")
    assert f'href="{LESSON}"' not in ana.get("/me/guide").text
    assert "A light." in words(ana.get("/me/reflections"))


def test_what_one_writes_stands_beside_the_question_and_opens_for_no_one_else(ana, bo):
    assert ana.post(QUESTION, data={"text": "A light on the porch."}).status_code == 303
    assert "A light on the porch." in words(ana.get(LESSON))
    assert "A light on the porch." in words(ana.get("/me/reflections"))
    for page in (LESSON, QUESTION, "/me/reflections"):
        assert "A light on the porch." not in words(bo.get(page))


def test_an_empty_box_over_nothing_is_not_called_erased(ana):
    answer = ana.post(QUESTION, data={"text": " "}, follow_redirects=True)
    assert "It is erased." not in answer.text
    ana.post(QUESTION, data={"text": "A word."})
    seen_now = seen(ana.get(QUESTION))
    assert "It is erased." in ana.post(QUESTION, data={"text": "", "seen": seen_now}, follow_redirects=True).text


def test_the_words_on_the_list_stand_apart(ana):
    ana.post(QUESTION, data={"text": "A word."})
    assert "go on writing · Erase it" in words(ana.get("/me/reflections"))


def test_words_written_on_another_device_meanwhile_are_shown_beside_ones_own(ana):
    ana.post(QUESTION, data={"text": "On the phone.", "seen": ""})
    late = ana.post(QUESTION, data={"text": "On the computer.", "seen": ""})
    assert late.status_code == 409
    assert "On the phone." in words(late)
    assert "On the computer." in words(late)
    assert ana.post(QUESTION, data={"text": "Both.", "seen": seen(late)}).status_code == 303
    assert "Both." in words(ana.get(LESSON))


def test_too_many_words_are_given_back(ana):
    answer = ana.post(QUESTION, data={"text": "a" * 20_001})
    assert answer.status_code == 422
    assert "a" * 20_001 in answer.text


def test_erasing_asks_first_and_is_for_good(ana, bo, cast):
    ana.post(QUESTION, data={"text": "A light."})
    (thought,) = Reflection.all_of(cast["Ana"].seat().keys)
    there = f"/me/reflections/{thought.id}/erase"
    assert "A light." in words(ana.get(there))
    assert bo.get(there).status_code == bo.post(there).status_code == 404
    assert ana.post(there).status_code == 303
    assert "A light." not in words(ana.get("/me/reflections"))
    assert not Reflection.select().exists()


def test_the_steward_reads_the_guide_for_themselves_and_finds_nobodys_words(app, cast, ana):
    ana.post(QUESTION, data={"text": "A light."})
    stew = enter(app, "Stew")
    assert "A light." not in words(stew.get(LESSON))
    assert "A light." not in words(stew.get("/me/reflections"))


# The path of a table.


@pytest.fixture
def path(cast):
    return f"/c/{cast.table}/path"


def choose(client, path, *lessons, mark=None):
    page = client.get(f"{path}/lessons")
    return client.post(f"{path}/lessons", data={"lessons": list(lessons), "seen": seen(page) if mark is None else mark})


def test_a_table_without_a_path_is_told_what_one_is(ana, path):
    assert "Choose lessons" in ana.get(path).text


def test_every_room_of_the_table_leads_to_its_path(ana, path):
    table = path.removesuffix("/path")
    for room in ("", "/meetings", "/activities", "/agreement", "/people", "/works"):
        assert f'href="{path}"' in ana.get(table + room).text, room
    assert f'href="{path}"' not in ana.get(path).text


def test_days_typed_on_a_phone_that_went_quiet_are_in_sight_after_signing_in(ana, path):
    choose(ana, path, "nobody-comes")
    with ahead(minutes=20):
        led = ana.post(
            f"{path}/days", data={"first": "2027-01-08", "weeks": "2"}, headers={"Referer": f"http://localhost{path}"}
        )
        back = ana.post(led.location, data={"name": "Ana", "passphrase": PASSPHRASE})
        page = ana.get(back.location).text
    assert 'value="2027-01-08"' in page
    assert '<details class="fold" open>' in page


def test_a_yes_to_showing_can_be_taken_back_though_the_path_is_gone(ana, path):
    choose(ana, path, "nobody-comes")
    ana.post(f"{path}/show", data={"show": "yes"})
    choose(ana, path)
    assert "Show it no longer" in ana.get(path).text


def test_lessons_are_chosen_in_the_order_of_the_guide_and_given_their_days(ana, bo, path):
    assert choose(ana, path, "ending-well", "nobody-comes").status_code == 303
    page = bo.get(path)
    assert page.text.index("/guide/2/3") < page.text.index("/guide/6/3")
    ana.post(f"{path}/days", data={"first": "2027-01-08", "weeks": "2", "seen": seen(page)})
    text = words(bo.get(path))
    assert text.index("8 January") < text.index("22 January")
    page = ana.get(f"{path}/6/3")
    ana.post(f"{path}/6/3", data={"by": "", "seen": seen(page)})
    assert "22 January" not in words(bo.get(path))


@pytest.mark.parametrize("ticked", [["nobody-comes"], ["nobody-comes", "ending-well"], []])
def test_what_was_ticked_on_a_phone_that_went_quiet_is_still_ticked_after_signing_in(ana, path, ticked):
    choose(ana, path, "you-are-all-i-need")
    mark = seen(ana.get(f"{path}/lessons"))
    with ahead(minutes=20):
        led = choose(ana, path, *ticked, mark=mark)
        back = ana.post(led.location, data={"name": "Ana", "passphrase": PASSPHRASE})
        page = ana.get(back.location)
        assert sorted(re.findall(r'value="([\w-]+)" checked', page.text)) == sorted(ticked)
        assert seen(page) == mark


def test_choosing_other_lessons_says_that_one_left_out_loses_its_day(ana, path):
    says = "A lesson that you untick leaves your path, and its day with it."
    assert says not in words(ana.get(f"{path}/lessons"))
    choose(ana, path, "nobody-comes")
    assert says in words(ana.get(f"{path}/lessons"))


def test_lessons_stand_on_the_path_by_their_days_and_those_without_one_at_its_end(ana, path):
    choose(ana, path, "nobody-comes", "ending-well", "you-are-all-i-need")
    for lesson, day in (("6/3", "2027-01-08"), ("2/3", "2027-01-15")):
        ana.post(f"{path}/{lesson}", data={"by": day, "seen": seen(ana.get(f"{path}/{lesson}"))})
    page = ana.get(path).text
    assert page.index('href="/guide/6/3"') < page.index('href="/guide/2/3"') < page.index('href="/guide/1/1"')


def test_two_who_choose_at_once_are_told(ana, bo, path):
    mark = seen(ana.get(f"{path}/lessons"))
    choose(ana, path, "nobody-comes", mark=mark)
    late = choose(bo, path, "ending-well", mark=mark)
    assert late.status_code == 409
    assert re.search(r'value="ending-well" checked', late.text)
    assert choose(bo, path, "ending-well", mark=seen(late)).status_code == 303


@pytest.mark.parametrize("wrong", [{"first": ""}, {"first": "2027-13-40"}, {"weeks": "0"}, {"weeks": "x"}])
def test_a_day_that_is_none_is_given_back_with_what_is_wrong(ana, path, wrong):
    choose(ana, path, "nobody-comes")
    data = {"first": "2027-01-08", "weeks": "1", "seen": seen(ana.get(path)), **wrong}
    assert ana.post(f"{path}/days", data=data).status_code == 422
    assert "January" not in words(ana.get(path))


def test_the_others_see_what_one_has_read_only_after_ones_yes_and_until_ones_no(ana, bo, path):
    choose(ana, path, "nobody-comes")
    bo.post(f"{LESSON}/read", data={"read": "yes"})
    assert "Bo has read it." not in words(ana.get(path))
    bo.post(f"{path}/show", data={"show": "yes"})
    assert "Bo has read it." in words(ana.get(path))
    bo.post(f"{LESSON}/read", data={"read": "no"})
    assert "Bo has read it." not in words(ana.get(path))
    bo.post(f"{LESSON}/read", data={"read": "yes"})
    bo.post(f"{path}/show", data={"show": "no"})
    assert "Bo has read it." not in words(ana.get(path))


def test_cy_and_the_steward_find_no_path_here(app, cast, path):
    for name in ("Cy", "Stew"):
        client = enter(app, name)
        for page in (path, f"{path}/lessons", f"{path}/2/3"):
            assert client.get(page).status_code == 404
        for page in (f"{path}/lessons", f"{path}/days", f"{path}/2/3", f"{path}/show"):
            assert client.post(page).status_code == 404


def test_no_address_of_a_path_tells_what_a_lesson_is_about(ana, path):
    choose(ana, path, "someone-does-not-want-to-live")
    assert "does-not-want" not in " ".join(re.findall(r'href="([^"]*)"', ana.get(path).text))


def test_a_lesson_that_is_not_on_the_path_has_no_day(ana, path):
    choose(ana, path, "nobody-comes")
    assert ana.get(f"{path}/6/3").status_code == 404


def test_reading_writes_nothing_for_who_wants_nothing_kept(ana, cast):
    ana.post("/me/guide/remember", data={"remember": "no"})
    before = Study.get().sealed_progress
    ana.get(LESSON)
    assert Study.get().sealed_progress == before
