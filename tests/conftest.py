"""Each test gets the cast's portal afresh: a copy of a database that is made once."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import hypothesis
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from portal import create_app, upgrade
from portal.config import Settings
from portal.db import Table, db, utcnow
from tests.cast import Cast, enter, make_cast

UNTIMED = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("untimed", **UNTIMED)  # a busy machine must turn no law red
hypothesis.settings.load_profile("untimed")

MEMORY, ROOM = Path("/dev/shm"), 40_000_000
HOUR, LAST = 3600, 5  # seconds


def pytest_runtest_setup() -> None:
    """Begin no test in the last seconds of an hour: in some zone a day would end between two of its lines."""
    left = HOUR - time.time() % HOUR
    if left < LAST:
        time.sleep(left)


def every_table() -> list[type[Table]]:
    return [model for model in Table.__subclasses__() if model.__module__.startswith("portal.")]


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The portal's data folder, the same for the whole run; its contents are fresh in every test.

    In memory where there is room: no test ends with a power cut, and a disk takes longer than all else.
    """
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        yield tmp_path_factory.mktemp("portal")
        return
    with TemporaryDirectory(prefix="tests-of-the-portal-", dir=MEMORY, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def built(home: Path) -> Flask:
    app = create_app(Settings.load({}, data_dir=home, listen="127.0.0.1:8080"))
    app.config["TESTING"] = True
    return app


@pytest.fixture(scope="session")
def prepared(built: Flask, home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Cast]:
    """The cast's database, made once."""
    with built.app_context(), db.connection_context():
        upgrade.migrate(db, utcnow())
        cast = make_cast()
        db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = tmp_path_factory.mktemp("prepared") / "portal.db"
    shutil.copy(home / "portal.db", kept)
    return kept, cast


@pytest.fixture
def app(built: Flask, home: Path, prepared: tuple[Path, Cast]) -> Iterator[Flask]:
    """The portal with the cast in it and CSRF tokens off; `csrf` turns them on."""
    db.close()
    for left in home.iterdir():
        if left.name != "secret_key":
            shutil.rmtree(left) if left.is_dir() else left.unlink()
    shutil.copy(prepared[0], home / "portal.db")
    built.config["WTF_CSRF_ENABLED"] = False
    yield built  # without a context: requests inside one would share who is signed in
    db.close()


@pytest.fixture
def still() -> Iterator[None]:
    """The clock stands, so that what lasts seconds outlasts the slowest machine."""
    with time_machine.travel(utcnow(), tick=False):
        yield


@pytest.fixture
def csrf(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture
def cast(app: Flask, prepared: tuple[Path, Cast]) -> Cast:
    return prepared[1]


@pytest.fixture
def table(cast: Cast) -> str:
    """The address of the table of Ana and Bo."""
    return f"/c/{cast.table}"


@pytest.fixture
def nobody(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def ana(app: Flask, cast: Cast) -> FlaskClient:
    return enter(app, "Ana")


@pytest.fixture
def bo(app: Flask, cast: Cast) -> FlaskClient:
    return enter(app, "Bo")


@pytest.fixture
def cy(app: Flask, cast: Cast) -> FlaskClient:
    return enter(app, "Cy")


@pytest.fixture
def stew(app: Flask, cast: Cast) -> FlaskClient:
    return enter(app, "Stew")
