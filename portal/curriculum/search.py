"""Finding a piece of the guide by its words: accents and case do not matter, and the beginning of a word is enough."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from sys import intern  # the same word stands in many pieces, and is kept once

from portal.curriculum.marks import curly
from portal.curriculum.pieces import Guide, Piece
from portal.curriculum.reading import prose

SHORTEST, LONGEST = 2, 80  # letters of what is looked for
MOST_WORDS = 8
WEIGHTS = (12, 5, 1)  # a word in the title, in the summary, in the text
ROUND = 90  # letters of an excerpt before and after what was found
WORD = re.compile(r"\w+")
PLURAL = ("s", "es")  # in English and Spanish
SHORTEST_BARE = 4  # letters of a word without its ending: what is shorter begins too many others


@dataclass(frozen=True)
class Entry:
    """A piece as it is searched. The words of title, summary and text are folded and in order."""

    piece: Piece
    text: str  # as it is read
    words: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Found:
    piece: Piece
    before: str
    match: str
    after: str


class Plain(dict[int, str]):
    """Each letter without accent and capital, by its code.

    A search folds a hundred texts, so letters of common scripts are remembered; others that somebody sends are not.
    """

    COMMON = 0x2100

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFD", chr(code))[0].lower()[0]
        if code < self.COMMON:
            self[code] = plain
        return plain


PLAIN = Plain()


def folded(text: str) -> str:
    """Without accents and capitals, letter by letter: as long as it was, once it is composed."""
    return text.translate(PLAIN)


def composed(text: str) -> str:
    """With each accent on its letter."""
    return unicodedata.normalize("NFC", text)


def asked_for(query: str) -> list[str]:
    """The words to look for; none where the query is too short."""
    words = WORD.findall(folded(composed(" ".join(query.split()))[:LONGEST]))
    return words[:MOST_WORDS] if sum(map(len, words)) >= SHORTEST else []


def index(guide: Guide, language: str) -> list[Entry]:
    return [entry(piece, language) for piece in guide.pieces()]


def entry(piece: Piece, language: str) -> Entry:
    words = piece.text(language)
    text = composed(curly(prose(words.body).replace(":.", ":")))
    about = " ".join((words.summary, words.aim, words.content_note))
    parts = (composed(words.title), composed(about), text)
    return Entry(piece, text, tuple(tuple(map(intern, WORD.findall(folded(part)))) for part in parts))


def look(entries: Iterable[Entry], query: str, also: Mapping[str, Sequence[str]] | None = None) -> list[Found]:
    """Pieces in which every word of the query stands, or another word for it; those first that are about it."""
    wanted = [spellings(word, folded_words(also or {})) for word in asked_for(query)]
    if not wanted:
        return []
    weighed = [(weight(one, wanted), one) for one in entries]
    best = sorted((one for one in weighed if one[0]), key=lambda one: -one[0])
    return [Found(one.piece, *excerpt(one.text, [other for word in wanted for other in word])) for _, one in best]


def folded_words(also: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {folded(composed(word)): [folded(composed(other)) for other in others] for word, others in also.items()}


def spellings(word: str, also: Mapping[str, Sequence[str]]) -> list[str]:
    """The word, what it is without the ending of a plural, and other words for any of these."""
    bare = [word.removesuffix(ending) for ending in PLURAL if word.endswith(ending)]
    same = [word, *(one for one in bare if len(one) >= SHORTEST_BARE)]
    return list(dict.fromkeys([*same, *(other for one in same for other in also.get(one, ()))]))


def weight(one: Entry, wanted: list[list[str]]) -> int:
    """0 where a word is missing. A whole word weighs twice its beginning; in the text it counts at most five times."""
    total = 0
    for same in wanted:
        here = 0
        for words, each in zip(one.words, WEIGHTS, strict=True):
            times = sum(2 if other in same else 1 for other in words if other.startswith(tuple(same)))
            here += each * min(times, 5)
        if not here:
            return 0
        total += here
    return total


def excerpt(text: str, wanted: list[str]) -> tuple[str, str, str]:
    """What stands before the first word found, the word itself, and what follows; cut between words."""
    plain = folded(text)
    hits = [found for word in wanted if (found := re.search(rf"\b{re.escape(word)}\w*", plain))]
    if not hits:
        return beginning(text), "", ""
    start, end = min(found.span() for found in hits)
    before, after = text[max(0, start - ROUND) : start], text[end : end + ROUND]
    if start > ROUND:
        before = "… " + before.partition(" ")[2]
    if end + ROUND < len(text):
        after = after.rpartition(" ")[0] + " …"
    return before, text[start:end], after


def beginning(text: str) -> str:
    return text if len(text) <= 2 * ROUND else text[: 2 * ROUND].rpartition(" ")[0] + " …"
