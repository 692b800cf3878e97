"""The plan of a meeting as people write it together, read it by the clock and print it."""

import json
import re
from html import unescape

import pytest
from flask import g

from portal import vault
from portal.db import utcnow, writing
from portal.meetings.forms.plan import STARTS, PlanForm
from portal.meetings.models.dates import PLACE, Meeting
from portal.meetings.models.plans import open_plan, seal_mark, write_plan
from portal.meetings.models.roles import BUILT_IN
from portal.meetings.models.turns import Turn
from portal.meetings.plan import MOST_BLOCKS, Block, Kind, Place, length
from tests.reading import words

EVENING = (
    Block(Kind.ARRIVAL, 10, "Tea first"),
    Block(Kind.ACTIVITY, 70, "Bring a pen", "the-creased-page"),
    Block(Kind.CLOSING, 10),
)


@pytest.fixture
def at(cast, upcoming):
    return lambda rest="": f"/c/{cast.table}/meetings/{upcoming.id}{rest}"


def fields(*rows, **given):
    """A form as a browser sends it: each row is what, minutes and words."""
    typed = {"place": "The park", "link": "", "text": "", "seen": "", "do": "save", **given}
    for n, row in enumerate(rows):
        typed |= {f"{n}-{name}": text for name, text in zip(("what", "minutes", "words"), row, strict=True)}
    return typed


def rows(answer):
    """The rows that a page shows, as they would be sent again."""
    found = []
    for n in range(MOST_BLOCKS):
        select = re.search(rf'<select[^>]*name="{n}-what"[^>]*>(.*?)</select>', answer.text, re.DOTALL)
        if select:
            minutes = re.search(rf'<input[^>]*name="{n}-minutes"[^>]*value="([^"]*)"', answer.text)[1]
            own = re.search(rf'<textarea[^>]*name="{n}-words"[^>]*>\r?\n?(.*?)</textarea>', answer.text, re.DOTALL)[1]
            found.append((re.search(r'<option selected value="([^"]+)"', select[1])[1], minutes, unescape(own)))
    return found


def stands(meeting, people):
    sealed = Meeting.get_by_id(meeting.id).sealed_plan
    return open_plan(people["Ana"], meeting.id, sealed) if sealed else None


TEA, TALK, END = ("arrival", "10", "Tea"), ("check_in", "30", "One word\neach"), ("closing", "5", "")


@pytest.mark.parametrize("start", STARTS)
def test_a_plan_is_begun_from_one_of_three_that_fill_the_meeting(ana, at, upcoming, people, start):
    assert str(STARTS[start].name) in words(ana.get(at("/plan")))
    begun = ana.post(at("/plan"), data=fields(do=f"start-{start}", place="The attic"))
    assert begun.status_code == 200
    assert sum(int(minutes) for _what, minutes, _words in rows(begun)) == 90
    assert "still free" not in words(begun)
    assert "The attic</textarea>" in begun.text
    assert stands(upcoming, people) is None
    assert sum(its for _kind, its, _words in STARTS[start].blocks) == 90


def test_what_was_typed_for_a_short_meeting_is_fitted_to_it(ana, at, upcoming):
    Meeting.update(ends_at=upcoming.starts_at + (upcoming.ends_at - upcoming.starts_at) / 2).execute()
    begun = ana.post(at("/plan"), data=fields(do="start-ordinary"))
    assert [int(minutes) for _what, minutes, _words in rows(begun)] == [5, 5, 10, 15, 5, 5]


@pytest.mark.parametrize(
    ("do", "after"),
    [
        ("up-1", [TALK, TEA, END]),
        ("down-1", [TEA, END, TALK]),
        ("out-0", [TALK, END]),
        ("add", [TEA, TALK, ("free", "10", ""), END]),
        ("up-0", [TEA, TALK, END]),
        ("down-2", [TEA, TALK, END]),
        ("out-7", [TEA, TALK, END]),
        ("up-", [TEA, TALK, END]),
        ("nonsense", [TEA, TALK, END]),
    ],
)
def test_a_button_beside_save_keeps_all_that_was_typed_and_saves_nothing(ana, at, upcoming, people, do, after):
    answer = ana.post(at("/plan"), data=fields(TEA, TALK, END, do=do, text="Bring <a> blanket"))
    assert answer.status_code == 200
    assert [(what, minutes, own.replace("\r\n", "\n")) for what, minutes, own in rows(answer)] == after
    assert "Bring &lt;a&gt; blanket" in answer.text
    assert stands(upcoming, people) is None


