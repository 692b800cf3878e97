"""The `portal` command, as a volunteer meets it: a process of its own on a data folder of its own."""

import http.client
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from portal.commands import main, settings_table
from portal.paths import MIGRATIONS, TEMPLATES
from portal.serving import sweep
from tests.ports import free_port

ROOT = Path(__file__).parents[1]
MEBIBYTE = 1024 * 1024


@pytest.fixture
def kept(tmp_path):
    """The data folder."""
    return tmp_path / "kept"


@pytest.fixture
def environ(kept):
    return {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "PORTAL_DATA_DIR": str(kept),
        "PORTAL_LISTEN": f"127.0.0.1:{free_port()}",
    }


@pytest.fixture
def portal(environ, tmp_path):
    """Run one word of the command to its end, from a folder that is not the checkout."""

    def run(*words, **more):
        command = [sys.executable, "-m", "portal.commands", *words]
        return subprocess.run(command, env=environ | more, cwd=tmp_path, capture_output=True, text=True, timeout=300)

    return run


@pytest.fixture
def serving(environ, tmp_path):
    """Start a portal; returns the process and what it said until it was open. It is stopped after the test."""
    started = []

    def start(**more):
        process = subprocess.Popen(
            [sys.executable, "-m", "portal.commands", "serve"],
            env=environ | more,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        said = []
        for line in process.stdout:
            said.append(line)
            if "To stop it" in line:
                return process, "".join(said)
        raise AssertionError(process.stderr.read())

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def address(environ):
    return f"http://localhost:{environ['PORTAL_LISTEN'].rpartition(':')[2]}"


def status(address):
    with urllib.request.urlopen(address) as answer:  # noqa: S310
        return answer.status


def test_every_command_and_option_explains_itself():
    for name, command in main.commands.items():
        assert command.help, name
        for option in command.params:
            assert option.help, f"{name} {option.name}"
    assert {"serve", "worker", "migrate", "check", "setup-link", "demo", "settings"} <= set(main.commands)


def test_help_is_plain_and_changes_nothing(portal, kept):
    said = portal("--help").stdout
    assert "serve       Start the portal.\n" in said
    assert not kept.exists()


def test_the_first_start_prints_one_address_a_set_up_link_that_answers(serving, address):
    _, said = serving()
    (link,) = re.findall(r"http\S+", said)
    assert link.startswith(f"{address}/setup/")
    assert status(link) == 200


def test_a_set_up_link_can_be_had_again_and_ends_the_one_before(serving, portal):
    _, said = serving()
    (first,) = re.findall(r"http\S+", said)
    second = portal("setup-link").stdout.strip()
    assert status(second) == 200
    with pytest.raises(urllib.error.HTTPError):
        status(first)


def test_once_there_is_a_steward_there_is_no_set_up_link_and_one_plain_address(portal, serving, kept, address):
    portal("migrate")
    with closing(sqlite3.connect(kept / "portal.db")) as database:
        make_a_steward(database)
    answer = portal("setup-link")
    assert (answer.stdout, answer.returncode) == ("", 1)
    assert "set up already" in answer.stderr
    _, said = serving()
    assert re.findall(r"http\S+", said) == [address]


def make_a_steward(database):
    """A row with something in every column that must not be empty."""
    columns = {}
    for _, name, kind, needed, _, _ in database.execute("PRAGMA table_info(person)"):
        if needed:
            columns[name] = 1 if "INT" in kind or "SMALL" in kind else "2026-01-01"
    columns["is_steward"] = 1
    marks = ", ".join("?" * len(columns))
    database.execute(f"INSERT INTO person ({', '.join(columns)}) VALUES ({marks})", list(columns.values()))  # noqa: S608
    database.commit()


def test_what_it_writes_is_closed_to_others_and_its_memory_is_never_dumped(serving, kept):
    process, _ = serving()
    for path in (kept, *kept.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path
    limits = Path(f"/proc/{process.pid}/limits").read_text()
    assert re.search(r"Max core file size\s+0\s+0", limits)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly_and_starts_again(serving, address, how):
    process, _ = serving()
    process.send_signal(how)
    _, complaints = process.communicate(timeout=120)
    assert process.returncode == 0
    assert "Traceback" not in complaints
    serving()
    assert status(f"{address}/enter") == 200


def test_an_address_in_use_is_said_in_a_sentence(serving, portal, environ):
    serving()
    answer = portal("serve")
    assert answer.returncode == 1
    assert answer.stderr == f"Error: The portal can’t serve on {environ['PORTAL_LISTEN']}: Address already in use.\n"


def test_an_address_of_another_machine_is_said_in_a_sentence(portal):
    for address in ("192.0.2.1:8080", "no-such-name.invalid:8080"):
        answer = portal("serve", "--listen", address)
        assert answer.returncode == 1
        assert answer.stderr.splitlines()[-1].startswith(f"Error: The portal can’t serve on {address}: ")


def test_a_wrong_setting_is_said_in_a_sentence(portal):
    answer = portal("serve", PORTAL_TREADS="4")
    assert answer.returncode == 1
    assert answer.stderr == "Error: There is no setting PORTAL_TREADS. Did you mean threads?\n"


def test_a_data_folder_that_cannot_be_made_is_said_in_a_sentence(portal):
    answer = portal("serve", PORTAL_DATA_DIR="/proc/nowhere/kept")
    assert answer.returncode == 1
    assert answer.stderr == "Error: /proc/nowhere can’t be used: No such file or directory.\n"


def test_a_database_newer_than_the_code_is_refused_by_serve_and_migrate(portal, kept):
    portal("migrate")
    with closing(sqlite3.connect(kept / "portal.db")) as database:
        database.execute("INSERT INTO schema_migration (name, applied) VALUES ('9999_later', '2030-01-01')")
        database.commit()
    for word in ("serve", "migrate", "setup-link"):
        answer = portal(word)
        assert answer.returncode == 1
        assert "newer version of the portal: it has 9999_later" in answer.stderr
        assert "Traceback" not in answer.stderr


def test_migrate_makes_the_database_and_says_when_there_is_nothing_to_do(portal, kept):
    first = sorted(path.stem for path in MIGRATIONS.glob("[0-9]*.py"))[0]
    assert f"Database: {first} done." in portal("migrate").stderr
    assert portal("migrate").stdout == "The database is up to date.\n"
    assert (kept / "portal.db").exists()


def test_check_ends_with_status_1_and_its_sentences(portal):
    answer = portal("check", PORTAL_BASE_URL="http://elm.example.org")
    assert answer.returncode == 1
    assert "- base_url is not an https address" in answer.stdout
    told = json.loads(portal("check", "--json", PORTAL_BASE_URL="http://elm.example.org").stdout)
    assert told["weak"][0].startswith("base_url is not an https address")


def test_serve_says_that_a_weak_portal_is_not_yet_fit_for_others(serving):
    process, _ = serving(PORTAL_BASE_URL="http://elm.example.org")
    assert any("Not yet fit for others" in line and "python3 run.py portal check" in line for line in process.stderr)


def test_settings_are_shown_and_the_secret_is_not(portal):
    mail = {"PORTAL_SMTP_URL": "smtp://elm:hidden@mail.example", "PORTAL_MAIL_FROM": "post@elm.example"}
    said = portal("settings", PORTAL_SECRET_KEY="hidden" * 6, PORTAL_THREADS="3", **mail).stdout
    assert "threads = 3" in said
    assert "hidden" not in said


def test_the_settings_in_the_documentation_are_those_of_the_code():
    written = (ROOT / "docs" / "settings.md").read_text()
    assert settings_table() in written, "run `python3 run.py portal settings --markdown` and put its table there"


def test_a_large_body_stays_in_memory_and_a_too_large_one_is_refused(serving, environ):
    process, _ = serving()
    host, _, port = environ["PORTAL_LISTEN"].rpartition(":")
    with socket.create_connection((host, int(port)), timeout=120) as phone:
        phone.sendall(head(8 * MEBIBYTE) + b"x" * (7 * MEBIBYTE))
        wait_until_read(process, at_least=6 * MEBIBYTE)
        assert spooled(process) == []
    with socket.create_connection((host, int(port)), timeout=120) as phone:
        phone.sendall(head(100 * MEBIBYTE))
        assert phone.recv(100).startswith(b"HTTP/1.1 413")


def head(length):
    return f"POST /enter HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n".encode()


def wait_until_read(process, at_least):
    """Until the process has taken that much in, by its own count of read characters."""
    end = time.monotonic() + 120
    while int(re.search(r"rchar: (\d+)", Path(f"/proc/{process.pid}/io").read_text()).group(1)) < at_least:
        assert time.monotonic() < end
        time.sleep(0.02)


def spooled(process):
    """What the process holds open beside its database and its sockets: a temporary file is already deleted."""
    links = [os.readlink(handle) for handle in Path(f"/proc/{process.pid}/fd").iterdir()]
    return [link for link in links if link.endswith("(deleted)")]


def test_temporary_files_go_to_a_private_folder_in_memory(environ, tmp_path):
    ask = "import os, tempfile; from portal import serving; serving.keep_to_itself(); print(tempfile.mkstemp()[1])"
    asked = subprocess.run(
        [sys.executable, "-c", ask + "; print(os.environ['TMPDIR'])"],
        env=environ,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    file, folder = asked.stdout.split()
    assert folder.startswith("/dev/shm/portal-")
    assert Path(file).parent == Path(folder)
    assert not Path(folder).exists(), "it is emptied when the portal stops"


@pytest.mark.parametrize(("proxy", "answer"), [("127.0.0.1", 400), ("", 200)])
def test_only_a_web_server_named_in_the_settings_is_believed_about_the_host(serving, environ, proxy, answer):
    serving(PORTAL_TRUSTED_PROXY=proxy)
    connection = http.client.HTTPConnection(environ["PORTAL_LISTEN"], timeout=120)
    connection.request("GET", "/enter", headers={"Host": "localhost", "X-Forwarded-Host": "evil.example.org"})
    assert connection.getresponse().status == answer
    connection.close()


def test_an_answer_does_not_say_which_server_made_it(serving, address):
    serving()
    with urllib.request.urlopen(f"{address}/enter") as answer:  # noqa: S310
        assert answer.headers["Server"] is None


def test_a_host_with_a_server_of_its_own_finds_the_portal_in_wsgi(environ, tmp_path, kept):
    ask = "import wsgi; print(wsgi.app.test_client().get('/enter').status)"
    asked = subprocess.run([sys.executable, "-c", ask], env=environ, cwd=tmp_path, capture_output=True, text=True)
    assert asked.stdout == "200 OK\n", asked.stderr
    assert (kept / "portal.db").exists()


def test_folders_that_killed_processes_left_are_swept_and_those_in_use_are_not(tmp_path):
    mine, left = tmp_path / f"portal-{os.getpid()}-x", tmp_path / "portal-999999999-x"
    mine.mkdir()
    left.mkdir()
    (left / "words").write_text("words")
    sweep(tmp_path)
    assert mine.exists()
    assert not left.exists()


def test_the_commands_bring_in_no_library_that_a_start_does_not_need():
    ask = "import sys, portal.commands; print({'yaml', 'mistune', 'nh3', 'PIL'} & set(sys.modules))"
    asked = subprocess.run([sys.executable, "-c", ask], cwd=TEMPLATES.parent, capture_output=True, text=True)
    assert asked.stdout == "set()\n", asked.stderr
