"""When mail is due: never in quiet hours, never too late, once a week where that was chosen; in every zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from portal.notices.timing import Wanted, after_quiet, before, is_quiet, soon

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ODD = (
    "Africa/Cairo", "America/Santiago", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Chatham",
    "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "America/St_Johns", "Antarctica/Troll", "UTC",
)  # fmt: skip
hours = st.integers(0, 23)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1)).map(lambda m: m.replace(microsecond=0))
plain = st.builds(
    Wanted,
    zone=st.sampled_from(ODD),
    early=st.sampled_from([HOUR, 3 * HOUR, DAY, 2 * DAY]),
    quiet=st.tuples(hours, hours),
)
weekly = st.builds(
    Wanted,
    zone=st.sampled_from(ODD),
    early=st.just(DAY),
    quiet=st.tuples(hours, hours),
    digest=st.tuples(st.integers(0, 6), hours),
)
ahead = st.integers(-90 * 60, 20 * 24 * 3600).map(lambda seconds: timedelta(seconds=seconds))


def wall(moment, zone):
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))


def friday(*, hour, quiet=(21, 8), early=DAY, zone="America/Chicago", digest=None):
    """A meeting on Friday 27 November 2026 at that hour on the wall, and how mail is wanted."""
    wanted = Wanted(zone, early, quiet, digest)
    at = datetime(2026, 11, 27, hour, tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)
    return at, wanted


def told(at, wanted, now):
    moment = before(at, at, wanted, now)
    return moment and f"{wall(moment, wanted.zone):%a %H:%M}"


def test_a_reminder_comes_as_early_as_was_chosen():
    at, wanted = friday(hour=18)
    assert told(at, wanted, at - 5 * DAY) == "Thu 18:00"


def test_one_that_would_fall_into_the_quiet_hours_comes_before_they_begin():
    at, wanted = friday(hour=9, early=3 * HOUR)
    assert told(at, wanted, at - 5 * DAY) == "Thu 20:30"


def test_of_what_is_set_at_short_notice_one_is_reminded_at_once():
    at, wanted = friday(hour=18)
    now = at - 3 * HOUR
    assert before(at, at, wanted, now) == now


def test_of_what_is_set_at_night_one_is_reminded_in_the_morning():
    at, wanted = friday(hour=18)
    assert told(at, wanted, at - 13 * HOUR) == "Fri 08:00"


def test_what_begins_before_the_quiet_ends_disturbs_nobody():
    at, wanted = friday(hour=7)
    assert before(at, at, wanted, at - 5 * HOUR) is None


def test_nobody_is_reminded_of_what_has_begun():
    at, wanted = friday(hour=18)
    assert before(at, at, wanted, at) is None


def test_what_is_new_is_told_at_once_or_in_the_morning():
    at, wanted = friday(hour=18)
    assert soon(at, wanted, at - DAY) == at - DAY
    assert f"{wall(soon(at, wanted, at - 20 * HOUR), wanted.zone):%a %H:%M}" == "Fri 08:00"


def test_a_digest_comes_once_and_names_what_follows_it():
    at, wanted = friday(hour=18, digest=(6, 17))
    assert told(at, wanted, at - 9 * DAY) == "Sun 17:00"
    assert told(at, wanted, at - 3 * DAY) is None, "the last one before it went out"
    assert f"{wall(soon(at + 9 * DAY, wanted, at), wanted.zone):%a %H:%M}" == "Sun 17:00"


@given(plain, moments, ahead)
def test_no_reminder_comes_in_the_quiet_hours_or_too_late_or_before_now(wanted, now, later):
    at = now + later
    moment = before(at, at, wanted, now)
    if moment is not None:
        assert now <= moment < at
        assert not is_quiet(moment, wanted)


@given(plain, moments, ahead)
def test_a_reminder_is_left_out_only_if_all_the_time_left_is_quiet(wanted, now, later):
    at = now + later
    if before(at, at, wanted, now) is None:
        left = (now + n * timedelta(minutes=1) for n in range(int(max(later, timedelta(0)).total_seconds() // 60)))
        assert all(is_quiet(moment, wanted) for moment in left)


@given(plain, moments, st.timedeltas(5 * DAY, 20 * DAY))
def test_quiet_hours_make_a_reminder_earlier_and_never_later(wanted, now, later):
    at = now + timedelta(minutes=later // timedelta(minutes=1))
    moment = before(at, at, wanted, now)
    if moment is not None and at - wanted.early >= now + 2 * DAY:
        assert moment <= at - wanted.early
        assert moment > at - wanted.early - 26 * HOUR, "an hour or two may be lost to a change of clocks"


@given(plain, moments, ahead)
def test_what_is_new_waits_for_no_more_than_the_quiet(wanted, now, later):
    moment = soon(now + later, wanted, now)
    if moment is not None:
        assert now <= moment < now + later
        assert not is_quiet(moment, wanted)
        assert moment == now or is_quiet(moment - timedelta(seconds=1), wanted) or is_quiet(now, wanted)
    assert after_quiet(now, wanted) - now <= 25 * HOUR


@given(weekly, moments, ahead)
def test_a_digest_falls_on_its_day_and_hour(wanted, now, later):
    at, (weekday, hour) = now + later, wanted.digest
    for moment in (before(at, at, wanted, now), soon(at, wanted, now)):
        if moment is not None:
            assert now <= moment < at
            there = wall(moment, wanted.zone)
            jumped = wall(moment - 3 * HOUR, wanted.zone).utcoffset() != there.utcoffset()  # Troll jumps two hours
            skipped = wall(moment - DAY, wanted.zone).date() != there.date() - DAY  # Apia left out a whole day
            assert (there.weekday(), there.hour) == (weekday, hour) or jumped or skipped


@given(weekly, moments, st.timedeltas(16 * DAY, 20 * DAY))
def test_everything_far_enough_ahead_stands_in_exactly_one_digest(wanted, now, later):
    at = now + timedelta(minutes=later // timedelta(minutes=1))
    moment = before(at, at, wanted, now)
    assert moment is not None
    assert at - moment <= 7 * DAY + 2 * HOUR
    assert before(at, at, wanted, moment) == moment
