from portal.steward.counts import LEAST, sayable


def test_a_number_below_five_is_never_said():
    assert [sayable(count) for count in range(LEAST)] == [None] * 5
    assert sayable(5) == 5
    assert sayable(100) == 100
