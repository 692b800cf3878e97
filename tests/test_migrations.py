"""The migrations make exactly the tables that the models say."""

from pathlib import Path

from peewee import SqliteDatabase
from playhouse import schema_diff

from portal import upgrade
from portal.db import PRAGMAS, db, utcnow
from tests.conftest import every_table


def test_the_migrations_and_the_models_agree(tmp_path: Path, app):
    database = SqliteDatabase(str(tmp_path / "new.db"), pragmas=PRAGMAS)
    upgrade.migrate(database, utcnow())
    models = every_table()
    with database.bind_ctx(models):
        drift = schema_diff.diff_models(database, models)
    database.close()
    assert not drift, str(drift)


def test_the_portal_is_ready_once_it_is_migrated(nobody):
    assert nobody.get("/healthz").text == "yes\n"
    assert nobody.get("/readyz").status_code in (200, 503)  # 503 on a disk that is nearly full
    assert upgrade.pending(db) == []
