"""Five generated words: a passphrase that can be remembered and typed on a phone, in English or Spanish."""

import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from math import log2
from pathlib import Path

COUNT = 5  # words in a passphrase
LEAST = 2000  # words in a list
LONGEST = 8  # letters: typed with a thumb
ENTROPY = int(COUNT * log2(LEAST))  # 54 bits, before argon2id makes each guess dear


class UnfitList(Exception):
    """A word list that would give away too much, or be hard to type."""


def five_words(language: str = "en", choose: Callable[[Sequence[str]], str] = secrets.choice) -> str:
    return " ".join(choose(word_list(language)) for _ in range(COUNT))


@cache
def word_list(language: str) -> tuple[str, ...]:
    """Every word of a language: lower case, no accents, in families so that people can look them over."""
    lines = (Path(__file__).parent / f"words_{language}.txt").read_text("utf-8").splitlines()
    return fit(word for line in lines if not line.startswith("#") for word in line.split())


def fit(chosen: Iterable[str]) -> tuple[str, ...]:
    """Return the words of a list worth choosing from; raise UnfitList."""
    words = tuple(chosen)
    if len(set(words)) != len(words):
        raise UnfitList("a word stands there twice")
    if len(words) < LEAST:
        raise UnfitList(f"{len(words)} words are fewer than {LEAST}")
    if bad := [word for word in words if not re.fullmatch(rf"[a-z]{{3,{LONGEST}}}", word)]:
        raise UnfitList(f"not plain words of 3 to {LONGEST} letters: {bad}")
    return words
