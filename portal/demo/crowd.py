"""A large neighborhood: the small one, with many more tables in it and many more works at its first table."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import time
from itertools import count, islice
from random import Random
from string import ascii_uppercase

from portal.demo.neighborhood import Crowd, Neighbor, Neighborhood, Piece, Sitter, Table

EACH = 3  # tables that one person sits at, about
SITTERS = 6
PICTURES = 12  # every so manieth work is one
DRAWINGS = 2  # different ones of each motif: drawing and cleaning one takes half a second
LATELY = 4  # weeks: what was shared since then stays as it stands in the files


def enlarged(small: Neighborhood, tables: int, works: int) -> Neighborhood:
    """`small` with so many tables in all, and with so many works at the first one."""
    rng = Random(0)  # noqa: S311  nothing here is a secret
    missing = max(0, tables - len(small.tables))
    beginners = list(islice(neighbors(small), -(-missing // EACH)))
    others = list(islice(neighbors(small, len(beginners)), max(SITTERS, -(-missing * (SITTERS - 1) // EACH))))
    sits: Counter[Neighbor] = Counter()
    more = []
    for number in range(missing):
        free = sorted(others, key=lambda one: (sits[one], rng.random()))[: SITTERS - 1]
        sits.update(free)
        more.append(table(small, number, [beginners[number % len(beginners)], *free], rng))
    people = [replace(one, may_begin=True) for one in beginners] + (others if more else [])
    first = with_more_works(small.tables[0], works, small.crowd, rng)
    return replace(small, people=(*small.people, *people), tables=(first, *small.tables[1:], *more))


def neighbors(small: Neighborhood, past: int = 0) -> Iterator[Neighbor]:
    """New people without end, each with a letter after the name; the first `past` of them are left out."""
    names = small.crowd.names
    for number in count(past):
        letter = ascii_uppercase[number // len(names) % len(ascii_uppercase)]
        yield Neighbor(f"{names[number % len(names)]} {letter}.", small.zone)


def table(small: Neighborhood, number: int, people: list[Neighbor], rng: Random) -> Table:
    crowd = small.crowd
    pattern, place = crowd.tables[number // len(crowd.places) % len(crowd.tables)], number % len(crowd.places)
    return Table(
        name=pattern % crowd.places[place],
        sentence=rng.choice(crowd.sentences),
        for_whom="",
        zone=small.zone,
        seats=rng.choice([SITTERS, SITTERS + 1]),
        weekday=rng.randint(1, 7),
        at=time(rng.randint(9, 19), rng.choice([0, 30])),
        weeks=rng.choice([1, 2]),
        minutes=90,
        held=rng.randint(2, 12),
        place=crowd.place,
        people=tuple(Sitter(one.name) for one in people),
        works=tuple(writing(crowd, one.name, rng.uniform(0, 1), rng) for one in rng.sample(people, 2)),
        yes_to_next=rng.random() < 0.5,
    )


def with_more_works(first: Table, works: int, crowd: Crowd, rng: Random) -> Table:
    """`works` in all, most of them older than those in the file, by whoever sat there from the beginning."""
    authors = [sitter.who for sitter in first.people if sitter.after is None]
    more = []
    for number in range(works - len(first.works)):
        by, weeks_ago = authors[number % len(authors)], rng.uniform(LATELY, first.held * first.weeks - 1)
        made = picture if number % PICTURES == PICTURES - 1 else writing
        more.append(made(crowd, by, weeks_ago, rng))
    return replace(first, works=(*first.works, *more))


def writing(crowd: Crowd, by: str, weeks_ago: float, rng: Random) -> Piece:
    """A few of the lines in two stanzas, or in one."""
    lines = rng.sample(crowd.lines, rng.randint(3, 8))
    lines.insert(rng.randint(2, len(lines)), "")
    return Piece(by, weeks_ago, rng.choice(crowd.titles), "\n".join(lines).strip())


def picture(crowd: Crowd, by: str, weeks_ago: float, rng: Random) -> Piece:
    motif = rng.choice(list(crowd.pictures))
    title, alt = rng.choice(crowd.titles), crowd.pictures[motif]
    return Piece(by, weeks_ago, title, picture=motif, seed=rng.randrange(DRAWINGS), alt=alt)
