"""Whoever must know when a date comes, goes, moves or is skipped."""

from collections.abc import Callable, Collection

Listener = Callable[[str, list[str]], None]
LISTENERS: list[Listener] = []


def when_a_date_changes(do: Listener) -> Listener:
    """Have `do(circle_id, meeting_ids)` done in the transaction in which dates come, go, move or are skipped.

    A meeting of these that is not there any more has gone.
    """
    LISTENERS.append(do)
    return do


def tell(circle_id: str, meeting_ids: Collection[str]) -> None:
    for listener in LISTENERS if meeting_ids else ():
        listener(circle_id, list(meeting_ids))
