from hypothesis import given
from hypothesis import strategies as st

from portal.media.space import leaves_enough, within_quota

bytes_of = st.integers(0, 2**50)


@given(free=bytes_of, adding=bytes_of, floor=bytes_of)
def test_what_is_taken_never_goes_below_the_floor(free, adding, floor):
    assert leaves_enough(free, adding, floor) == (adding + floor <= free)
    assert not leaves_enough(free, free - floor + 1, floor)


@given(used=bytes_of, adding=bytes_of, quota=bytes_of)
def test_nobody_keeps_more_than_their_quota(used, adding, quota):
    assert within_quota(used, adding, quota) == (adding <= quota - used)
    assert within_quota(used, quota - used, quota)
