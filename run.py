"""Start the portal from a fresh checkout. Needs Python 3.11 or newer and nothing else.

python3 run.py                serve the portal; the first time this also sets everything up
python3 run.py demo [...]     a throw-away portal with an invented neighborhood, to look around in
python3 run.py test [...]     run the tests
python3 run.py check          what a change must pass: formatting, lint, types, tests
python3 run.py bench [...]    measure speed and memory
python3 run.py portal [...]   any word of the portal command, such as setup-link, check or --help
"""

from __future__ import annotations  # an older Python must get as far as the sentence below

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
CHROMIUM = Path("/usr/bin/chromium")

RUNTIME = ROOT / "requirements.lock"
TESTING = ROOT / "requirements-test.lock"  # the runtime's libraries and the tests'

NEEDS_PYTHON = "This needs Python 3.11 or newer. Debian 12 and Raspberry Pi OS (bookworm) bring it."
NEEDS_VENV = "Debian keeps a part of Python that this needs in a package of its own, python3-venv."
TYPE_THIS = "Please type this once, then start again:\n\n    sudo apt-get install -y python3-venv\n"
NOT_DEBIAN = "Please install what your system calls Python’s venv and ensurepip, then start again."
NOT_FETCHED = """The libraries could not all be installed; what pip said stands above.
If this computer is offline, connect it and give the same command again: it goes on from here.
On a Raspberry Pi, the 64-bit system is needed: not every library comes ready-made for the 32-bit one."""
NO_BROWSER = """
******************************************************************************
  NOT TESTED: everything that needs a real browser, since this lacks one (or
  the library that drives it). To test that too:

      sudo apt-get install -y chromium libatomic1
******************************************************************************
"""


def main(words: list[str]) -> None:
    os.chdir(ROOT)  # so that `-m` finds the portal, and it its instance folder, wherever this was called from
    word, rest = (words[0], words[1:]) if words else ("serve", [])
    if word in ("help", "-h", "--help"):
        print(__doc__.strip())
    elif word in ("test", "check", "bench"):
        prepare(TESTING)
        {"test": test, "check": check, "bench": bench}[word](rest)
    else:
        prepare(RUNTIME)
        become("portal.commands", rest if word == "portal" else words or ["serve"])


def test(words: list[str]) -> None:
    if not (CHROMIUM.exists() and any(Path("/usr/lib").glob("*/libatomic.so.1"))):
        say(NO_BROWSER)
        if os.environ.get("PORTAL_REQUIRE_BROWSER"):
            sys.exit("PORTAL_REQUIRE_BROWSER is set, so this counts as a failure.")
    become("pytest", words)


def check(words: list[str]) -> None:
    for tool in ("ruff format --check .", "ruff check .", "mypy"):
        say(f"$ {tool}")
        if run(PYTHON, "-m", *tool.split()) != 0:
            sys.exit(1)
    test(words)


def bench(words: list[str]) -> None:
    become("tests.bench", words)


def become(module: str, words: list[str]) -> None:
    """Hand this very process over to a module, so that Ctrl-C and a service manager reach it directly."""
    os.execv(PYTHON, [str(PYTHON), "-m", module, *words])  # noqa: S606


def prepare(lock: Path) -> None:
    """Install exactly what `lock` names, unless the stamp says that this was done."""
    with open(__file__) as this_file:
        fcntl.flock(this_file, fcntl.LOCK_EX)  # two terminals may start at the same moment
        stamp = VENV / f"{lock.stem}.stamp"
        wanted = hashlib.sha256(sys.version.encode() + lock.read_bytes()).hexdigest()
        if stamp.exists() and stamp.read_text() == wanted:
            return
        if not venv_works():
            refuse_another_accounts(VENV)
            make_venv()
        say("Installing the libraries this stands on. The first time this takes a minute or two.")
        pip = ("-m", "pip", "install", "--disable-pip-version-check", "--only-binary=:all:", "--require-hashes")
        if run(PYTHON, *pip, "-r", lock) != 0:
            sys.exit(NOT_FETCHED)
        stamp.write_text(wanted)


def venv_works() -> bool:
    """Whether the folder is whole and of this very Python: a failed attempt leaves half a folder behind."""
    probe = [str(PYTHON), "-c", "import pip, sys; print(sys.version)"]
    return PYTHON.exists() and subprocess.run(probe, capture_output=True, text=True).stdout.strip() == sys.version


def refuse_another_accounts(folder: Path) -> None:
    """Making it anew would take the libraries from under a portal that another account is running."""
    if folder.exists() and folder.stat().st_uid != os.geteuid():
        sys.exit(f"{folder} belongs to another account. Start as the one that set this up.")


def make_venv() -> None:
    if importlib.util.find_spec("ensurepip") is None:
        install_python3_venv()
    shutil.rmtree(VENV, ignore_errors=True)
    say(f"Making a private folder for libraries: {VENV}")
    if run(sys.executable, "-m", "venv", VENV) != 0:
        sys.exit("Python could not make that folder; what it said stands above.")


def install_python3_venv() -> None:
    """Install Debian's missing part: at once as root, after a yes with sudo; otherwise say what to type and stop."""
    say(NEEDS_VENV)
    if not shutil.which("apt-get"):
        sys.exit(NOT_DEBIAN)
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    if sudo and not (shutil.which("sudo") and sys.stdin.isatty() and agreed()):
        sys.exit(TYPE_THIS)
    run(*sudo, "apt-get", "update")
    if run(*sudo, "apt-get", "install", "-y", "python3-venv") != 0:
        sys.exit(TYPE_THIS)


def agreed() -> bool:
    say("Install it now with sudo? Type y for yes.")
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def run(*command: object) -> int:
    """Run a command; all it says goes to standard error, since `demo --json` promises one line on standard output."""
    return subprocess.run([str(word) for word in command], stdout=sys.stderr).returncode


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036
        sys.exit(NEEDS_PYTHON)
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit("\nStopped. The same command goes on from here.")
    except PermissionError as refused:
        sys.exit(f"{refused.filename or ROOT} belongs to another account. Start as the one that set this up.")
