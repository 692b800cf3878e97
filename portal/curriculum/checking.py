"""What a finished piece promises beyond its form: its length, how it reads, and what can be said aloud.

A start refuses only what the form refuses (see heads); this is for whoever writes, and for the tests of what ships.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from portal.accounts.neutral import telling_word
from portal.curriculum import reading
from portal.curriculum.bodies import (
    ACTIVITY_HEADINGS,
    EXERCISE_HEADINGS,
    FOOTNOTE,
    WORKSHOP_HEADINGS,
    part,
    section,
)
from portal.curriculum.pieces import (
    BASE,
    COMPANY,
    LANGUAGES,
    MODULES,
    Activity,
    Exercise,
    Guide,
    Handout,
    Lesson,
    Piece,
    Text,
    ToTheCircle,
    Workshop,
)

ROOM: dict[type, tuple[int, int, int]] = {  # words: the fewest, the most in English, the most in a translation
    Lesson: (500, 1000, 1200),
    Workshop: (700, 1300, 1560),
    Exercise: (150, 350, 420),
    ToTheCircle: (250, 450, 540),
    Activity: (200, 400, 400),
    Handout: (200, 350, 400),
}
LONGEST_LINE, LONGEST_SENTENCE = 40, 20  # words that someone frightened can say
LONGEST_SUMMARY, LONGEST_PROMPT = 25, 40
LEAST_EXERCISES, LEAST_PROMPTS = 3, 4

TELEPHONE = re.compile(r"\d{3}-\d{3,}|\d{5,}|\b[2-8]11\b")  # any but 911 and 988
STEP = re.compile(r"^\d+\.\s", re.MULTILINE)
STEP_MINUTES = re.compile(r"\((\d+) (minutes?|minutos?)\)[.*_]*[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Fault:
    says: str
    line: int | None = None  # of the body, counted from 0


def faults(piece: Piece, text: Text) -> list[Fault]:
    """What is wrong with the words in one language."""
    return [*of_length(piece, text), *of_reading(text), *of_speech(text), *of_privacy(text), *of_kind(piece, text)]


def of_length(piece: Piece, text: Text) -> Iterator[Fault]:
    least, most, most_translated = ROOM[type(piece)]
    most = most if text.language == BASE else most_translated
    count = reading.length(text.body)
    if not least <= count <= most:
        yield Fault(f"{count} words; {least} to {most} are wanted.")
    if text.summary and not isinstance(piece, Activity) and reading.length(text.summary) > LONGEST_SUMMARY:
        yield Fault(f"the summary has {reading.length(text.summary)} words, more than {LONGEST_SUMMARY}.")


def of_reading(text: Text) -> Iterator[Fault]:
    if text.language == "en" and reading.grade(text.body) > reading.HARDEST_GRADE:
        yield Fault(f"grade {reading.grade(text.body):.1f}; {reading.HARDEST_GRADE} or below is wanted.")
    if text.language == "es" and reading.ease(text.body) < reading.LEAST_EASE:
        yield Fault(f"ease {reading.ease(text.body):.0f}; {reading.LEAST_EASE} or more is wanted.")


def of_speech(text: Text) -> Iterator[Fault]:
    for number, line in to_say(text.body):
        if reading.length(line) > LONGEST_LINE:
            yield Fault(f"a line to say has {reading.length(line)} words, more than {LONGEST_LINE}: {line}", number)
        for sentence in re.split(r"(?<=[.?!])\s+", line):
            if reading.length(sentence) > LONGEST_SENTENCE:
                says = (
                    f"a sentence to say has {reading.length(sentence)} words, more than {LONGEST_SENTENCE}: {sentence}"
                )
                yield Fault(says, number)


def of_privacy(text: Text) -> Iterator[Fault]:
    for found in TELEPHONE.finditer(text.body):
        yield Fault(f"{found[0]} looks like a telephone number.", text.body.count("\n", 0, found.start()))
    if word := telling_word(text.outside):
        yield Fault(f"“{word}” in “{text.outside}” tells what kind of place this is.")


def of_kind(piece: Piece, text: Text) -> Iterator[Fault]:
    if isinstance(piece, Lesson):
        yield from of_lesson(piece, text)
    elif isinstance(piece, Workshop):
        yield from of_session(piece, text)
    elif isinstance(piece, Exercise):
        yield from of_steps(piece.minutes, section(text, EXERCISE_HEADINGS, 1))
    elif isinstance(piece, Activity):
        yield from of_steps(piece.minutes, section(text, ACTIVITY_HEADINGS, 2))


def of_lesson(piece: Lesson, text: Text) -> Iterator[Fault]:
    moment, say = (part(text.body, number) for number in (0, 1))
    if not 60 <= reading.length(moment) <= 150:
        yield Fault(f"the moment has {reading.length(moment)} words; 60 to 150 are wanted.")
    if len(to_say(say)) < 4:
        yield Fault("there are fewer than four lines to say.")
    if piece.danger and not (text.content_note and text.outside != text.title):
        yield Fault("a life may be at risk: a content note and another name for outside are wanted.")


def of_session(piece: Workshop, text: Text) -> Iterator[Fault]:
    steps = [STEP_MINUTES.findall(step) for step in steps_of(section(text, WORKSHOP_HEADINGS, 2))]
    for number, found in enumerate(steps, 1):
        if len(found) != 1:
            yield Fault(f"step {number} of the session does not end with its minutes, such as (5 minutes).")
    total = sum(int(minutes) for step in steps for minutes, _word in step)
    if total != piece.minutes:
        yield Fault(f"the steps of the session take {total} minutes together, not {piece.minutes}.")


def of_steps(minutes: tuple[int, int], said: str) -> Iterator[Fault]:
    """Steps may carry no minutes; those that do must fit into the whole."""
    steps = [STEP_MINUTES.findall(step) for step in steps_of(said)]
    total = sum(int(each) for step in steps for each, _word in step)
    if total > minutes[1] or (steps and all(steps) and total < minutes[0]):
        yield Fault(f"the steps take {total} minutes together, not {minutes[0]} to {minutes[1]}.")


def of_module(guide: Guide, number: int) -> Iterator[Fault]:
    """What a module still lacks."""
    if not guide.lessons_of(number):
        yield Fault("there is no lesson.")
    if number not in guide.workshops:
        yield Fault("there is no workshop.")
    if number not in guide.to_the_circle:
        yield Fault("there is nothing to take to the circle.")
    if not guide.handout_of(number):
        yield Fault("there is no handout of the module.")
    exercises = guide.exercises_of(number)
    if len(exercises) < LEAST_EXERCISES:
        yield Fault(f"there are {len(exercises)} exercises; {LEAST_EXERCISES} or more are wanted.")
    for company in COMPANY:
        if not any(company in exercise.company for exercise in exercises):
            yield Fault(f"there is no exercise with “{company}”.")
    yield from of_prompts(guide, number)


def of_prompts(guide: Guide, number: int) -> Iterator[Fault]:
    prompts = {language: guide.modules[language][number].prompts for language in LANGUAGES}
    for language, found in prompts.items():
        if len(found) < LEAST_PROMPTS:
            yield Fault(f"there are {len(found)} prompts in {language}; {LEAST_PROMPTS} or more are wanted.")
        if found.keys() != prompts[BASE].keys():
            yield Fault(f"the prompts in {language} have other keys than those in English.")
        for words in found.values():
            if reading.length(words) > LONGEST_PROMPT:
                yield Fault(f"a prompt has {reading.length(words)} words, more than {LONGEST_PROMPT}: {words}")


def all_of_modules(guide: Guide) -> Iterator[tuple[int, Fault]]:
    for number in MODULES:
        yield from ((number, fault) for fault in of_module(guide, number))


def of_references(guide: Guide, piece: Piece, helps: set[str]) -> Iterator[Fault]:
    """Where a piece points to what is not there. `helps` are the keys of the help entries."""
    lessons = {lesson.key for lesson in guide.lessons}
    named = {
        "lesson": [*piece.see, *filter(None, [getattr(piece, "lesson", "")])],
        "activity": getattr(piece, "activities", ()),
        "handout": filter(None, [getattr(piece, "handout", "")]),
        "help entry": piece.help,
    }
    known = {
        "lesson": lessons,
        "activity": guide.activities.keys(),
        "handout": guide.handouts.keys(),
        "help entry": helps,
    }
    for kind, keys in named.items():
        yield from (
            Fault(f"it names the {kind} “{key}”, which is not there.") for key in keys if key not in known[kind]
        )


def of_translations(piece: Piece) -> Iterator[Fault]:
    """Both languages are there, up to date, and rest on the same sources."""
    for language in LANGUAGES:
        if piece.lacks(language):
            yield Fault(f"the words in {language} are {piece.lacks(language)}.")
    cited = {frozenset(FOOTNOTE.findall(text.body)) for text in piece.texts.values()}
    if len(cited) > 1:
        yield Fault("the languages do not cite the same sources.")


def to_say(body: str) -> list[tuple[int, str]]:
    """The lines to say: each paragraph of a quotation without its marks, with the number of its line."""
    found: list[tuple[int, str]] = []
    before = ""
    for number, line in enumerate(body.splitlines()):
        said = line.strip().removeprefix(">").strip() if line.lstrip().startswith(">") else ""
        if said and before:
            found[-1] = (found[-1][0], f"{found[-1][1]} {said}")
        elif said:
            found.append((number, said))
        before = said
    return [(number, said.strip('"“”')) for number, said in found]


def steps_of(said: str) -> list[str]:
    """The items of a numbered list."""
    return STEP.split(said)[1:]
