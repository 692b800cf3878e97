"""The season as Ana and Bo use it, and as Cy and Stew do not."""

from datetime import datetime, time, timedelta

import pytest
import time_machine

from portal.meetings.models.dates import Meeting, Series
from portal.meetings.models.extending import extend_series
from portal.meetings.models.plans import seal_mark, write_plan
from portal.meetings.recurrence import local
from portal.seasons.counting import Choice
from portal.seasons.models import ChosenBefore, Season
from tests.cast import PASSPHRASE, enter
from tests.meetings.conftest import LIBRARY, ZONE, agree, set_series, weekly
from tests.reading import hidden, words

NOW = datetime(2026, 3, 4, 12)  # a Wednesday; the table meets on Fridays from the sixth on
PATHS = ("", "/choose", "/renew", "/rest", "/change", "/close")


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


@pytest.fixture
def move_to(request, clock):
    """Who was signed in is signed out by then, and signs in anew."""

    def move(moment):
        clock.move_to(moment)
        for name in ("Ana", "Bo"):
            if name.lower() in request.fixturenames:
                entry = {"name": name, "passphrase": PASSPHRASE}
                assert request.getfixturevalue(name.lower()).post("/enter", data=entry).status_code == 303

    return move


@pytest.fixture
def meetings(clock, cast):
    return set_series(cast["Ana"].seat(), NOW, days=2)


@pytest.fixture
def path(cast, meetings):
    return f"/c/{cast.table}/season"


@pytest.fixture
def at_the_end(move_to, ana, path, meetings):
    """A season of two, while its last meeting is on."""
    ana.post(path, data={"number": "2"})
    move_to(meetings[1].starts_at + timedelta(minutes=5))
    return Season.get()


def stands():
    return Season.select().order_by(Season.made_at.desc()).get()


def kept():
    return list(Meeting.select().where(~Meeting.skipped).order_by(Meeting.starts_at))


def test_a_season_is_agreed_on_and_counts_from_the_next_meeting(ana, bo, cast, path):
    assert 'value="12"' in ana.get(path).text
    for _twice in range(2):
        assert ana.post(path, data={"number": "3"}).status_code == 303
    assert Season.select().count() == 1
    assert "Friday 6 March is meeting 1 of 3. On 20 March you choose together" in words(bo.get(path))
    assert "Friday 6 March is meeting 1 of 3." in words(bo.get(f"/c/{cast.table}"))


def test_before_a_season_is_agreed_on_the_tables_page_says_nothing_of_it(ana, cast, meetings):
    assert "This season" not in ana.get(f"/c/{cast.table}").text


@pytest.mark.parametrize("number", ["", "1", "61", "many"])
def test_a_number_that_is_none_is_refused_beside_it(ana, path, number):
    assert ana.post(path, data={"number": number}).status_code == 422
    assert Season.select().count() == 0


def test_the_number_can_change_but_not_below_what_was_met(ana, move_to, path, meetings):
    ana.post(path, data={"number": "5"})
    move_to(meetings[2].ends_at)
    seen = hidden(ana.get(path))["seen"]
    assert ana.post(path, data={"number": "2", "seen": seen}).status_code == 422
    assert ana.post(path, data={"number": "4", "seen": seen}).status_code == 303
    assert Season.get().number == 4


def test_who_changes_the_number_later_reads_what_stands(ana, bo, path):
    ana.post(path, data={"number": "5"})
    seen = hidden(bo.get(path))["seen"]
    ana.post(path, data={"number": "6", "seen": seen})
    answer = bo.post(path, data={"number": "7", "seen": seen})
    assert answer.status_code == 409
    assert "meeting 1 of 6" in words(answer)
    assert Season.get().number == 6


def test_from_the_last_meeting_on_four_choices_lead_on(ana, path, at_the_end):
    said = words(ana.get(path))
    assert "There is no vote, and nobody’s opinion is recorded." in said
    for choice in PATHS[2:]:
        assert f'href="{path}{choice}"' in ana.get(path).text


@pytest.mark.parametrize("choice", [Choice.RENEW, Choice.CHANGE])
def test_going_on_begins_a_season_with_the_meeting_after_the_last(ana, path, meetings, at_the_end, choice):
    address = f"{path}/{choice.value}"
    data = {"number": "4", **hidden(ana.get(address))}
    for _twice in range(2):
        assert ana.post(address, data=data).status_code == 303
    assert [one.chosen for one in Season.select().order_by(Season.made_at)] == [choice.value, None]
    assert "Friday 20 March is meeting 1 of 4." in words(ana.get(path))


