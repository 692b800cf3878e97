"""People who do something at the same moment."""

from collections.abc import Callable
from threading import Barrier, Thread

from portal.db import db


def at_once(*does: Callable[[], object]) -> list[str]:
    """Do all of these at the same moment; tell of each “done” or the name of the error it met, sorted."""
    ready, outcomes = Barrier(len(does)), []

    def run(do: Callable[[], object]) -> None:
        try:
            ready.wait(60)
            do()
            outcomes.append("done")
        except Exception as error:
            outcomes.append(type(error).__name__)
        finally:
            db.close()

    threads = [Thread(target=run, args=[do]) for do in does]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return sorted(outcomes)
