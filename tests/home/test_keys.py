"""Keys are held for one request, and no longer."""

import gc
from datetime import timedelta

from nacl.public import PrivateKey

from portal.circles.models import Seat
from portal.db import utcnow
from portal.rings import SeatKeys
from tests.meetings.conftest import set_series


def held() -> int:
    return sum(isinstance(one, PrivateKey | SeatKeys | Seat) for one in gc.get_objects())


def test_no_key_is_left_in_memory_when_a_tables_page_has_been_answered(app, cast, bo):
    """Without waiting for Python to look for circles of references, which would take time from every page, too."""
    with app.app_context():
        set_series(cast["Ana"].seat(), utcnow() - timedelta(weeks=1))
    assert bo.get(f"/c/{cast.table}").status_code == 200
    gc.collect()
    before = held()
    gc.disable()
    try:
        bo.get(f"/c/{cast.table}")
        assert held() == before
    finally:
        gc.enable()