def test_going_on_with_a_wrong_number_is_refused(ana, path, at_the_end):
    assert ana.post(f"{path}/renew", data={**hidden(ana.get(f"{path}/renew")), "number": "1"}).status_code == 422
    assert Season.get().chosen is None


def test_a_season_can_begin_on_a_later_day(ana, path, at_the_end):
    data = {"number": "4", **hidden(ana.get(f"{path}/renew"))}
    assert ana.post(f"{path}/renew", data={**data, "first": "2026-03-01"}).status_code == 422
    assert ana.post(f"{path}/renew", data={**data, "first": "2026-03-28"}).status_code == 303
    assert "Friday 3 April is meeting 1 of 4." in words(ana.get(path))


def test_the_first_season_can_begin_on_a_later_day(ana, path):
    assert ana.post(path, data={"number": "3", "first": "soon"}).status_code == 422
    assert ana.post(path, data={"number": "3", "first": "2026-03-13"}).status_code == 303
    assert "Friday 13 March is meeting 1 of 3." in words(ana.get(path))


def resting(client, path, until="2026-04-01"):
    told = client.post(f"{path}/rest", data={"until": until, **hidden(client.get(f"{path}/rest"))})
    return told, {"until": until, **hidden(told)}


def test_a_rest_tells_what_is_skipped_and_then_skips_it(ana, path, meetings, at_the_end):
    told, data = resting(ana, path)
    assert "Friday 20 March" in words(told)
    assert "Friday 27 March" in words(told)
    assert "3 April" not in words(told)
    assert at_the_end.seen == stands().seen, "nothing is saved yet"
    for _twice in range(2):
        assert ana.post(f"{path}/rest", data=data).status_code == 303
    skipped = [one.day.isoformat() for one in Meeting.select().where(Meeting.skipped).order_by(Meeting.day)]
    assert skipped == ["2026-03-20", "2026-03-27"]
    assert "You meet again from Wednesday 1 April on." in words(ana.get(path))


def test_what_a_rest_skipped_can_be_met_after_all(ana, cast, path, meetings, at_the_end):
    ana.post(f"{path}/rest", data=resting(ana, path)[1])
    ana.post(f"/c/{cast.table}/meetings/{meetings[2].id}/meet")
    assert not Meeting.get_by_id(meetings[2].id).skipped


def test_when_a_rest_is_over_the_circle_chooses_again(ana, move_to, path, at_the_end):
    ana.post(f"{path}/rest", data=resting(ana, path)[1])
    move_to(datetime(2026, 4, 1, 6))
    assert "What did you choose?" in words(ana.get(path))


@pytest.mark.parametrize("until", ["", "2026-03-01", "2028-01-01", "soon"])
def test_a_rest_until_no_day_of_the_coming_year_is_refused(ana, path, at_the_end, until):
    assert resting(ana, path, until)[0].status_code == 422


def test_dates_that_changed_while_one_read_are_shown_once_more(ana, cast, path, meetings, at_the_end):
    data = resting(ana, path)[1]
    ana.post(f"/c/{cast.table}/meetings/{meetings[2].id}/skip")
    answer = ana.post(f"{path}/rest", data=data)
    assert answer.status_code == 409
    assert "The dates were changed while you read." in words(answer)
    assert stands().chosen is None


def test_of_two_who_write_down_different_things_the_second_reads_what_stands(ana, bo, path, at_the_end):
    data = {"number": "4", **hidden(bo.get(f"{path}/renew"))}
    ana.post(f"{path}/rest", data=resting(ana, path)[1])
    answer = bo.post(f"{path}/renew", data=data)
    assert answer.status_code == 409
    assert "You chose to rest." in words(answer)
    assert Season.select().count() == 1


def test_a_circle_that_rests_can_have_chosen_differently(ana, path, at_the_end):
    ana.post(f"{path}/rest", data=resting(ana, path)[1])
    assert "Rest no longer, or choose something else" in words(ana.get(path))
    ana.post(f"{path}/renew", data={"number": "4", **hidden(ana.get(f"{path}/renew"))})
    assert "Friday 3 April is meeting 1 of 4." in words(ana.get(path))


