"""What is sealed opens with its key, in its place, whole; and in no other way."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from nacl.bindings import sodium_unpad
from nacl.exceptions import CryptoError

from portal.vault import Unsealable, derive, mac, open_from, pad, pair, seal, seal_to, unpad, unseal
from portal.vault.sealing import SUITE, _seal

KEY = bytes(range(32))
PLACE = "piece|1|text"
texts = st.binary(max_size=300)
places = st.text(max_size=40)


def test_a_purpose_always_derives_the_same_bytes():
    assert derive(KEY, "content").hex() == "c8676818ae137099bcfcdfcb88652528d50526f2403a14afeb054fcb1df11c32"
    assert derive(KEY[:20], "lookup").hex() == "3948fdd6bb0e338715eebac6706c34e28cddbed186b1a108457aa64b5b12648c"


def test_a_mac_is_the_same_everywhere():
    assert mac(KEY, "tag", "circle", 7, b"\x00\x01").hex() == "681663af022a52deefa37ecccef24834"


def test_a_known_nonce_gives_the_known_ciphertext():
    sealed = _seal(KEY, b"we meet on Tuesday", PLACE, bytes(range(24)))
    assert sealed.hex() == (
        "01000102030405060708090a0b0c0d0e0f1011121314151617e9a72f12f5b7f98e"
        "5c2a069abe37db8c2a3ea351aa2e950a700bf4e4e36fe18b5feb"
    )
    assert unseal(KEY, sealed, PLACE) == b"we meet on Tuesday"


def test_a_sealed_box_from_before_still_opens():
    sealed = bytes.fromhex(
        "013a63513c40ce3827dc4a5cf36d3491278c4eba363d3705ded4a721f1aeb6850f2f9a6e813a181251ca55825b521b0e5ac425be7cc0914b3d4a0f43512b051e84d0d1b9bd1d10f73cf101c16533eca3cbfebb"
    )
    assert open_from(pair(KEY), sealed, PLACE) == b"we meet on Tuesday"


def test_a_secret_always_makes_the_same_pair():
    assert bytes(pair(KEY).public_key).hex() == "13e4c4063194ce8ddb44974750d451857c0dae9ea479762fa82cc25b9639106f"


@given(texts, places)
def test_what_was_sealed_opens(text, place):
    assert unseal(KEY, seal(KEY, text, place), place) == text
    assert open_from(pair(KEY), seal_to(bytes(pair(KEY).public_key), text, place), place) == text


@given(texts, places, places)
def test_a_ciphertext_moved_to_another_place_is_refused(text, place, elsewhere):
    assume(place != elsewhere)
    with pytest.raises(Unsealable):
        unseal(KEY, seal(KEY, text, place), elsewhere)
    with pytest.raises(Unsealable):
        open_from(pair(KEY), seal_to(bytes(pair(KEY).public_key), text, place), elsewhere)


@given(texts, st.data())
def test_a_flipped_bit_is_refused(text, data):
    for sealed, unsealed in both_ways(text):
        at = data.draw(st.integers(0, len(sealed) - 1))
        flipped = sealed[at] ^ (1 << data.draw(st.integers(0, 7)))
        with pytest.raises(Unsealable):
            unsealed(sealed[:at] + bytes([flipped]) + sealed[at + 1 :])


@given(texts, st.data())
def test_a_cut_or_lengthened_ciphertext_is_refused(text, data):
    for sealed, unsealed in both_ways(text):
        with pytest.raises(Unsealable):
            unsealed(sealed[: data.draw(st.integers(0, len(sealed) - 1))])
        with pytest.raises(Unsealable):
            unsealed(sealed + data.draw(st.binary(min_size=1, max_size=9)))


@given(texts, st.integers(0, 255))
def test_an_unknown_suite_is_refused(text, suite):
    assume(bytes([suite]) != SUITE)
    for sealed, unsealed in both_ways(text):
        with pytest.raises(Unsealable, match="unknown suite"):
            unsealed(bytes([suite]) + sealed[1:])


@given(texts)
def test_another_key_opens_nothing(text):
    other = derive(KEY, "another")
    with pytest.raises(Unsealable):
        unseal(other, seal(KEY, text, PLACE), PLACE)
    with pytest.raises(Unsealable):
        open_from(pair(other), seal_to(bytes(pair(KEY).public_key), text, PLACE), PLACE)


def test_sealing_twice_never_looks_the_same():
    assert seal(KEY, b"words", PLACE) != seal(KEY, b"words", PLACE)


@given(st.lists(st.text(max_size=9), min_size=1, max_size=4), st.lists(st.text(max_size=9), min_size=1, max_size=4))
def test_two_lists_of_facts_never_share_a_mac(facts, others):
    assume(facts != others)
    assert mac(KEY, "tag", *facts) != mac(KEY, "tag", *others)


@given(st.binary(max_size=9000), st.sampled_from([16, 4096, 65536]))
def test_padding_comes_off_again_and_hides_the_length(text, step):
    padded = pad(text, step)
    assert unpad(padded, step) == text
    assert len(padded) % step == 0
    assert 0 < len(padded) - len(text) <= step


def test_what_was_never_padded_is_refused():
    with pytest.raises(Unsealable):
        unpad(b"no padding here!", 16)


@given(st.binary(max_size=40), st.integers(0, 40), st.sampled_from([1, 16, 32]))
def test_padding_comes_off_exactly_where_libsodium_takes_it_off(text, zeros, step):
    padded = text + b"\x80" + bytes(zeros)
    assume(len(padded) >= step)
    try:
        bare = sodium_unpad(padded, step)
    except CryptoError:
        with pytest.raises(Unsealable, match="not padded"):
            unpad(padded, step)
    else:
        assert unpad(padded, step) == bare


def both_ways(text):
    """The same text under a key and to a public key, each with what opens it."""
    yield seal(KEY, text, PLACE), lambda sealed: unseal(KEY, sealed, PLACE)
    yield seal_to(bytes(pair(KEY).public_key), text, PLACE), lambda sealed: open_from(pair(KEY), sealed, PLACE)