def test_also_what_is_wrong_stays_as_it_was_typed(ana, at):
    wrong = ("arrival", "a while", "word " * 200)
    answer = ana.post(at("/plan"), data=fields(TEA, wrong, do="up-1"))
    assert rows(answer) == [wrong, TEA]


def test_no_more_than_eleven_blocks_are_offered(ana, at):
    full = [("free", "5", "")] * MOST_BLOCKS
    answer = ana.post(at("/plan"), data=fields(*full, do="add"))
    assert len(rows(answer)) == MOST_BLOCKS
    assert "Add a block" not in words(answer)


def test_a_plan_stands_by_the_clock_for_everyone(ana, bo, at):
    saved = ana.post(at("/plan"), data=fields(TEA, TALK, ("free", "50", "Silence\nNobody speaks"), text="Bring a cup"))
    assert saved.status_code == 303
    page = bo.get(at())
    assert "18:00 10 min Arriving Tea 18:10 30 min Check-in One word each 18:40 50 min Silence Nobody" in words(page)
    assert "Bring a cup" in words(page)
    assert '<li class="m40">' in page.text
    assert "still free" not in words(page)


@pytest.mark.parametrize(
    ("last", "says"),
    [("40", "10 minutes are still free."), ("49", "One minute is still free."), ("65", "This is 15 minutes longer")],
)
def test_a_plan_that_does_not_add_up_is_saved_and_says_by_how_much(ana, at, last, says):
    saved = ana.post(at("/plan"), data=fields(TEA, TALK, ("free", last, "")))
    assert saved.status_code == 303
    assert says in words(ana.get(at()))
    assert f"The meeting lasts 90 minutes. {says}" in words(ana.get(at("/plan")))
    assert "Fit it to 90 minutes" in words(ana.get(at("/plan")))


def test_it_is_fitted_by_one_press_and_kept_by_another(ana, at, upcoming, people):
    fit = ana.post(at("/plan"), data=fields(TEA, TALK, ("free", "40", "Silence"), do="fit"))
    assert [minutes for _what, minutes, _words in rows(fit)] == ["10", "35", "45"]
    assert "Fit it to" not in words(fit)
    ana.post(at("/plan"), data=fields(*rows(fit)))
    assert length(stands(upcoming, people).blocks) == 90


def test_what_cannot_be_fitted_says_why(ana, at, upcoming):
    Meeting.update(ends_at=upcoming.starts_at + (upcoming.ends_at - upcoming.starts_at) / 6).execute()
    answer = ana.post(at("/plan"), data=fields(*[TEA] * 4, do="fit"))
    assert "It has more blocks than there are five minutes." in words(answer)
    assert "Fit it to" not in words(answer)


def test_minutes_that_are_none_are_marked_and_nothing_is_lost(ana, at, upcoming, people):
    for do in ("save", "fit"):
        for wrong, says in (("", "such as 90"), ("long", "such as 90"), ("0", "1 to 480"), ("481", "1 to 480")):
            answer = ana.post(at("/plan"), data=fields(TEA, ("pause", wrong, "Tea again"), do=do))
            assert answer.status_code == 422
            assert says in words(answer)
            assert answer.text.count('aria-invalid="true"') == 1
            assert rows(answer) == [TEA, ("pause", wrong, "Tea again")]
    assert stands(upcoming, people) is None


def test_a_kind_that_was_tampered_with_is_refused(ana, at, upcoming, people):
    for what in ("nap", "guide:", "guide:<b>", "guide:../x"):
        assert ana.post(at("/plan"), data=fields((what, "10", ""))).status_code == 422
    assert stands(upcoming, people) is None


def test_an_activity_of_the_guide_is_put_where_one_is_open(ana, bo, at):
    typed = fields(TEA, ("activity", "60", "With tea"), END, do="put", activity="the-creased-page")
    put = ana.post(at("/plan"), data=typed)
    assert rows(put) == [TEA, ("guide:the-creased-page", "60", "With tea"), END]
    again = ana.post(at("/plan"), data=fields(*rows(put), do="put", activity="the-next-small-thing"))
    assert [what for what, _minutes, _words in rows(again)][2] == "guide:the-next-small-thing"
    assert rows(again)[3] == END
    ana.post(at("/plan"), data=fields(*rows(put)))
    page = bo.get(at())
    assert "The creased page" in words(page)
    assert 'href="/activities/the-creased-page"' in page.text


