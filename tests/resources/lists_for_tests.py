"""Lists of help as anybody might write them."""

from hypothesis import strategies as st

from portal.resources.pack import (
    COSTS,
    KINDS,
    PRESS,
    PROMISES,
    SENDS,
    SPOKEN,
    UNDATED,
    Entry,
    Pack,
    Reach,
    Source,
    first_day,
)

PLACE = "elm-street"
GOOD = """\
place: {en: Elm Street, es: Calle Elm}
entries:
- key: soup
  name: {en: Soup on Sundays, es: Sopa los domingos}
  for: {en: Anyone hungry., es: Quien tiene hambre.}
  reach: {phone: "555-0100"}
  when: {place: elm-street, kinds: [everyday], hours: always, languages: [en, es], cost: free}
  sends: unknown
  source: {url: "https://soup.example", date: "2026-10"}
"""
ROW = """\
place,place_en,place_es,key,name_en,name_es,for_en,for_es,phone,kinds,hours,languages,cost,sends,sources
elm-street,Elm Street,Calle Elm,soup,Soup on Sundays,Sopa los domingos,Anyone hungry.,Quien tiene hambre.,555-0100,\
everyday,always,en es,free,unknown,https://soup.example 2026-10
"""

texts = (
    st.text(
        st.characters(exclude_categories=("C", "Z")) | st.sampled_from(" '=+-@|,;:#\"{}[]"), min_size=1, max_size=30
    )
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: text and text.isprintable())
)
words = st.fixed_dictionaries({"en": texts, "es": texts})
maybe = st.none() | words
numbers = st.from_regex(r"[0-9]{1,4}(-[0-9]{1,4}){0,3}", fullmatch=True)
keys = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True)
links = st.from_regex(r"https?://[a-z]{1,9}\.example(/[!#-;=?-\[\]_a-z~]{0,20})?", fullmatch=True)


def is_day(said: str) -> bool:
    try:
        return bool(first_day(said))
    except ValueError:
        return False


dates = st.just(UNDATED) | st.from_regex(r"20[0-9]{2}(-[01][0-9](-[0-3][0-9])?)?", fullmatch=True).filter(is_day)
sources = st.lists(st.builds(Source, links, dates), min_size=1, max_size=3).map(tuple)
presses = st.dictionaries(st.sampled_from(PRESS), st.integers(0, 9)).map(lambda found: tuple(found.items()))
text_words = st.none() | st.dictionaries(st.sampled_from(("en", "es")), texts, min_size=1)
reaches = st.one_of(
    st.builds(Reach, phone=numbers, tty=st.just("") | numbers, press=presses, chat=st.just("") | links),
    st.builds(Reach, text=numbers, text_word=text_words),
    st.builds(Reach, web=links, go=maybe),
    st.builds(Reach, go=words),
)


def several(choices) -> st.SearchStrategy:
    return st.lists(st.sampled_from(list(choices)), unique=True, max_size=4).map(tuple)


@st.composite
def entries(draw, key: str, place: str) -> Entry:
    sends = draw(st.sampled_from(SENDS))
    return Entry(
        key=key,
        name=draw(words),
        for_whom=draw(words),
        reach=draw(reaches),
        place=place,
        kinds=draw(several(KINDS).filter(bool)),
        hours=draw(st.none() | st.just({}) | words),
        languages=draw(several(SPOKEN)),
        cost=draw(st.sampled_from(COSTS)),
        sends=sends,
        own_words=draw(texts) if sends in PROMISES else draw(st.just("") | texts),
        sends_note=draw(maybe),
        reports=draw(maybe),
        note=draw(maybe),
        sources=draw(sources),
    )


@st.composite
def packs(draw) -> Pack:
    place = draw(keys)
    found = draw(st.lists(keys, unique=True, min_size=1, max_size=3))
    return Pack(place, draw(words), tuple(draw(entries(key, place)) for key in found))
