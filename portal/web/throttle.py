"""How long to wait after wrong tries: nothing for the first few, then growing, never more than a quarter of an hour."""

FREE_TRIES = {"name": 5, "address": 20, "device": 10}
LONGEST = 900  # seconds; more would let somebody lock a survivor out


def wait_after(kind: str, failures: int) -> int:
    """Seconds until the next try after `failures` wrong ones in a row, for a name, an address or a known device."""
    over = failures - FREE_TRIES[kind]
    return 0 if over < 0 else int(min(LONGEST, 5 * 2 ** min(over, 16)))