def test_an_activity_that_left_the_guide_is_missed_kindly_and_stays_in_the_plan(ana, at, upcoming, people):
    write_plan(upcoming, people["Ana"], Place("", ""), "", "", (Block.of("guide:the-lost-page", 20, "With pens"),))
    page = ana.get(at())
    assert "An activity stood here that is no longer in the guide. Its name was “the-lost-page”." in words(page)
    assert "With pens" in words(page)
    form = ana.get(at("/plan"))
    seen = re.search(r'name="seen"[^>]*value="(\w+)"', form.text)[1]
    assert ana.post(at("/plan"), data=fields(*rows(form), seen=seen)).status_code == 303
    assert stands(upcoming, people).blocks[0].activity == "the-lost-page"


def test_two_who_change_the_blocks_at_once_lose_neither(ana, bo, at, upcoming, people):
    ana.post(at("/plan"), data=fields(("check_in", "90", "Ana’s words")))
    late = bo.post(at("/plan"), data=fields(("pause", "20", "Bo’s words"), text="Bo’s notes"))
    assert late.status_code == 409
    slip = late.text.partition('class="slip"')[2].partition("</section>")[0]
    assert "Ana’s words" in slip
    assert rows(late) == [("pause", "20", "Bo’s words")]
    seen = re.search(r'name="seen"[^>]*value="(\w+)"', late.text)[1]
    moved = bo.post(at("/plan"), data=fields(*rows(late), do="add", seen=seen))
    assert f'value="{seen}"' in moved.text
    assert bo.post(at("/plan"), data=fields(*rows(moved), seen=seen)).status_code == 303
    assert stands(upcoming, people).blocks[0].words == "Bo’s words"


def test_a_plan_from_before_there_were_blocks_opens_as_before(ana, at, upcoming, people):
    old = json.dumps({"where": {"place": "The park", "link": ""}, "text": "Tea.\n\nThen silence."}).encode()
    with writing():
        sealed = people["Ana"].keys.seal_table(vault.pad(old, vault.TEXT_STEP), f"meeting|{upcoming.id}|plan")
        Meeting.update(sealed_plan=sealed).where(Meeting.id == upcoming.id).execute()
    page = ana.get(at())
    assert "<p>Tea.</p><p>Then silence.</p>" in page.text
    assert "The park" in words(page)
    assert "Then silence." in ana.get(at("/plan")).text


def test_the_blocks_are_sealed_and_their_size_says_little(meetings, people):
    small, large = meetings[4], meetings[5]
    write_plan(small, people["Ana"], Place(), "", "", EVENING)
    write_plan(large, people["Ana"], Place(), "", "", (Block(Kind.FREE, 90, "Kanarienvogel " * 30),))
    sealed = [bytes(Meeting.get_by_id(one.id).sealed_plan) for one in (small, large)]
    assert len(sealed[0]) == len(sealed[1])
    assert not any(word in each for each in sealed for word in (b"Kanarienvogel", b"creased", b"arrival", b"Tea"))


def test_blocks_kept_while_their_writer_signed_in_again_are_given_back(app):
    with app.test_request_context():
        g.kept = fields(TEA, ("guide:the-creased-page", "long", "Mine"), text="Notes", do="add")
        form = PlanForm(EVENING, 90, {})
        assert form.rows == [
            {"what": "arrival", "minutes": "10", "words": "Tea"},
            {"what": "guide:the-creased-page", "minutes": "long", "words": "Mine"},
        ]
        assert form.text.data == "Notes"


def test_a_full_form_can_be_given_back_by_an_error_page(ana, at, csrf):
    full = [("free", "5", f"Words number {n}") for n in range(MOST_BLOCKS)]
    given = fields(*full, link="meet.example", text="Notes", seen="abc", activity="the-creased-page")
    answer = ana.post(at("/plan"), data={**given, "csrf_token": "old"})
    assert answer.status_code == 400
    assert all(f"Words number {n}" in answer.text for n in range(MOST_BLOCKS))
    assert '<input type="hidden" name="0-what" value="free">' in answer.text


