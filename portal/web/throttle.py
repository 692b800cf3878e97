"""How long to wait after wrong tries: nothing for the first few, then growing, to a few minutes at the most."""

FREE_TRIES = {"name": 5, "anywhere": 30, "address": 20, "device": 10, "person": 5, "link": 3}
# Seconds. A wait that somebody keeps up with wrong tries of their own must stay one that can be waited out; for a name
# tried from everywhere at once it is shortest, since nobody can choose another network.
LONGEST = {"name": 300, "anywhere": 60, "address": 300, "device": 300, "person": 300, "link": 900}


def wait_after(kind: str, failures: int) -> int:
    """Seconds until the next try after `failures` wrong ones in a row under a key of this kind."""
    over = failures - FREE_TRIES[kind]
    return 0 if over < 0 else int(min(LONGEST[kind], 5 * 2 ** min(over, 16)))