def test_who_rests_no_more_meets_on_what_the_rest_skipped_and_on_nothing_else(ana, bo, path, cast, meetings, move_to):
    ana.post(path, data={"number": "12"})
    ana.post(f"/c/{cast.table}/meetings/{meetings[1].id}/skip")
    move_to(NOW + timedelta(minutes=1))
    ana.post(f"{path}/rest", data=resting(ana, path)[1])
    move_to(NOW + timedelta(minutes=2))
    ana.post(f"{path}/rest", data=resting(ana, path, "2026-04-10")[1])
    asked = ana.get(f"{path}/choose")
    assert "Friday 6 March" in words(asked)
    assert "Friday 13 March" not in words(asked)
    seen = {"seen": hidden(asked)["seen"]}
    for client in (ana, ana, bo):
        assert client.post(f"{path}/again", data=seen).status_code == 303
    skipped = [one.id for one in Meeting.select().where(Meeting.skipped)]
    assert skipped == [meetings[1].id]
    assert "Friday 6 March is meeting 1 of 12." in words(ana.get(path))


def test_resting_no_more_upon_what_stands_no_longer_changes_nothing(ana, bo, path, at_the_end):
    ana.post(f"{path}/rest", data=resting(ana, path)[1])
    seen = {"seen": hidden(bo.get(f"{path}/choose"))["seen"]}
    ana.post(f"{path}/rest", data=resting(ana, path, "2026-04-10")[1])
    assert bo.post(f"{path}/again", data=seen).status_code == 409
    assert stands().chosen == "rest"


def closing(client, path, last):
    told = client.post(f"{path}/close", data={**hidden(client.get(f"{path}/close")), "last": last})
    return told, {**hidden(told), "last": last}


def test_closing_ends_the_series_after_the_last_and_keeps_what_was(ana, path, meetings, at_the_end):
    told, data = closing(ana, path, meetings[3].id)
    assert "Friday 3 April" in words(told)
    assert len(kept()) > 40, "nothing goes before it was said yes to"
    for _twice in range(2):
        assert ana.post(f"{path}/close", data=data).status_code == 303
    assert [one.id for one in kept()] == [one.id for one in meetings[:4]]
    extend_series(meetings[3].ends_at)
    assert len(kept()) == 4
    assert "Your last meeting is on Friday 27 March." in words(ana.get(path))


def test_closing_while_the_last_meeting_is_on_never_touches_it(ana, move_to, path, meetings, at_the_end):
    ana.post(f"{path}/close", data=closing(ana, path, meetings[1].id)[1])
    assert [one.id for one in kept()] == [one.id for one in meetings[:2]]
    assert [one.ended_at is not None for one in Series.select()] == [True]
    move_to(meetings[1].ends_at)
    assert "your last meeting has been" in words(ana.get(path))


def test_closing_with_the_one_that_has_been_can_be_tapped_twice(ana, move_to, path, meetings, at_the_end):
    move_to(meetings[1].ends_at + timedelta(hours=1))
    data = closing(ana, path, "was")[1]
    assert ana.post(f"{path}/close", data=data).status_code == 303
    move_to(meetings[1].ends_at + timedelta(hours=1, seconds=2))
    assert ana.post(f"{path}/close", data=data).status_code == 303
    assert len(kept()) == 2


def test_a_last_meeting_that_is_none_of_ours_is_refused(ana, path, at_the_end):
    answer = closing(ana, path, "a" * 26)[0]
    assert answer.status_code == 422
    assert "Please choose another." in words(answer)


def test_a_last_meeting_past_midnight_is_named_by_the_day_it_begins(ana, cast, clock):
    agree(cast["Ana"].seat(), weekly(local(NOW, ZONE).date() + timedelta(days=2), at=time(23)), NOW)
    path = f"/c/{cast.table}/season"
    ana.post(path, data={"number": "3"})
    first = Meeting.select().order_by(Meeting.starts_at).get()
    ana.post(f"{path}/close", data=closing(ana, path, first.id)[1])
    assert "Your last meeting is on Friday 6 March." in words(ana.get(path))
    assert "Your last meeting is on 6 March." in words(ana.get(f"/c/{cast.table}"))


