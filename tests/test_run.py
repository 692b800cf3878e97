"""`run.py` in a copy of its own, with lock files that name nothing, so that no library is fetched."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-test.lock")
PINNED = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)

BLOCK_ENSUREPIP = "import sys\nsys.modules['ensurepip'] = None\n"
SAY_WORDS = "import os, sys\nprint('{module}', *(os.getpid() if word == 'pid' else word for word in sys.argv[1:]))\n"


def check_out(folder):
    """A checkout whose portal, tests and bench only say the words they were given."""
    shutil.copy(ROOT / "run.py", folder)
    for lock in LOCKS:
        (folder / lock).write_text("")
    for module in ("portal/commands", "tests/bench", "pytest"):
        path = folder / f"{module}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(SAY_WORDS.format(module=module))
    return folder


@pytest.fixture
def checkout(tmp_path):
    return check_out(tmp_path)


@pytest.fixture
def set_up(ready, tmp_path):
    """The same, in a copy of one's own: a folder for libraries takes seconds to make."""
    return shutil.copytree(ready, tmp_path / "set up", symlinks=True)


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """A checkout that was started and tested before."""
    folder = check_out(tmp_path_factory.mktemp("ready"))
    run(folder)
    run(folder, "test")
    return folder


def run(checkout, *words, path="/usr/bin:/bin", **more):
    """`python3 run.py …` as on a bare machine: no setting of this one reaches it."""
    environ = {"PATH": path, "HOME": str(checkout), "PIP_NO_INDEX": "1", **more}
    system_python = Path(sys.base_prefix) / "bin" / "python3"
    return subprocess.run(
        [system_python, checkout / "run.py", *words],
        env=environ,
        cwd="/",
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=600,
    )


@pytest.fixture
def without_python3_venv(checkout):
    """Debian without python3-venv, and an apt-get that notes what it was asked."""
    blocked = checkout / "blocked"
    blocked.mkdir()
    (blocked / "sitecustomize.py").write_text(BLOCK_ENSUREPIP)
    apt = checkout / "bin" / "apt-get"
    apt.parent.mkdir()
    apt.write_text(f'#!/bin/sh\necho "$@" >> {checkout}/asked\n[ "$1" = update ]\n')
    apt.chmod(0o755)
    return {"PYTHONPATH": str(blocked), "path": str(apt.parent)}


def test_the_first_start_sets_up_and_serves_and_the_second_only_serves(checkout):
    first = run(checkout)
    assert (first.stdout, first.returncode) == ("portal/commands serve\n", 0)
    assert "Installing the libraries" in first.stderr
    second = run(checkout)
    assert (second.stdout, second.stderr) == ("portal/commands serve\n", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("demo --json", "portal/commands demo --json"),
        ("portal check", "portal/commands check"),
        ("migrate", "portal/commands migrate"),
        ("test -k words", "pytest -k words"),
        ("bench --quick", "tests/bench --quick"),
    ],
)
def test_every_word_reaches_the_command_it_is_for(ready, words, said):
    assert run(ready, *words.split()).stdout.strip() == said


def test_help_needs_nothing_installed(checkout):
    answer = run(checkout, "--help")
    assert "python3 run.py demo" in answer.stdout
    assert not (checkout / ".venv").exists()


def test_half_a_folder_left_by_a_failed_attempt_is_made_anew(checkout):
    (checkout / ".venv" / "bin").mkdir(parents=True)
    (checkout / ".venv" / "half").touch()
    assert run(checkout).returncode == 0
    assert not (checkout / ".venv" / "half").exists()


def test_a_changed_lock_is_installed_at_the_next_start_and_the_folder_kept(set_up):
    (set_up / ".venv" / "kept").touch()
    (set_up / "requirements.lock").write_text("# changed by an upgrade\n")
    assert "Installing the libraries" in run(set_up).stderr
    assert (set_up / ".venv" / "kept").exists()


def test_what_cannot_be_fetched_stops_with_a_sentence_and_is_tried_again(set_up):
    (stamp,) = (set_up / ".venv").glob("requirements.stamp")
    before = stamp.read_text()
    (set_up / "requirements.lock").write_text(f"no-such-library==1.0 --hash=sha256:{'0' * 64}\n")
    answer = run(set_up)
    assert answer.returncode == 1
    assert "If this computer is offline" in answer.stderr
    assert stamp.read_text() == before
    assert run(set_up).returncode == 1


def test_two_first_starts_at_the_same_moment_both_serve(checkout):
    script = f"{Path(sys.base_prefix) / 'bin' / 'python3'} {checkout / 'run.py'}"
    both = subprocess.run(
        ["/bin/sh", "-c", f"{script} & {script}; wait $!"],
        env={"PATH": "/usr/bin:/bin", "HOME": str(checkout), "PIP_NO_INDEX": "1"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert both.stdout == "portal/commands serve\n" * 2


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may install without being asked")
def test_as_root_the_missing_package_is_asked_of_apt(checkout, without_python3_venv):
    answer = run(checkout, **without_python3_venv)
    assert (checkout / "asked").read_text() == "update\ninstall -y python3-venv\n"
    assert "python3-venv" in answer.stderr
    assert answer.returncode == 1
    assert not (checkout / ".venv").exists()


def test_with_no_terminal_and_no_right_to_install_it_prints_the_one_line_to_type(checkout, without_python3_venv):
    sources = (checkout / "run.py").read_text().replace("os.geteuid() == 0", "False")
    (checkout / "run.py").write_text(sources)
    answer = run(checkout, **without_python3_venv)
    assert answer.returncode == 1
    assert answer.stderr.endswith("sudo apt-get install -y python3-venv\n\n")
    assert not (checkout / "asked").exists()


def test_a_missing_browser_is_said_loudly_and_fails_where_it_is_required(ready):
    script = (ready / "run.py").read_text()
    (ready / "run.py").write_text(script.replace("/usr/bin/chromium", "/nowhere/chromium"))
    said = run(ready, "test").stderr
    refused = run(ready, "test", PORTAL_REQUIRE_BROWSER="1").returncode
    (ready / "run.py").write_text(script)
    assert "NOT TESTED" in said
    assert refused == 1


def test_ctrl_c_and_a_service_manager_reach_the_portal_itself(ready):
    python = Path(sys.base_prefix) / "bin" / "python3"
    started = subprocess.Popen([python, ready / "run.py", "portal", "pid"], stdout=subprocess.PIPE, text=True)
    said, _ = started.communicate(timeout=300)
    assert said == f"portal/commands {started.pid}\n"


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_and_hashes_everything(lock):
    text = (ROOT / lock).read_text()
    assert not re.search(r"://|--(extra-)?index-url|--find-links|/(tmp|opt|work|home)/", text)
    for entry in re.split(r"\n(?=\S)", text):
        assert entry.startswith("#") or "--hash=sha256:" in entry


def test_the_test_lock_holds_all_that_the_runtime_lock_pins():
    runtime, testing = (dict(PINNED.findall((ROOT / lock).read_text())) for lock in LOCKS)
    assert runtime.items() <= testing.items()


def test_the_locks_name_every_library_that_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for lock, wanted in zip(LOCKS, (project["dependencies"], project["optional-dependencies"]["test"]), strict=True):
        names = {re.match(r"[A-Za-z0-9-]+", line).group().lower() for line in wanted}
        assert names <= set(dict(PINNED.findall((ROOT / lock).read_text())))
