"""`portal check`: each weak setting is refused with its sentence."""

from dataclasses import replace
from datetime import datetime

import pytest

from portal.checks import Surroundings, weaknesses
from portal.config import Settings

AROUND = Surroundings(now=datetime(2026, 11, 23), environ={})
STRONG = "0123456789abcdef" * 2


@pytest.fixture
def sound(tmp_path):
    """A portal fit for others: https in front, on the same machine."""
    tmp_path.chmod(0o700)
    return Settings(data_dir=tmp_path, base_url="https://elm.example.org", trusted_proxy="127.0.0.1")


def test_a_sound_portal_has_no_weakness(sound):
    assert weaknesses(sound, AROUND) == []


def test_one_for_this_computer_alone_needs_no_https(sound):
    assert weaknesses(replace(sound, base_url="", trusted_proxy=""), AROUND) == []
    assert weaknesses(replace(sound, base_url="", trusted_proxy="", listen="[::1]:8080"), AROUND) == []


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"base_url": "http://elm.example.org"}, "passphrases would cross the network readable"),
        (
            {"base_url": "", "listen": "0.0.0.0:8080", "trusted_proxy": ""},
            "passphrases would cross the network readable",
        ),
        (
            {"base_url": "", "listen": "elm.local:80", "trusted_proxy": ""},
            "passphrases would cross the network readable",
        ),
        ({"base_url": "", "listen": "0.0.0.0:8080", "trusted_proxy": ""}, "no host name is trusted"),
        ({"base_url": "", "listen": "[::]:8080", "trusted_proxy": ""}, "no host name is trusted"),
        ({"trusted_proxy": ""}, "trusted_proxy is empty"),
        ({"listen": "0.0.0.0:8080"}, "people can go around the web server in front"),
        ({"secret_key": "short"}, "secret_key is too short or too plain"),
        ({"secret_key": "a" * 64}, "secret_key is too short or too plain"),
        ({"demo": True}, "demo is on"),
        ({"base_url": "", "trusted_proxy": "", "smtp_url": "smtp://mail.example"}, "its links would lead to no place"),
    ],
)
def test_a_weak_setting_is_refused_with_its_sentence(sound, changed, sentence):
    assert any(sentence in said for said in weaknesses(replace(sound, **changed), AROUND))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"environ": {"FLASK_DEBUG": "1"}}, "FLASK_DEBUG is set"),
        ({"now": datetime(1970, 1, 1)}, "clock says 1970-01-01"),
        ({"is_root": True}, "root account"),
    ],
)
def test_weak_surroundings_are_refused_with_their_sentence(sound, changed, sentence):
    (said,) = weaknesses(sound, replace(AROUND, **changed))
    assert sentence in said


def test_a_secret_that_was_cut_in_the_data_folder_is_noticed(sound):
    path = sound.data_dir / "secret_key"
    path.touch(mode=0o600)
    path.write_text(STRONG)
    assert weaknesses(sound, AROUND) == []
    path.write_text(STRONG[:10])
    (said,) = weaknesses(sound, AROUND)
    assert f"What lies in {path} is too short" in said


@pytest.mark.parametrize("name", ["", "portal.db", "secret_key", "portal.toml"])
def test_what_other_accounts_could_read_is_named(sound, name):
    path = sound.data_dir / name
    if name:
        path.write_text(STRONG)
        path.chmod(0o640)
    else:
        path.chmod(0o755)
    (said,) = weaknesses(sound, AROUND)
    assert f"can look into {path}." in said
    assert "chmod" in said


def test_every_sentence_says_what_to_do(sound):
    worst = replace(sound, base_url="", listen="0.0.0.0:80", secret_key="a", demo=True)
    sound.data_dir.chmod(0o755)
    said = weaknesses(worst, Surroundings(datetime(1970, 1, 1), {"FLASK_DEBUG": "1"}, is_root=True))
    assert len(said) == 9
    for sentence in said:
        assert any(word in sentence for word in ("Set it", "set base_url", "Put", "Remove", "Close", "Take", "Give"))