def test_a_last_meeting_that_is_moved_after_closing_is_told_where_it_is(ana, cast, path, meetings, at_the_end):
    ana.post(f"{path}/close", data=closing(ana, path, meetings[3].id)[1])
    last, week = Meeting.get_by_id(meetings[3].id), timedelta(days=7)
    last.move(cast["Ana"].seat(), last.starts_at + week, last.ends_at + week, last.sequence, meetings[1].ends_at)
    assert "Your last meeting is on Friday 3 April." in words(ana.get(path))


def test_dates_that_are_set_after_closing_end_it_by_themselves(ana, cast, path, meetings, at_the_end):
    ana.post(f"{path}/close", data=closing(ana, path, meetings[1].id)[1])
    agree(cast["Ana"].seat(), weekly(meetings[1].day + timedelta(days=14)), meetings[1].ends_at)
    assert "You chose to close" not in words(ana.get(path))
    assert "You chose to close" not in words(ana.get(f"/c/{cast.table}"))
    data = {"number": "4", **hidden(ana.get(path))}
    for _twice in range(2):
        assert ana.post(path, data=data).status_code == 303
    assert [one.chosen for one in Season.select().order_by(Season.made_at)] == ["close", None]
    assert "Friday 27 March is meeting 1 of 4." in words(ana.get(path))


def test_where_no_meeting_has_been_none_that_has_been_is_offered(ana, move_to, path, meetings):
    ana.post(path, data={"number": "3"})
    assert "The one that has been" not in ana.get(f"{path}/close").text
    move_to(meetings[0].ends_at)
    assert "The one that has been" in ana.get(f"{path}/close").text


def test_a_table_without_any_date_can_close_too(ana, cast, clock):
    path = f"/c/{cast.table}/season"
    ana.post(path, data={"number": "3"})
    assert "None: no date is set" in ana.get(f"{path}/close").text
    ana.post(f"{path}/close", data=closing(ana, path, "was")[1])
    assert "You chose to close." in words(ana.get(path))
    assert "has been" not in words(ana.get(path))


def test_after_an_early_rest_no_later_meeting_counts_for_the_season(ana, move_to, cast, path, meetings):
    ana.post(path, data={"number": "12"})
    move_to(meetings[2].ends_at)
    ana.post(f"{path}/rest", data=resting(ana, path)[1])
    move_to(meetings[6].ends_at)
    drawing = ana.get(path).text.partition('class="strokes"')[2].partition("</svg>")[0]
    assert drawing.count('class="held"') == 3
    assert 'class="next"' not in drawing


def test_closing_says_what_each_does_then_and_what_is_not_built(ana, path, at_the_end):
    said = words(ana.get(f"{path}/close"))
    assert "each of you takes along what is yours and leaves the table" in said
    assert "not built yet" in said


def test_earlier_seasons_have_a_line_each_with_what_was_chosen(ana, move_to, path, meetings, at_the_end):
    assert "Earlier seasons" not in words(ana.get(path))
    ana.post(f"{path}/renew", data={"number": "4", **hidden(ana.get(f"{path}/renew"))})
    said = "One meeting, on 6 March 2026. On 13 March 2026 you chose to go on."
    assert said in words(ana.get(path)), "the second one is on"
    move_to(meetings[3].ends_at)
    said = "2 meetings, from 6 March 2026 to 13 March 2026. On 13 March 2026 you chose to go on."
    assert said in words(ana.get(path))
    ana.post(f"{path}/change", data={"number": "2", **hidden(ana.get(f"{path}/change"))})
    said = words(ana.get(path))
    assert "to 27 March 2026. On 27 March 2026 you chose to change something and go on." in said
    assert said.index("20 March") < said.index("6 March 2026")


def test_a_season_that_was_closed_counts_up_to_its_last_meeting(ana, cast, move_to, path, meetings, at_the_end):
    ana.post(f"{path}/close", data=closing(ana, path, meetings[1].id)[1])
    move_to(meetings[3].ends_at)
    assert "Earlier seasons" not in words(ana.get(path))
    agree(cast["Ana"].seat(), weekly(meetings[4].day), meetings[3].ends_at)
    said = "2 meetings, from 6 March 2026 to 13 March 2026. On 13 March 2026 you chose to close."
    assert said in words(ana.get(path))


RESTED, WENT_ON = "On 13 March 2026 you chose to rest.", "On 20 March 2026 you chose to go on."


