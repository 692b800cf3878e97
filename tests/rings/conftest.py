import pytest

from tests.rings.factories import database


@pytest.fixture(autouse=True)
def rings(tmp_path):
    """An empty database of rings for each test."""
    with database(tmp_path / "rings.db"):
        yield
