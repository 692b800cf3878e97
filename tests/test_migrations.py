"""The migrations make exactly the tables that the models say."""

import shutil
from pathlib import Path

from peewee import SqliteDatabase
from playhouse import schema_diff
from playhouse.migrations import Runner

from portal import upgrade
from portal.db import PRAGMAS, db, utcnow
from portal.paths import MIGRATIONS
from portal.web.health import has_room
from tests.conftest import every_table


def test_the_migrations_and_the_models_agree(tmp_path: Path, app):
    database = SqliteDatabase(str(tmp_path / "new.db"), pragmas=PRAGMAS)
    upgrade.migrate(database, utcnow())
    models = every_table()
    with database.bind_ctx(models):
        drift = schema_diff.diff_models(database, models)
    database.close()
    assert not drift, str(drift)


def asked(nobody) -> list[tuple[int, str]]:
    answers = [nobody.get(path) for path in ("/healthz", "/readyz")]
    return [(answer.status_code, answer.text) for answer in answers]


YES, NO = (200, "yes\n"), (503, "no\n")


def test_the_portal_is_ready_once_it_is_migrated(app, nobody):
    assert upgrade.pending(db) == []
    disk = shutil.disk_usage(app.config["PORTAL"].data_dir)
    assert asked(nobody) == [YES, YES if has_room(disk.free, disk.total) else NO]


def test_a_portal_whose_upgrade_is_pending_is_alive_and_not_ready(nobody):
    assert Runner(db, str(MIGRATIONS)).History.delete().execute() >= 1
    assert asked(nobody) == [YES, NO]


def test_a_portal_whose_database_cannot_be_read_is_neither(app, nobody):
    db.close()
    Path(db.database).write_bytes(b"This was a database once. " * 1000)
    assert asked(nobody) == [NO, NO]


def test_a_portal_is_ready_while_a_twentieth_of_its_disk_is_free():
    assert has_room(free=6, total=100)
    assert not has_room(free=5, total=100)
    assert not has_room(free=0, total=0)
