"""A portal's own lists: written whole or not at all, seen by every process, and never in the way of who needs help."""

import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from portal import paths
from portal.config import Settings
from portal.errors import Unfit
from portal.resources import shelf
from portal.resources.access import Lists
from portal.resources.pack import everything
from tests.resources.lists_for_tests import GOOD

WRITER = """
import sys
from pathlib import Path
from portal.resources import shelf
own = Path(sys.argv[1])
texts = ["first " * 40_000, "second " * 40_000]
while True:
    for text in texts:
        shelf.keep(own, "elm-street", text, shelf.version(own, "elm-street"))
"""


def lists(tmp_path, places=("us",)) -> Lists:
    return Lists(replace(Settings(), data_dir=tmp_path, places=places))


def keys(found: Lists) -> set[str]:
    return {entry.key for entry in everything(found.packs())}


def test_a_list_is_effective_at_once_in_every_process(tmp_path):
    here, elsewhere = lists(tmp_path), lists(tmp_path)
    assert "soup" not in keys(here) | keys(elsewhere)
    assert shelf.keep(here.own, "elm-street", GOOD, "")
    assert "soup" in keys(here) & keys(elsewhere)
    assert shelf.remove(elsewhere.own, "elm-street")
    assert "soup" not in keys(here) | keys(elsewhere)
    assert not shelf.remove(here.own, "elm-street")


def test_what_is_shipped_is_read_once(tmp_path):
    found = lists(tmp_path)
    assert found.packs() is found.packs()


def test_an_own_list_stands_after_ours_or_where_the_setting_names_it(tmp_path):
    shelf.keep(tmp_path / "help", "elm-street", GOOD, "")
    assert [pack.place for pack in lists(tmp_path, ("us", "us-ca-los-angeles")).packs()] == [
        "us", "us-ca-los-angeles", "elm-street",
    ]  # fmt: skip
    assert [pack.place for pack in lists(tmp_path, ("elm-street", "us")).packs()] == ["elm-street", "us"]


def test_an_own_list_of_the_same_name_stands_in_for_ours_and_ours_comes_back(tmp_path):
    found = lists(tmp_path)
    shelf.keep(found.own, "us", GOOD.replace("place: elm-street", "place: us"), "")
    assert keys(found) == {"soup"}
    shelf.remove(found.own, "us")
    assert "lifeline-988" in keys(found)


def test_of_two_who_keep_a_list_at_once_only_the_first_is_taken(tmp_path):
    own = tmp_path / "help"
    was = shelf.version(own, "elm-street")
    assert shelf.keep(own, "elm-street", GOOD, was)
    assert not shelf.keep(own, "elm-street", GOOD.replace("Soup", "Bread"), was)
    assert "Soup" in (own / "elm-street.yaml").read_text(encoding="utf-8")
    assert shelf.keep(own, "elm-street", GOOD.replace("Soup", "Bread"), shelf.version(own, "elm-street"))


def test_only_the_portal_can_read_and_write_what_it_keeps(tmp_path):
    shelf.keep(tmp_path / "help", "elm-street", GOOD, "")
    assert (tmp_path / "help").stat().st_mode & 0o077 == 0
    assert (tmp_path / "help" / "elm-street.yaml").stat().st_mode & 0o077 == 0


def test_a_killed_process_leaves_a_whole_list(tmp_path):
    own = tmp_path / "help"
    whole = {"first " * 40_000, "second " * 40_000}
    for moment in (0.5, 0.503, 0.507, 0.511):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(own)], cwd=paths.TEMPLATES.parent)
        while not (own / "elm-street.yaml").exists():
            time.sleep(0.01)
        time.sleep(moment - 0.4)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        assert (own / "elm-street.yaml").read_text(encoding="utf-8") in whole
    shelf.keep(own, "elm-street", GOOD, shelf.version(own, "elm-street"))
    assert {path.name for path in own.iterdir()} == {"elm-street.yaml", ".lock"}, (
        "what was half written is cleared away"
    )


def test_a_broken_list_stops_the_start_with_its_file_and_line(tmp_path):
    (tmp_path / "help").mkdir()
    (tmp_path / "help" / "elm-street.yaml").write_text(GOOD.replace("free", "cheap"), encoding="utf-8")
    with pytest.raises(Unfit, match=r"help/elm-street\.yaml, line 7: “cheap” is not one of"):
        lists(tmp_path).refuse_unfit()


def test_a_key_that_ours_use_stops_the_start(tmp_path):
    (tmp_path / "help").mkdir()
    (tmp_path / "help" / "elm-street.yaml").write_text(GOOD.replace("key: soup", "key: help-211"), encoding="utf-8")
    with pytest.raises(Unfit, match=r"help/elm-street\.yaml, line 1: “help-211” also stands in us\.yaml"):
        lists(tmp_path).refuse_unfit()


def test_a_file_that_cannot_be_read_stops_the_start_in_words(tmp_path):
    (tmp_path / "help" / "elm-street.yaml").mkdir(parents=True)
    with pytest.raises(Unfit, match=r"elm-street\.yaml, line 1: "):
        lists(tmp_path).refuse_unfit()


def test_a_place_that_nobody_has_stops_the_start(tmp_path):
    with pytest.raises(Unfit, match=r"there is no such place. Known: us, us-ca-los-angeles\."):
        lists(tmp_path, ("us", "atlantis")).refuse_unfit()


def test_a_fault_made_by_hand_while_the_portal_runs_takes_no_line_away(tmp_path):
    found = lists(tmp_path)
    shelf.keep(found.own, "elm-street", GOOD, "")
    assert "soup" in keys(found)
    (found.own / "elm-street.yaml").write_text("broken: [", encoding="utf-8")
    assert {"soup", "lifeline-988"} <= keys(found)
    assert "elm-street.yaml, line" in str(found.fault)
    (found.own / "elm-street.yaml").write_text(GOOD.replace("key: soup", "key: bread"), encoding="utf-8")
    assert "bread" in keys(found)
    assert found.fault is None


def test_a_process_that_meets_the_fault_first_shows_what_is_ours(tmp_path):
    found = lists(tmp_path)
    found.own.mkdir()
    (found.own / "elm-street.yaml").write_text("broken: [", encoding="utf-8")
    assert "lifeline-988" in keys(found)
    assert found.fault


def test_a_start_reads_no_list_that_tests_have_proven(tmp_path):
    """Reading them takes a tenth of the start of a small machine."""
    start = "import sys; from portal import create_app; from portal.config import Settings; from pathlib import Path\n"
    start += "create_app(Settings.load({}, data_dir=Path(sys.argv[1])))\n"
    start += "print('portal.resources.entries' in sys.modules, 'yaml' in sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", start, str(tmp_path / "portal")],
        cwd=paths.TEMPLATES.parent, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert run.stdout.split() == ["False", "False"]
