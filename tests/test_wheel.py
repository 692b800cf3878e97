"""The wheel alone, in a fresh environment and far from the checkout, serves a page."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from tests.ports import free_port

ROOT = Path(__file__).parents[1]
PIP = ("-m", "pip", "-q", "--disable-pip-version-check")
INSTALL = ("install", "--only-binary=:all:", "--require-hashes", "--no-compile")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
    built = subprocess.run(build, cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The `bin` folder of an environment that has the wheel and what the runtime lock names, and nothing else."""
    home = tmp_path_factory.mktemp("elsewhere")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home / "venv"], check=True)
    wanted = home / "wanted.txt"
    wanted.write_text(
        (ROOT / "requirements.lock").read_text()
        + f"portal @ {wheel.as_uri()} --hash=sha256:{sha256(wheel.read_bytes()).hexdigest()}\n"
    )
    bin_folder = home / "venv" / "bin"
    install = [sys.executable, *PIP, "--python", bin_folder / "python", *INSTALL, "-r", wanted]
    fetched = subprocess.run(install, capture_output=True, text=True)
    if fetched.returncode != 0 and "CI" not in os.environ:
        pytest.skip("pip could not fetch the libraries: is this computer offline?")
    assert fetched.returncode == 0, fetched.stderr
    return bin_folder


@pytest.fixture
def served(installed, tmp_path):
    """The address of the portal as installed from the wheel, and the process that serves it."""
    port = free_port()
    environ = {"PATH": "/usr/bin:/bin", "PORTAL_DATA_DIR": str(tmp_path / "kept"), "PORTAL_TEXT_FLOOR": "1"}
    process = subprocess.Popen(
        [installed / "portal", "serve", "--listen", f"127.0.0.1:{port}"],
        env=environ,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
    )
    said = iter(process.stdout.readline, "")
    assert any("To stop it" in line for line in said), "the portal did not start"
    yield f"http://localhost:{port}", process
    process.terminate()
    process.communicate(timeout=120)


def test_the_wheel_carries_what_a_page_is_made_of(wheel):
    with zipfile.ZipFile(wheel) as opened:
        names = set(opened.namelist())
    for folder in ("templates", "static"):
        beside = {f"portal/{path.relative_to(ROOT)}" for path in (ROOT / folder).rglob("*") if path.is_file()}
        assert beside <= names
    inside = [path for path in (ROOT / "portal").rglob("*.*") if path.is_file() and "__pycache__" not in path.parts]
    assert {str(path.relative_to(ROOT)) for path in inside} <= names
    assert not [name for name in names if "__pycache__" in name]


def test_the_wheel_serves_its_sign_in_page_with_its_style_and_stops_cleanly(served):
    address, process = served
    with urllib.request.urlopen(f"{address}/enter") as answer:  # noqa: S310
        page = answer.read().decode()
        assert answer.status == 200
    assert 'type="password"' in page
    style = re.search(r'href="(/static/[^"]+\.css[^"]*)"', page).group(1)
    with urllib.request.urlopen(address + style) as answer:  # noqa: S310
        assert answer.status == 200
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=120) == 0
