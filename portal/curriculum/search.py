"""Finding a piece of the guide by its words: accents and case do not matter, and the beginning of a word is enough."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log, sqrt
from sys import intern  # the same word stands in many pieces, and is kept once

from portal.curriculum.bodies import headings
from portal.curriculum.marks import curly
from portal.curriculum.pieces import Guide, Piece
from portal.curriculum.queries import asked_for, closest, composed, folded, folded_words, spellings, words_in
from portal.curriculum.reading import prose

WEIGHTS = (12, 5, 1)  # a word in the title, in the summary, in the text
TYPED = 2  # times as much as another word for it
WHOLE = 2  # times as much as a word that only begins so
ENOUGH = 5  # times in one text; more weigh no more
ROUND = 90  # letters of an excerpt before and after what was found
FEW = 3  # fewer pieces with every word are joined by those that come close
MOST, MOST_NEAR = 24, 9  # pieces that are shown
Wanted = Sequence[Sequence[str]]  # of each word its spellings, the one that was typed first
Spelled = dict[str, int]  # the words of the guide that one wanted word may be, with what each weighs


@dataclass(frozen=True)
class Entry:
    """A piece as it is searched. `words`: how often each folded word stands in title, summary and text."""

    piece: Piece
    text: str  # as it is read, without its headings
    words: tuple[Counter[str], ...]
    parts: tuple[int, ...] = ()  # where in the text begins what stands under each of its headings


@dataclass(frozen=True)
class Index:
    entries: tuple[Entry, ...]
    words: tuple[str, ...]  # all that stand in any of them, in order

    def spelled(self, same: Sequence[str]) -> Spelled:
        """Those of its words that begin with any of these."""
        found: Spelled = {}
        for place, spelling in enumerate(same):
            for word in self.beginning_with(spelling):
                worth = (WHOLE if word == spelling else 1) * (1 if place else TYPED)
                found[word] = max(worth, found.get(word, 0))
        return found

    def beginning_with(self, spelling: str) -> tuple[str, ...]:
        after = bisect_left(self.words, spelling + chr(0x10FFFF))
        return self.words[bisect_left(self.words, spelling) : after]


@dataclass(frozen=True)
class Found:
    """`part` is the number of the heading under which it stands, from 1; 0 above the first."""

    piece: Piece
    before: str
    match: str
    after: str
    part: int = 0


@dataclass(frozen=True)
class Answer:
    """Those first that are about it. In `found` stands every word as it was typed, in `near` what comes close."""

    found: tuple[Found, ...] = ()
    near: tuple[Found, ...] = ()
    count: int = 0  # of those with every word, which may be more than are shown


def index(guide: Guide, language: str) -> Index:
    entries = tuple(entry(piece, language) for piece in guide.pieces())
    return Index(entries, tuple(sorted({word for one in entries for words in one.words for word in words})))


def entry(piece: Piece, language: str) -> Entry:
    words = piece.text(language)
    text, parts = read_through(words.body)
    about = " ".join((words.summary, words.aim, words.content_note))
    said = (words.title, about, text)
    return Entry(piece, text, tuple(Counter(map(intern, words_in(part))) for part in said), parts)


def read_through(body: str) -> tuple[str, tuple[int, ...]]:
    """The text as it is read, and where in it each heading stood."""
    places = [0, *(offset for offset, _ in headings(body)), len(body)]
    text, parts = "", []
    for start, end in pairwise(places):
        parts.append(len(text))
        said = composed(curly(prose(body[start:end]).replace(":.", ":")))
        text += said + " " if said else ""
    return text.rstrip(), tuple(parts[1:])


def look(searched: Index, query: str, also: Mapping[str, Sequence[str]] | None = None, language: str = "") -> Answer:
    """Pieces in which every word of the query stands, or another word for it.

    Where there are few: what comes close, by words that are written alike, and by the rarest of the words.
    """
    others = folded_words(also or {})
    wanted = [spellings(word, others) for word in asked_for(query, language)]
    found = with_all(searched, wanted)
    if len(found) >= FEW or not wanted:
        return Answer(shown(found[:MOST], wanted), count=len(found))
    wider = [same for one in wanted if (same := widened(searched, one, others))]
    near = [one for one in with_some(searched, wider) if one not in found]
    return Answer(shown(found, wanted), shown(near[:MOST_NEAR], wider), len(found))


def widened(searched: Index, same: Sequence[str], also: Mapping[str, Sequence[str]]) -> list[str]:
    """The spellings, and what the word may have been meant for; of a word that stands nowhere the latter alone."""
    there = [one for one in same if searched.beginning_with(one)]
    return [*there, *(one for one in closest(same[0], also, () if there else searched.words) if one not in there)]


def with_all(searched: Index, wanted: Wanted) -> list[Entry]:
    """Those that have all of what is wanted, each thing in any of its spellings."""
    weighed = weights(searched, wanted)
    best = sorted(((sum(each), one) for each, one in weighed if each and all(each)), key=lambda one: -one[0])
    return [one for _, one in best]


def with_some(searched: Index, wanted: Wanted) -> list[Entry]:
    """Those that have some of what is wanted. What stands in few pieces says most of what was meant."""
    weighed = weights(searched, wanted)
    times = [sum(1 for each, _ in weighed if each[number]) for number in range(len(wanted))]
    rare = [log(1 + len(weighed) / one) if one else 0 for one in times]
    worth = [(sum(a * sqrt(b) for a, b in zip(rare, each, strict=True)), one) for each, one in weighed]
    return [one for says, one in sorted(worth, key=lambda one: -one[0]) if says]


def weights(searched: Index, wanted: Wanted) -> list[tuple[list[int], Entry]]:
    """What each word weighs in each piece; 0 where it is missing."""
    spelled = [searched.spelled(same) for same in wanted]
    return [([weight(one, words) for words in spelled], one) for one in searched.entries]


def weight(one: Entry, spelled: Spelled) -> int:
    most = ENOUGH * max(spelled.values(), default=0)
    return sum(
        each * min(sum(worth * words[word] for word, worth in spelled.items()), most)
        for words, each in zip(one.words, WEIGHTS, strict=True)
    )


def shown(found: Iterable[Entry], wanted: Wanted) -> tuple[Found, ...]:
    return tuple(excerpt(one, wanted) for one in found)


def excerpt(one: Entry, wanted: Wanted) -> Found:
    """The place in the text that has most of the words, the first of several, cut between words."""
    here = place_of(folded(one.text), wanted)
    if here is None:
        return Found(one.piece, beginning(one.text), "", "")
    start, end = here
    before, after = one.text[max(0, start - ROUND) : start], one.text[end : end + ROUND]
    if start > ROUND:
        before = "… " + before.partition(" ")[2]
    if end + ROUND < len(one.text):
        after = after.rpartition(" ")[0] + " …"
    return Found(one.piece, before, one.text[start:end], after, sum(place <= start for place in one.parts))


def place_of(plain: str, wanted: Wanted) -> tuple[int, int] | None:
    """Where the first word of that place begins and ends; None where no word stands in the text."""
    hits = sorted(
        (found.span(), number)
        for number, same in enumerate(wanted)
        for found in re.finditer(rf"\b(?:{'|'.join(map(re.escape, same))})\w*", plain)
    )
    if not hits:
        return None
    best, most, first = hits[0][0], 0, 0
    for place, (span, _) in enumerate(hits):
        while span[0] - hits[first][0][0] > ROUND:
            first += 1
        here = len({number for _, number in hits[first : place + 1]})
        if here > most:
            best, most = hits[first][0], here
    return best


def beginning(text: str) -> str:
    return text if len(text) <= 2 * ROUND else text[: 2 * ROUND].rpartition(" ")[0] + " …"
