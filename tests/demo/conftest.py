"""A demo in this very process, with passphrases that are hardly stretched."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal import vault
from portal.db import db
from portal.demo.commands import prepare, settings_of
from portal.demo.crowd import enlarged
from portal.demo.neighborhood import LANGUAGES, Neighborhood, neighborhood
from portal.media.store import files
from tests.cast import insecure_stretching


@dataclass(frozen=True)
class Demo:
    app: Flask
    told: Neighborhood
    people: list[dict]

    def named(self, name: str) -> dict:
        return next(one for one in self.people if one["name"] == name)

    def enter(self, name: str) -> FlaskClient:
        client = self.app.test_client()
        words = {"name": name, "passphrase": self.named(name)["passphrase"]}
        assert client.post("/enter", data=words).status_code == 303
        return client


@contextmanager
def aside() -> Iterator[None]:
    """The database and the folder of files are the process's: the tests after these find theirs again."""
    before, folder = db.database, getattr(files, "folder", None)
    yield
    db.close()
    db.init(before)
    if folder:
        files.folder = folder


def make(folder: Path, told: Neighborhood) -> Demo:
    weak = insecure_stretching()
    cost = vault.Cost(weak["stretch_ops"], weak["stretch_mem"])
    app, people = prepare(settings_of(folder, "127.0.0.1:8090"), told, lambda said: None, cost)
    app.config["WTF_CSRF_ENABLED"] = False
    return Demo(app, told, people)


@pytest.fixture(scope="module", params=LANGUAGES)
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with aside():
        yield make(tmp_path_factory.mktemp("demo"), neighborhood(request.param))


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A large one, in small."""
    with aside():
        yield make(tmp_path_factory.mktemp("large"), enlarged(neighborhood("en"), tables=5, works=30))
