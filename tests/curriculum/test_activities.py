"""The list of activities: what fits tonight, for everyone; and what a table keeps at hand, for that table alone."""

import re
from html import unescape

import pytest

from portal.curriculum.models.favorites import KeptActivities
from portal.db import db
from portal.rings.models import Epoch
from portal.web.errors import NotHere
from portal.web.language import catalogue
from tests.cast import take_seat
from tests.curriculum.small_guide import ACTIVITY
from tests.curriculum.test_pages import open_guide, write_guide
from tests.racing import at_once
from tests.reading import words

CREASED, NEXT = "the-creased-page", "the-next-small-thing"


def links(answer):
    return [unescape(link) for link in re.findall(r'href="(/[^"]*)"', answer.text)]


def another(key, **facts):
    """The small guide's activity under another name, with other facts in its head."""
    text = ACTIVITY.replace("count-the-stops", key).replace("Count the stops", key)
    for name, value in facts.items():
        text = re.sub(rf"^{name}: .*$", f"{name}: {value}", text, flags=re.MULTILINE)
    return text


SEVERAL = {
    "a-lively-one": another("a-lively-one", energy="lively", family="play", minutes="[30, 40]", people="[4, 7]"),
    "on-a-call": another("on-a-call", place="[remote]", flags="[seated, camera-off]", materials="[]"),
    "with-paint": another("with-paint", cost="small", family="art", place="[together]", flags="[]"),
}


@pytest.fixture
def several(tmp_path):
    """A guide of four activities, signed out, over rooms that know no database."""
    write_guide(tmp_path)
    for key, text in SEVERAL.items():
        (tmp_path / "en" / "activities" / f"{key}.md").write_text(text, encoding="utf-8")
    return open_guide(tmp_path)


def shown(answer):
    return {link.removeprefix("/activities/") for link in links(answer) if link.startswith("/activities/")}


ALL = {"count-the-stops", *SEVERAL}


def test_the_list_stands_signed_out_and_without_a_database(several):
    answer = several.get("/activities")
    assert answer.status_code == 200
    assert answer.text.count("<h1") == 1
    assert shown(answer) == ALL
    assert "All 4 activities" in words(answer)
    assert "<title>Activities · " in answer.text


def test_the_activities_stand_when_the_database_does_not(ana):
    db.execute_sql("alter table device rename to nowhere")
    for path in ("/activities", f"/activities/{CREASED}"):
        answer = ana.get(path)
        assert answer.status_code == 200
        assert "Friday table" not in answer.text


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ("minutes=20", ALL - {"a-lively-one"}),
        ("people=3", ALL - {"a-lively-one"}),
        ("people=9", set()),
        ("energy=lively", {"a-lively-one"}),
        ("needs=nothing", {"on-a-call"}),
        ("needs=free", ALL - {"with-paint"}),
        ("place=together", ALL - {"on-a-call"}),
        ("place=remote", ALL - {"with-paint"}),
        ("can=seated&can=camera-off", {"on-a-call"}),
        ("family=art", {"with-paint"}),
        ("minutes=&family=&energy=", ALL),
        ("minutes=twenty&can=flying&family=../x&nonsense=1", ALL),
    ],
)
def test_it_shows_what_fits_tonight_and_says_how_many(several, asked, fits):
    answer = several.get(f"/activities?{asked}")
    assert answer.status_code == 200
    assert shown(answer) == fits
    if 1 < len(fits) < 4:
        assert f"{len(fits)} of 4 fit" in words(answer)


def test_the_choice_stays_in_the_form_and_in_the_address_alone(several):
    answer = several.get("/activities?minutes=20&energy=quiet&can=seated&can=no-touch")
    assert '<option value="20" selected>' in answer.text
    assert '<option value="quiet" selected>' in answer.text
    assert {code for code in re.findall(r'value="([\w-]+)" checked', answer.text)} == {"seated", "no-touch"}
    assert not answer.headers.getlist("Set-Cookie")
    assert "You asked for: 20 minutes at most, quiet, seated, and without touch." in words(answer)
    assert '<form method="get"' in answer.text


def test_where_nothing_fits_it_says_which_wish_to_leave_out(several):
    answer = several.get("/activities?energy=lively&minutes=10")
    assert "Nothing fits all of that" in words(answer)
    assert "10 minutes at most then one fits" in words(answer)
    assert "lively then 3 fit" in words(answer)
    found = [link for link in links(answer) if link.startswith("/activities?")]
    assert shown(several.get(found[0])) == {"count-the-stops", "on-a-call", "with-paint"}
    assert shown(several.get(found[1])) == {"a-lively-one"}


