"""A passphrase is stretched once, at a price this machine can pay, and obvious ones are refused."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.vault import CEILING, FLOOR, LENGTH, Cost, calibrate, five_words, passphrase, stretch, too_weak
from portal.vault.passphrase import LADDER, LONGEST_WAIT, MIB

SALT = bytes(range(16))


def test_the_same_words_always_stretch_to_the_same_keys():
    stretched = stretch("five quiet otters by the river", SALT, FLOOR)
    assert stretched.verifier.hex() == "28a6bbc80b5c1418578114af8e889c9ad7cb9bf521d6eb5643415d06fa1c8c16"
    assert stretched.kek.hex() == "d13c6ff5053182f62d60d36a15b6ed3d06b60a8480a7528e1b296733aea6e1a9"


def test_an_accent_typed_on_another_keyboard_is_the_same_accent():
    assert stretch("café en la montaña", SALT, FLOOR) == stretch("cafe\u0301 en la montan\u0303a", SALT, FLOOR)


def test_another_salt_or_cost_gives_other_keys():
    first = stretch("five quiet otters", SALT, FLOOR)
    assert stretch("five quiet otters", bytes(16), FLOOR).kek != first.kek
    assert stretch("five quiet otters", SALT, Cost(3, 19 * MIB)).kek != first.kek


def test_the_price_is_never_below_the_floor():
    assert calibrate(timer_that_takes(10.0)) == FLOOR == Cost(2, 19 * MIB)


def test_a_fast_machine_pays_no_more_than_the_ceiling():
    assert calibrate(timer_that_takes(0.0)) == CEILING
    assert CEILING.mem == 64 * MIB


def test_the_price_is_the_last_one_within_the_wait():
    assert calibrate(timer_that_takes(LONGEST_WAIT, LONGEST_WAIT, LONGEST_WAIT + 0.01)) == LADDER[1]


def test_each_rung_costs_more_than_the_one_before():
    assert all(a.ops * a.mem < b.ops * b.mem for a, b in itertools.pairwise(LADDER))


@pytest.mark.parametrize(
    ("passphrase", "reason"),
    [
        ("shortwords", "short"),
        ("x y" * 43, "long"),
        ("aaaaaaaaaaaa", "repeated"),
        ("abababababab", "repeated"),
        ("hola hola hola hola", "repeated"),
        ("sing 1 sing 1 sing 1", "repeated"),
        ("123456789012", "common"),
        ("098765432109", "common"),
        ("abcdefghijkl", "common"),
        ("qwertyuiop12", "common"),
        ("1q2w3e4r5t6y", "common"),
        ("password12345", "common"),
        ("Contraseña 2026", "common"),
        ("iloveyou iloveme", "common"),
        ("Te quiero mucho", "common"),
        ("Elm Street 2026!", "portal"),
        ("elm-street-portal", "portal"),
        ("password elm street", "portal"),
    ],
)
def test_what_everybody_would_try_is_refused_with_its_reason(passphrase, reason):
    assert too_weak(passphrase, ("Elm Street Portal",)) == reason


@pytest.mark.parametrize(
    "passphrase",
    [
        "my aunt sings off key",
        "correct horse battery",
        "veintidós nubes sobre el mar",
        "12 otters, elm street",
        "🌱 grows in the rain",
    ],
)
def test_words_of_ones_own_are_welcome(passphrase):
    assert too_weak(passphrase, ("Elm Street Portal",)) is None


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_we_offer_we_also_accept(language):
    assert [too_weak(five_words(language)) for _ in range(500)] == [None] * 500


@given(st.text(min_size=0, max_size=200))
def test_any_text_gets_an_answer(text):
    assert too_weak(text, ("Elm Street", "")) in {None, "short", "long", "repeated", "common", "portal"}


def test_no_sign_or_digit_is_asked_for():
    assert too_weak("otter willow lantern") is None
    assert LENGTH.start == 12


def timer_that_takes(*seconds: float):
    """A clock on which each run takes the next of `seconds`, the last one for ever after."""
    took = itertools.chain(seconds, itertools.repeat(seconds[-1]))
    now = [0.0]
    at_end = itertools.cycle([False, True])

    def timer() -> float:
        now[0] += next(took) if next(at_end) else 0.0
        return now[0]

    return timer


def test_only_the_beginning_of_what_is_far_too_long_is_looked_at():
    """Normalizing alternating marks takes time by the square: a megabyte of them would hold everyone up."""
    long = "a" + "\u0300\u0316" * 100_000
    assert passphrase.normal(long) == passphrase.normal(long[: passphrase.RAW])
    assert passphrase.too_weak(long) == "long"