# On the meeting's page and on paper.


def test_a_map_is_a_plain_link_that_says_who_learns_of_it(ana, at, upcoming, people):
    write_plan(upcoming, people["Ana"], Place("40 Elm Street, at the side & up", ""), "", "")
    page = ana.get(at()).text
    link = re.search(r'<a href="(https://www.openstreetmap.org/[^"]+)"([^>]*)>', page)
    assert unescape(link[1]).endswith("?query=40+Elm+Street%2C+at+the+side+%26+up")
    assert 'rel="noreferrer noopener"' in link[2]
    assert "which then knows what you looked for" in page
    assert page.count("openstreetmap.org/") == 1
    assert "prefetch" not in page
    assert "preconnect" not in page


def test_without_a_place_there_is_no_map(ana, at, upcoming, people):
    write_plan(upcoming, people["Ana"], Place("", "https://meet.example/us"), "", "")
    assert "openstreetmap" not in ana.get(at()).text


def test_paper_names_no_place_and_nobody_unless_ticked(ana, at, upcoming, people):
    write_plan(upcoming, people["Ana"], Place("The park", ""), "Bring a cup", "", EVENING)
    Turn.take(upcoming, people["Bo"], utcnow())
    sheets = {
        query: ana.get(at("/print") + query) for query in ("", "?place=yes", "?names=yes", "?place=yes&names=yes")
    }
    for query, answer in sheets.items():
        sheet = answer.text.partition('<div class="sheet">')[2]
        assert "18:00 to 19:30" in sheet
        assert "Bring a cup" in sheet
        assert "The creased page" in sheet
        assert ("The park" in sheet) == ("place" in query)
        assert ("Bo" in sheet) == ("names" in query)
        assert "<a " not in sheet
        assert "Friday table" not in answer.text


def test_cy_and_stew_find_neither_plan_nor_paper(cy, stew, at):
    for client in (cy, stew):
        for path in (at(), at("/plan"), at("/print"), at("/print?place=yes")):
            assert client.get(path).status_code == 404
        for do in ("save", "add", "fit", "start-first"):
            assert client.post(at("/plan"), data=fields(TEA, do=do)).status_code == 404


def test_what_one_is_asked_stands_before_the_plan_and_who_does_what_beside_it(ana, bo, at, upcoming, people):
    def plan_is_first(client):
        text = client.get(at()).text
        assert text.count('id="turn"') == 1
        return text.index('id="plan"') < text.index('id="turn"')

    for role in BUILT_IN:
        Turn.take(upcoming, people["Ana"], utcnow(), role=role)
    assert plan_is_first(ana)
    assert plan_is_first(bo)
    Turn.give_back(upcoming, people["Ana"], utcnow())  # from here on Bo is asked
    assert not plan_is_first(bo)
    block = bo.get(at(), headers={"HX-Request": "true", "HX-Target": "turn"}).text
    assert 'id="turn"' in block
    assert "<html" not in block


def test_what_stood_in_a_plan_before_is_gone_with_the_change_even_sealed(upcoming, people, home):
    write_plan(upcoming, people["Ana"], Place("At Bo’s", ""), "Ring twice", "")
    before = bytes(Meeting.get_by_id(upcoming.id).sealed_plan)
    write_plan(upcoming, people["Bo"], Place("The park", ""), "", seal_mark(before))
    written = b"".join(file.read_bytes() for file in home.glob("portal.db*"))
    assert before[-200:] not in written
    assert bytes(Meeting.get_by_id(upcoming.id).sealed_plan)[-200:] in written


def test_another_place_is_told_as_a_change_and_other_words_are_not(ana, at, upcoming):
    usual = re.search(r'name="place"[^>]*>\s*([^<]*)<', ana.get(at("/plan")).text)[1]
    ana.post(at("/plan"), data=fields(TEA, place=usual))
    assert Meeting.get_by_id(upcoming.id).changed_at is None
    seen = re.search(r'name="seen"[^>]*value="(\w+)"', ana.get(at("/plan")).text)[1]
    ana.post(at("/plan"), data=fields(TEA, place="The park", seen=seen))
    changed = Meeting.get_by_id(upcoming.id)
    assert (changed.change, changed.sequence) == (PLACE, upcoming.sequence)
    assert changed.changed_at is not None
