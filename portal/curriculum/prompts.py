"""The questions of the guide that a reader may answer for themselves."""

import re

from portal.curriculum.pieces import Lesson, Text

HEADING = re.compile(r"^## .*$", re.MULTILINE)
FROM_THE_END = 3  # a lesson's question stands before where we stop and what it rests on


def prompt_of(lesson: Lesson) -> str:
    """What a lesson's question is called; it stays when the lesson moves to another place."""
    return f"lesson {lesson.key}"


def prompt_in(module: int, key: str) -> str:
    return f"module {module} {key}"


def question(text: Text) -> str:
    """The question that a lesson leaves with its reader."""
    places = [(found.start(), found.end()) for found in HEADING.finditer(text.body)]
    if len(places) < FROM_THE_END:
        return ""
    begins, ends = places[-FROM_THE_END][1], places[-FROM_THE_END + 1][0]
    return text.body[begins:ends].strip()
