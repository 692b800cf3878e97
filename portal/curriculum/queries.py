"""What somebody means by what they type to find something: a word, or a sentence as it comes to a tired person."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence

from portal.accents import plain

SHORTEST, LONGEST = 2, 160  # letters of what is looked for
MOST_WORDS = 8
WORD = re.compile(r"\w+")
PLURAL = ("s", "es")  # in English and Spanish
SHORTEST_BARE = 4  # letters of a word without its ending: what is shorter begins too many others
SHORTEST_SLIP = 5  # letters of a word in which one may be wrong
ENDINGS = (  # of verbs in English and Spanish; a longer one before one that it ends with
    *("andonos", "iendonos", "andose", "iendose", "andome", "iendome", "aronse", "abamos", "iamos"),
    *("iendo", "arnos", "irnos", "ieron", "ando", "amos", "emos", "imos", "aron", "arse", "erse", "irse", "arme"),
    *("erme", "irme", "arle", "erle", "irle", "aban", "adas", "ados", "idas", "idos", "aste", "iste"),
    *("ing", "aba", "ada", "ado", "ida", "ido", "ed", "ly", "ar", "er", "ir", "an", "en", "io", "o", "a", "e"),
)
# Words that stand everywhere and say nothing of what is looked for.
ENGLISH = """
a about am an and any anybody anyone are as at be been but by can could couldn did didn do does doesn doing don done
for from get gets getting got had has have having he her hers him his how i if in into is isn it its just let ll m
me my no not of on or our ours out re s she should shouldn so some somebody someone t than that the their them then
there these they this those to too up us ve very was wasn we were what when where which who whom why will with won
would wouldn you your yours
"""
SPANISH = """
a al algo alguien algun alguna alguno ante aqui asi aun como con cual cuando cuanto cuyo de del desde donde e el
ella ellas ello ellos en entre era es esa esas ese eso esos esta estaba estamos estan estar estas este esto estos
estoy fue ha haber hace hacemos hacer hacia hago han has hasta hay he hemos la las le les lo los mas me mi mia mio
mis muy nada ni no nos nosotras nosotros nuestra nuestras nuestro nuestros o os para pero por porque pues que quien
quienes se sea ser si sido sin sobre solo somos son soy su sus suya suyo tal tambien tan te tenemos tengo ti tiene
tienen toda todas todo todos tu tus u un una unas uno unos va vamos voy y ya yo
"""
LITTLE = {"en": frozenset(ENGLISH.split()), "es": frozenset(SPANISH.split())}


class Plain(dict[int, str]):
    """Each letter without accent and capital, by its code: as many letters as there were.

    A search folds a hundred texts, so letters of common scripts are remembered; others that somebody sends are not.
    """

    COMMON = 0x2100

    def __missing__(self, code: int) -> str:
        letter = plain(chr(code))[:1] or chr(code)
        if code < self.COMMON:
            self[code] = letter
        return letter


PLAIN = Plain()


def folded(text: str) -> str:
    """Without accents and capitals, letter by letter: as long as it was, once it is composed."""
    return text.translate(PLAIN)


def composed(text: str) -> str:
    """With each accent on its letter."""
    return unicodedata.normalize("NFC", text)


def words_in(text: str) -> list[str]:
    """Its words, folded."""
    return WORD.findall(folded(composed(text)))


def asked_for(query: str, language: str = "") -> list[str]:
    """The words to look for, without the little ones of the language if others are left; none if the query is short."""
    words = words_in(" ".join(query.split())[:LONGEST])
    if sum(map(len, words)) < SHORTEST:
        return []
    telling = [word for word in words if word not in LITTLE.get(language, ())]
    return list(dict.fromkeys(telling or words))[:MOST_WORDS]


def folded_words(also: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {folded(composed(word)): [folded(composed(other)) for other in others] for word, others in also.items()}


def spellings(word: str, also: Mapping[str, Sequence[str]]) -> list[str]:
    """The word, what it is without the ending of a plural, and other words for any of these."""
    bare = [word.removesuffix(ending) for ending in PLURAL if word.endswith(ending)]
    same = [word, *(one for one in bare if len(one) >= SHORTEST_BARE)]
    return list(dict.fromkeys([*same, *(other for one in same for other in also.get(one, ()))]))


def closest(word: str, also: Mapping[str, Sequence[str]], known: Collection[str]) -> list[str]:
    """What a word may stand for that nothing begins with: its stem, or a known word in which one letter is another."""
    stem = stem_of(word)
    if stem:
        longer = [one for one in also if one.startswith(stem)]
        found = [*longer, *(other for one in longer for other in also[one])]
        if found or any(one.startswith(stem) for one in known):
            return list(dict.fromkeys([stem, *found]))
    slipped = slip(word, [*also, *known])
    return spellings(slipped, also) if slipped else []


def stem_of(word: str) -> str:
    """The word without the ending of a verb; nothing where too little would be left."""
    ending = next((one for one in ENDINGS if word.endswith(one) and len(word) - len(one) >= SHORTEST_BARE), "")
    return word.removesuffix(ending) if ending else ""


def slip(word: str, known: Iterable[str]) -> str:
    """A known word from which this one differs by one letter, or by two that changed places; the likeliest of several.

    People rarely slip at a word's first letter, so a word that begins alike is likelier.
    """
    if len(word) < SHORTEST_SLIP:
        return ""
    near = [one for one in known if differs_by_one(word, one)]
    return max(near, key=lambda one: one[0] == word[0], default="")


def differs_by_one(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1 or len(other) < SHORTEST_SLIP:
        return False
    here = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    rest, left = one[here:], other[here:]
    changed_places = rest[:2] == left[1::-1] and rest[2:] == left[2:]
    return rest[1:] == left[1:] or rest[1:] == left or rest == left[1:] or changed_places