def test_where_no_single_wish_is_to_blame_it_says_that(several):
    answer = several.get("/activities?energy=lively&minutes=10&people=9&family=art")
    assert "No single wish stands in the way; two or more of them do together." in words(answer)
    assert "Show all of them again" in words(answer)


def test_a_guide_without_activities_says_so(tmp_path):
    answer = open_guide(write_guide(tmp_path, activity="")).get("/activities?draw=yes")
    assert answer.status_code == 200
    assert "There is no activity here yet." in words(answer)


def test_a_surprise_is_drawn_among_what_fits_and_can_be_drawn_again(several):
    answer = several.get("/activities?energy=quiet&draw=yes")
    slip = answer.text.partition('aria-labelledby="drawn"')[2].partition("</section>")[0]
    assert len(re.findall(r'href="/activities/[^"]+"', slip)) == 1
    assert "Each of the 3 had the same chance" in unescape(slip)
    again = unescape(re.search(r'href="(/activities\?[^"]+)">Draw again', slip)[1])
    drawn = {shown_in_slip(several.get(again)) for _ in range(60)}
    assert drawn == ALL - {"a-lively-one"}, "each is missed once in ten thousand million runs"


def shown_in_slip(answer):
    slip = answer.text.partition('aria-labelledby="drawn"')[2].partition("</section>")[0]
    return re.search(r'href="/activities/([^"]+)"', slip)[1]


def test_a_draw_of_one_offers_no_other(several):
    answer = several.get("/activities?energy=lively&draw=yes")
    assert "It is the only one that fits." in words(answer)
    assert "Draw again" not in words(answer)


def test_the_note_of_an_activity_stands_in_the_list(tmp_path):
    noted = ACTIVITY.replace("flags: [seated]", "flags: [seated]\noutside: A stop\ncontent_note: About waiting.")
    answer = open_guide(write_guide(tmp_path, activity=noted)).get("/activities")
    assert "Before you read. About waiting." in words(answer)


def test_a_reader_of_spanish_reads_the_list_in_spanish_and_english_words_are_marked(several):
    answer = several.get("/activities", headers={"Accept-Language": "es"})
    assert '<a href="/activities/count-the-stops" lang="en">' in answer.text
    assert catalogue("es") is not None


def test_the_guide_leads_to_the_activities_and_they_lead_back(several):
    assert "/activities" in links(several.get("/guide"))
    assert "/guide" in links(several.get("/activities"))


# What a table keeps at hand.


@pytest.fixture
def seat(cast):
    return cast["Ana"].seat()


def groups(answer):
    """The titles under each heading of the list."""
    found = {}
    for section in re.findall(r'<section class="kinds">(.*?)</section>', answer.text, re.DOTALL):
        name = unescape(re.search(r"<h2>(.*?)</h2>", section)[1])
        found[name] = [unescape(title) for title in re.findall(r"<li><p[^>]*><a[^>]*>(.*?)</a>", section)]
    return found


def test_what_the_table_keeps_stands_first_for_everyone_there(ana, bo, table):
    answer = ana.post(f"{table}/activities/keep", data={"what": NEXT})
    assert (answer.status_code, answer.location) == (303, f"/activities/{NEXT}")
    for client in (ana, bo):
        found = groups(client.get(f"{table}/activities"))
        assert next(iter(found.items())) == ("Kept by this table", ["The next small thing"])
        assert all("The next small thing" not in titles for titles in list(found.values())[1:])


def test_the_page_of_an_activity_keeps_it_and_lets_it_go(ana, bo, nobody, table):
    page = ana.get(f"/activities/{CREASED}")
    assert f'action="{table}/activities/keep"' in page.text
    assert "For The Friday table" in words(page)
    ana.post(f"{table}/activities/keep", data={"what": CREASED})
    assert f'action="{table}/activities/let-go"' in bo.get(f"/activities/{CREASED}").text
    bo.post(f"{table}/activities/let-go", data={"what": CREASED})
    assert "Kept by this table" not in words(ana.get(f"{table}/activities"))
    assert "For The Friday table" not in words(nobody.get(f"/activities/{CREASED}"))


def test_a_double_tap_keeps_it_once_and_lets_it_go_once(ana, table, seat):
    for _ in range(2):
        assert ana.post(f"{table}/activities/keep", data={"what": CREASED}).status_code == 303
    assert KeptActivities.of(seat) == (CREASED,)
    for _ in range(2):
        assert ana.post(f"{table}/activities/let-go", data={"what": CREASED}).status_code == 303
    assert KeptActivities.of(seat) == ()


def test_two_who_keep_something_at_the_same_moment_keep_both(app, cast):
    ana, bo = cast["Ana"].seat(), cast["Bo"].seat()
    done = at_once(lambda: KeptActivities.keep(ana, CREASED), lambda: KeptActivities.keep(bo, NEXT))
    assert done == ["done", "done"]
    assert set(KeptActivities.of(ana)) == {CREASED, NEXT}


