"""The questions of the guide that a reader may answer for themselves."""

from portal.curriculum.bodies import part, place_of_question
from portal.curriculum.pieces import Lesson, Text


def prompt_of(lesson: Lesson) -> str:
    """What a lesson's question is called; it stays when the lesson moves to another place."""
    return f"lesson {lesson.key}"


def prompt_in(module: int, key: str) -> str:
    return f"module {module} {key}"


def place_of(prompt: str) -> tuple[int | None, str]:
    """The module and the key of its question; for a lesson's question no module, and the key of the lesson."""
    kind, *rest = prompt.split(" ")
    return (None, rest[0]) if kind == "lesson" else (int(rest[0]), rest[1])


def question(text: Text) -> str:
    """The question that a lesson leaves with its reader."""
    number = place_of_question(text.body)
    return "" if number is None else part(text.body, number).strip()
