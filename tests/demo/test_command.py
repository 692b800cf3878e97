"""The `demo` command, as tools and visitors meet it: a process of its own, beside a real portal."""

import json
import re
import signal
import subprocess
import sys
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from portal.demo.commands import in_words, spoken
from tests.ports import free_port

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path):
    """A folder with a real portal in it, as one has after `python3 run.py`."""
    where = tmp_path / "home"
    where.mkdir()
    (where / "tmp").mkdir()
    portal(where, "migrate").check_returncode()
    (where / "instance" / "portal.toml").write_text('base_url = "https://elm.example.org"\n')
    return where


def environ(home):
    """The real portal's settings stand in the environment, as they would for a service."""
    return {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "TMPDIR": str(home / "tmp"),
        "PORTAL_DATA_DIR": str(home / "instance"),
        "PORTAL_LISTEN": "127.0.0.1:1",
        "PORTAL_SECRET_KEY": "the real portal signs its cookies with this",
        "LANG": "es_MX.UTF-8",
    }


def portal(home, *words):
    command = [sys.executable, "-m", "portal.commands", *words]
    return subprocess.run(command, env=environ(home), cwd=home, capture_output=True, text=True, timeout=600)


@pytest.fixture
def serving(home):
    """Start a demo; returns the process and the line it said. It is stopped after the test."""
    started = []

    def start(*words):
        listen = f"127.0.0.1:{free_port()}"
        command = [sys.executable, "-m", "portal.commands", "demo", "--json", "--listen", listen, *words]
        process = subprocess.Popen(
            command, env=environ(home), cwd=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        return process, process.stdout.readline()

    yield start
    for process in started:
        process.kill()
        process.communicate()


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def enter(url, one):
    """The page one comes to with a name and its words, through the real form."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    form = browser.open(f"{url}/enter").read().decode()
    (token,) = re.findall(r'name="csrf_token"[^>]* value="([^"]+)"', form)
    words = {"csrf_token": token, "name": one["name"], "passphrase": one["passphrase"]}
    return browser.open(f"{url}/enter", urllib.parse.urlencode(words).encode())


def test_it_says_one_line_that_a_tool_understands_and_goes_without_a_trace(serving, home):
    before = contents(home / "instance")
    process, line = serving()
    told = json.loads(line)
    assert set(told) == {"url", "people"}
    for one in told["people"]:
        assert set(one) == {"name", "passphrase", "steward", "circles"}
        assert len(one["passphrase"].split()) == 5
        assert all(re.fullmatch(r"/c/[a-z2-7]{26}", circle["path"]) for circle in one["circles"])
    first = told["people"][0]
    assert first["circles"][0]["path"] in enter(told["url"], first).read().decode()
    process.send_signal(signal.SIGTERM)
    rest, said = process.communicate(timeout=120)
    assert rest == ""
    assert "Traceback" not in said
    assert process.returncode == 0
    assert list((home / "tmp").iterdir()) == []
    assert contents(home / "instance") == before


def test_it_speaks_the_language_of_the_computer_unless_told_otherwise(serving):
    _, line = serving()
    assert json.loads(line)["people"][0]["circles"][0]["name"] == "La mesa de los jueves"
    _, line = serving("--language", "en")
    assert json.loads(line)["people"][0]["circles"][0]["name"] == "The Thursday table"


def test_a_folder_that_is_kept_gives_the_same_people_again(serving, home):
    process, line = serving("--data", "kept")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=120)
    _, again = serving("--data", "kept")
    assert json.loads(again)["people"] == json.loads(line)["people"]
    assert (home / "kept" / "people.json").stat().st_mode & 0o777 == 0o600
    assert (home / "kept" / "secret_key").exists(), "it took the real portal’s key out of the environment"
    assert enter(json.loads(again)["url"], json.loads(line)["people"][1]).status == 200


def test_it_refuses_the_folder_of_a_real_portal_and_leaves_it_as_it_was(home):
    before = contents(home / "instance")
    answer = portal(home, "demo", "--data", "instance")
    assert answer.returncode == 1
    assert answer.stderr == (
        "Error: instance holds something that is no demo. Nothing in it was touched; name another folder.\n"
    )
    assert contents(home / "instance") == before


def test_a_kept_demo_that_is_served_like_a_real_portal_is_still_called_weak(serving, home):
    process, _ = serving("--data", "kept")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=120)
    command = [sys.executable, "-m", "portal.commands", "check"]
    kept = environ(home) | {"PORTAL_DATA_DIR": "kept"}
    assert "demo is on" in subprocess.run(command, env=kept, cwd=home, capture_output=True, text=True).stdout


@pytest.mark.parametrize(
    ("environ", "language"),
    [({"LANG": "es_ES.UTF-8"}, "es"), ({"LANG": "es_MX", "LC_ALL": "en_US"}, "en"), ({"LANG": "C"}, "en"), ({}, "en")],
)
def test_the_language_comes_from_the_system(environ, language):
    assert spoken(environ) == language


def test_people_read_names_words_and_tables():
    steward = {"name": "Wren", "passphrase": "a b", "steward": True, "circles": []}
    member = {"name": "Kai", "passphrase": "kite shoe", "steward": False, "circles": [{"name": "Porch"}]}
    said = in_words("http://localhost:8090", [member, steward], None)
    assert "open at http://localhost:8090\n" in said
    assert "    Kai    kite shoe   Porch\n    Wren   a b         runs the portal\n" in said
    assert said.endswith("erases it.")