def test_the_rows_tell_neither_which_nor_how_many(cast, seat):
    sizes = set()
    for n in range(1, 41):
        KeptActivities.keep(seat, f"an-activity-{n}")
        row = KeptActivities.get()
        sizes.add(len(row.sealed_codes))
        assert b"an-activity" not in bytes(row.sealed_codes)
    assert KeptActivities.select().count() == 1
    assert len(sizes) == 1


def test_what_stood_in_the_list_before_is_gone_even_sealed(seat, home):
    KeptActivities.keep(seat, CREASED)
    before = bytes(KeptActivities.get().sealed_codes)
    KeptActivities.let_go(seat, CREASED)
    written = b"".join(file.read_bytes() for file in home.glob("portal.db*"))
    assert before[-200:] not in written


def test_a_newcomer_finds_what_was_kept_before_they_came(app, cast, cy, table, seat):
    KeptActivities.keep(seat, CREASED)
    take_seat(seat, cast["Cy"])
    KeptActivities.keep(cast["Bo"].seat(), NEXT)
    assert Epoch.select().where(Epoch.owner == cast.table).count() > 2, "their coming began a new epoch"
    assert groups(cy.get(f"{table}/activities"))["Kept by this table"] == ["The creased page", "The next small thing"]


def test_a_list_that_does_not_open_keeps_nobody_out(ana, table, seat):
    KeptActivities.keep(seat, CREASED)
    KeptActivities.update(sealed_codes=b"\x01\x00\x00\x00\x01" + b"x" * 200).execute()
    assert "Kept by this table" not in words(ana.get(f"{table}/activities"))
    ana.post(f"{table}/activities/keep", data={"what": NEXT})
    assert KeptActivities.of(seat) == (NEXT,)


def test_an_activity_that_left_the_guide_is_only_not_listed(ana, table, seat):
    KeptActivities.keep(seat, "the-lost-page")
    assert ana.get(f"{table}/activities").status_code == 200
    assert ana.post(f"{table}/activities/keep", data={"what": "the-lost-page"}).status_code == 404
    assert ana.post(f"{table}/activities/keep", data={}).status_code == 404


def test_a_page_that_names_a_table_is_kept_by_no_browser(ana, table):
    for path in (f"/activities/{CREASED}", "/activities", f"{table}/activities"):
        assert "no-store" in ana.get(path).headers["Cache-Control"]


def test_no_address_and_no_log_names_what_a_table_keeps(app):
    rules = [
        rule.rule for rule in app.url_map.iter_rules() if rule.endpoint in ("curriculum.keep", "curriculum.let_go")
    ]
    assert sorted(rules) == ["/c/<circle>/activities/keep", "/c/<circle>/activities/let-go"]


def test_cy_and_stew_find_nothing_of_it(cy, stew, nobody, table, seat):
    KeptActivities.keep(seat, CREASED)
    before = bytes(KeptActivities.get().sealed_codes)
    for client in (cy, stew):
        assert client.get(f"{table}/activities").status_code == 404
        for verb in ("keep", "let-go"):
            assert client.post(f"{table}/activities/{verb}", data={"what": CREASED}).status_code == 404
        assert table not in client.get(f"/activities/{CREASED}").text
    assert nobody.get(f"{table}/activities").location.startswith("/enter?next=")
    assert bytes(KeptActivities.get().sealed_codes) == before


def test_who_left_meanwhile_keeps_and_lets_go_nothing(cast, seat):
    KeptActivities.keep(seat, CREASED)
    bo = cast["Bo"].seat()
    bo.leave(take_back=False)
    for change in (lambda: KeptActivities.keep(bo, NEXT), lambda: KeptActivities.let_go(bo, CREASED)):
        with pytest.raises(NotHere):
            change()
    assert KeptActivities.of(cast["Ana"].seat()) == (CREASED,)


def test_when_the_circle_ends_its_list_ends_with_it(cast, seat):
    KeptActivities.keep(seat, CREASED)
    cast["Bo"].seat().leave(take_back=False)
    cast["Ana"].seat().leave(take_back=False)
    assert KeptActivities.select().count() == 0


def test_the_lists_of_two_tables_stay_apart(cast, ana, cy, table):
    ana.post(f"{table}/activities/keep", data={"what": CREASED})
    assert "Kept by this table" not in words(cy.get(f"/c/{cast.other_table}/activities"))


def test_the_table_leads_to_its_activities(ana, table):
    assert f"{table}/activities" in links(ana.get(table))
    assert f"{table}/activities" in links(ana.get("/activities"))
