"""How long to wait after wrong tries: nothing for the first few, then growing, to a few minutes at the most.

Who asks for mail again and again waits by the same rule, and longer: `asker` is who asks, `mailbox` the address it goes
to, so that nobody floods somebody else’s from here.
"""

FREE_TRIES = {"name": 5, "anywhere": 30, "address": 20, "device": 10, "person": 5, "link": 3, "asker": 5, "mailbox": 2}
FIRST = {"mailbox": 600}  # seconds; 5 for the others
# Seconds. A wait that somebody keeps up with wrong tries of their own must stay one that can be waited out; for a name
# tried from everywhere at once it is shortest, since nobody can choose another network.
LONGEST = {"name": 300, "anywhere": 60, "address": 300, "device": 300, "person": 300, "link": 900}
LONGEST_FOR_MAIL = {"asker": 3600, "mailbox": 12 * 3600}


def wait_after(kind: str, failures: int) -> int:
    """Seconds until the next try after `failures` wrong ones in a row under a key of this kind."""
    over = failures - FREE_TRIES[kind]
    longest = (LONGEST | LONGEST_FOR_MAIL)[kind]
    return 0 if over < 0 else int(min(longest, FIRST.get(kind, 5) * 2 ** min(over, 16)))
