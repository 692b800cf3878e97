"""Which forms were on their way: those that we drew for their sender while they had a right to the page.

Such a form carries a mark, made with the portal's own key over its reader, the table whose page it stood on, and the
day. Words sent with it are their writer's, whatever has become of the page; nobody can make a mark for a table at which
they never sat. Nothing is stored for this, so nothing tells later who sat where.
"""

import hmac
from collections.abc import Iterable
from datetime import date, timedelta

DAY = timedelta(days=1)


def mark(secret: str, reader: str, table: str, day: date) -> str:
    """The mark of a form that is drawn on this day; `table` is empty for a page at none."""
    facts = "|".join(("drawn", reader, table, day.isoformat()))
    return hmac.digest(secret.encode(), facts.encode(), "sha256").hex()[:32]


def was_drawn(marks: Iterable[str], secret: str, reader: str, table: str, today: date) -> bool:
    """Whether one of these marks is the reader's own for this table, of today or the day before."""
    good = [mark(secret, reader, table, day).encode() for day in (today, today - DAY)]
    return any(hmac.compare_digest(one, said.encode()) for said in marks for one in good)
