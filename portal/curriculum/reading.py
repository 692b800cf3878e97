"""How hard a text is to read: Flesch-Kincaid's grade for English, Szigriszt's ease for Spanish.

After Kincaid and others, Derivation of new readability formulas, 1975, and Szigriszt Pazos, Sistemas predictivos de
legibilidad del mensaje escrito, 1993. Syllables are estimated from letters, so a number is good to about half a grade.
"""

import itertools
import re

from portal.curriculum.bodies import FOOTNOTE

HARDEST_GRADE = 7.5  # of school, for English
LEAST_EASE = 70  # of 100, for Spanish

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+")
SENTENCE_END = re.compile(r"[.?!…]+[\"”»)*]*\s+(?=[\"“«¿¡]*[A-ZÁÉÍÓÚÑ0-9])|[.?!]+[\"”»)]*$")
ENDS_WELL = re.compile(r"[.?!][\"”]?$")
LINE_START = re.compile(r"^[>\-\s]*|^\d+\.\s")
BLANK = re.compile(r"_{2,}")
MARKS = re.compile(r"[*_`]|_{2,}")


def words(text: str) -> list[str]:
    return WORD.findall(text)


def length(markdown: str) -> int:
    """All words, headings too; footnote marks and blanks to fill in are none."""
    return len(words(BLANK.sub("", FOOTNOTE.sub("", markdown))))


def prose(markdown: str) -> str:
    """The text as it is read aloud: no headings, no marks, and a stop after a list item that has none."""
    lines = []
    for line in markdown.splitlines():
        if line.startswith("#") or not line.strip():
            continue
        plain = MARKS.sub("", FOOTNOTE.sub("", LINE_START.sub("", line))).strip()
        lines.append(plain if not plain or ENDS_WELL.search(plain) else plain + ".")
    return " ".join(lines)


def sentences(text: str) -> int:
    return max(1, sum(1 for sentence in SENTENCE_END.split(text) if words(sentence)))


def english_syllables(word: str) -> int:
    """About how many; a silent e and -ed are not sounded, -ia- and -eo- are two."""
    word = word.lower().replace("’", "'")
    if word.isdigit():
        return 2 if len(word) < 3 else 4
    word = re.sub(r"'(s|t|m|ll|re|ve|d)$", "", word)
    count = len(re.findall(r"[aeiouy]+", word))
    if count > 1 and word.endswith("e") and not word.endswith(("le", "ee")):
        count -= 1
    if count > 1 and re.search(r"[^td]ed$", word):
        count -= 1
    if re.search(r"(ia|io(?!n)|eo|uou|iu|ying)", word):
        count += 1
    return max(1, count)


def spanish_syllables(word: str) -> int:
    """About how many: strong vowels part, weak ones join their neighbor; the u of que and gui is silent."""
    word = word.lower()
    if word.isdigit():
        return 3
    word = re.sub(r"qu|gu(?=[eiéí])", "q", word)
    word = re.sub(r"y$", "i", word)
    count = 0
    for cluster in re.findall(r"[aeiouáéíóúü]+", word):
        strong = [vowel in "aeoáéóíú" for vowel in cluster]
        count += 1 + sum(1 for left, right in itertools.pairwise(strong) if left and right)
    return max(1, count)


def grade(markdown: str) -> float:
    """The school grade an English text asks for."""
    text = prose(markdown)
    said = words(text)
    syllables = sum(map(english_syllables, said))
    return 0.39 * len(said) / sentences(text) + 11.8 * syllables / len(said) - 15.59


def ease(markdown: str) -> float:
    """How easily a Spanish text reads, from 0 to about 100."""
    text = prose(markdown)
    said = words(text)
    syllables = sum(map(spanish_syllables, said))
    return 206.835 - 62.3 * syllables / len(said) - len(said) / sentences(text)
