"""A passphrase: what is too easy to guess, and how it is stretched into a verifier and a key."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from time import perf_counter

from nacl.pwhash import argon2id

from portal.accents import plain
from portal.vault.sealing import derive

LENGTH = range(12, 129)  # characters; OWASP ASVS 5.0, 6.2.1 and 6.2.9
RAW = 512  # characters of a passphrase that are looked at: 128 take no more, however a keyboard writes them
SALT_BYTES = argon2id.SALTBYTES  # 16
MIB = 1024 * 1024
LONGEST_WAIT = 0.25  # seconds for one sign-in on this machine


@dataclass(frozen=True, order=True)
class Cost:
    """What one run of argon2id takes: passes over the memory, and the memory in bytes."""

    ops: int
    mem: int


FLOOR = Cost(2, 19 * MIB)  # OWASP's least for argon2id
CEILING = Cost(4, 64 * MIB)  # 64 MiB: a Pi has 512 in all
LADDER = (FLOOR, Cost(2, 32 * MIB), Cost(3, 32 * MIB), Cost(3, 48 * MIB), Cost(3, 64 * MIB), CEILING)


@dataclass(frozen=True)
class Stretched:
    verifier: bytes  # shows that the passphrase was right; kept only as a hash
    kek: bytes  # wraps the person's private key; never kept


def stretch(passphrase: str, salt: bytes, cost: Cost) -> Stretched:
    """Run argon2id once and derive both halves from it, so that a stolen verifier is no shortcut to the key."""
    master = argon2id.kdf(32, normal(passphrase).encode(), salt, opslimit=cost.ops, memlimit=cost.mem)
    return Stretched(derive(master, "verifier"), derive(master, "kek"))


def calibrate(timer: Callable[[], float] = perf_counter) -> Cost:
    """Choose the largest cost on the ladder that takes at most LONGEST_WAIT here; never less than the floor."""
    chosen = FLOOR
    for cost in LADDER:
        began = timer()
        stretch("measure this machine", bytes(SALT_BYTES), cost)
        if timer() - began > LONGEST_WAIT:
            break
        chosen = cost
    return chosen


def normal(passphrase: str) -> str:
    """Write what looks the same in the same way, whichever keyboard it came from (NFKC).

    Only the beginning of what is far too long: normalizing takes time by the square of the length.
    """
    return unicodedata.normalize("NFKC", passphrase[:RAW])


def too_weak(passphrase: str, portal_words: Iterable[str] = ()) -> str | None:
    """Answer why this passphrase is too easy to guess, or None.

    "short", "long", "repeated", "common" (one or two words that everybody tries, or keys in a row), or "portal": made
    of the words in `portal_words` (the portal's name, the person's own). No rule asks for a digit or a sign.
    """
    text = normal(passphrase)
    if len(passphrase) > RAW or len(text) not in LENGTH:
        return "short" if len(text) < LENGTH.start else "long"
    squashed = re.sub(r"[\W_]", "", text.casefold())
    if _is_repeated(squashed):
        return "repeated"
    if _is_sequence(squashed):
        return "common"
    return _familiar(squashed, {part for words in portal_words for part in plain(words).split()})


def _is_repeated(squashed: str) -> bool:
    """One part said over and over is only as good as the part."""
    again = re.fullmatch(r"(.+?)\1+", squashed)
    return len(set(squashed)) < 5 or bool(again and len(again[1]) < LENGTH.start)


TRACKS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjklñ",
    "zxcvbnm",
    "qazwsxedcrfv",
    "1q2w3e4r5t6y7u8i",
)
STEPS = {pair for track in TRACKS for a, b in pairwise(track) for pair in (a + b, b + a)}


def _is_sequence(squashed: str) -> bool:
    """Whether three steps in four go to the next letter, digit or key, or stay."""
    steps = [a + b for a, b in pairwise(squashed)]
    return sum(step in STEPS or step[0] == step[1] for step in steps) >= 0.75 * len(steps)


def _familiar(squashed: str, portal_words: set[str]) -> str | None:
    """Whether nothing but digits stands beside the portal's words and at most two of the most common ones."""
    letters = re.sub(r"\d", "", plain(squashed))
    words = portal_words | common()
    pattern = "|".join(sorted(map(re.escape, words), key=lambda word: (-len(word), word)))
    found, left_over = set(re.findall(pattern, letters)), re.sub(pattern, "", letters)
    if len(left_over) > 2 or len(found - portal_words) > 2:
        return None
    return "portal" if found & portal_words else "common" if found else None


@cache
def common() -> frozenset[str]:
    lines = (Path(__file__).parent / "common_words.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