def test_who_rested_and_then_went_on_finds_both_with_their_days(ana, move_to, path, meetings, at_the_end):
    """Sent twice, each stands there once; and who wrote it down stands nowhere."""
    data = resting(ana, path)[1]
    for _twice in range(2):
        ana.post(f"{path}/rest", data=data)
    move_to(meetings[2].ends_at)
    data = {"number": "4", **hidden(ana.get(f"{path}/renew"))}
    for _twice in range(2):
        assert ana.post(f"{path}/renew", data=data).status_code == 303
    said = words(ana.get(path))
    assert f"2 meetings, from 6 March 2026 to 13 March 2026. {RESTED} {WENT_ON}" in said
    assert said.count("you chose") == 2


def test_a_rest_that_is_made_longer_while_it_goes_on_is_one_rest(ana, move_to, path, meetings, at_the_end):
    ana.post(f"{path}/rest", data=resting(ana, path)[1])
    move_to(meetings[2].ends_at)
    ana.post(f"{path}/rest", data=resting(ana, path, "2026-04-10")[1])
    ana.post(f"{path}/renew", data={"number": "4", **hidden(ana.get(f"{path}/renew"))})
    assert f"13 March 2026. {RESTED.replace('13', '20')} {WENT_ON}" in words(ana.get(path))


def test_a_second_rest_after_the_first_one_is_over_is_another(ana, move_to, path, meetings, at_the_end):
    ana.post(f"{path}/rest", data=resting(ana, path)[1])
    move_to(datetime(2026, 4, 7))
    ana.post(f"{path}/rest", data=resting(ana, path, "2026-05-10")[1])
    ana.post(f"{path}/renew", data={"number": "4", **hidden(ana.get(f"{path}/renew"))})
    said = words(ana.get(path))
    assert f"{RESTED} On 6 April 2026 you chose to rest. On 6 April 2026 you chose to go on." in said


def test_a_rest_that_was_taken_back_before_any_date_went_by_was_none(ana, move_to, path, meetings, at_the_end):
    for rests_a_week in (False, True):
        ana.post(f"{path}/rest", data=resting(ana, path)[1])
        if rests_a_week:
            move_to(meetings[2].ends_at)
        assert ana.post(f"{path}/again", data={"seen": stands().seen}).status_code == 303
        assert [one.chosen for one in ChosenBefore.select()] == ["rest"] * rests_a_week
    ana.post(f"{path}/renew", data={"number": "4", **hidden(ana.get(f"{path}/renew"))})
    assert f"{RESTED} {WENT_ON}" in words(ana.get(path))


def test_who_rested_and_then_closed_finds_both_once_the_last_meeting_has_been(ana, move_to, path, meetings, at_the_end):
    ana.post(f"{path}/rest", data=resting(ana, path)[1])
    move_to(meetings[2].ends_at)
    ana.post(f"{path}/close", data=closing(ana, path, "was")[1])
    said = words(ana.get(path))
    assert f"{RESTED} {WENT_ON.replace('go on', 'close')}" in said


def test_closing_tells_what_goes_with_a_date_and_what_is_only_skipped(ana, cast, path, meetings, at_the_end):
    seat, far = cast["Ana"].seat(), meetings[20]
    write_plan(far, seat, LIBRARY, "Bring cups", seal_mark(None))
    moved, weeks = meetings[2], timedelta(weeks=30)
    now = meetings[1].starts_at + timedelta(minutes=6)
    moved.move(seat, moved.starts_at + weeks, moved.ends_at + weeks, moved.sequence, now)
    told, data = closing(ana, path, meetings[3].id)
    go, _heading, skipped = words(told).partition("These meetings are skipped")
    assert "Its plan goes with it." in go
    assert "Friday 16 October" in skipped
    assert "Its plan" not in skipped
    ana.post(f"{path}/close", data=data)
    assert Meeting.get_by_id(moved.id).skipped
    assert Meeting.get_or_none(Meeting.id == far.id) is None


@pytest.mark.parametrize("name", ["Cy", "Stew"])
def test_at_another_table_and_for_the_steward_there_is_nothing(app, name, path, at_the_end):
    client = enter(app, name)
    assert client.post(f"{path}/again", data={"seen": at_the_end.seen}).status_code == 404
    for one in PATHS:
        assert client.get(path + one).status_code == 404
        if one != "/choose":
            assert client.post(path + one, data={"number": "4", "seen": at_the_end.seen}).status_code == 404
    assert Season.get().chosen is None
