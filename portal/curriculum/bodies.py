"""What the body of a piece is made of: the headings of its kind, in their order, and marks that lead to its sources."""

import re
from collections.abc import Mapping

from portal.curriculum.pieces import BASE, Text

HEADING = re.compile(r"^## (.*)$", re.MULTILINE)
FOOTNOTE = re.compile(r"\[\^([\w-]+)\]")

# In this order; others may stand between, but a lesson opens and closes with its own.
LESSON_HEADINGS = {
    "en": (
        "The moment", "Words to say", "Better left unsaid", "Three minutes to try", "One question to keep",
        "Where we stop", "What this rests on",
    ),
    "es": (
        "El momento", "Palabras para decir", "Mejor no decirlo", "Tres minutos para probar",
        "Una pregunta para guardar", "Hasta dónde llegamos", "En qué se apoya",
    ),
}  # fmt: skip
ACTIVITY_HEADINGS = {
    "en": ("Set up", "Words to open", "Steps", "Words to close", "A gentler variation", "What to watch for"),
    "es": ("Preparación", "Palabras para abrir", "Pasos", "Palabras para cerrar", "Una forma más suave", "Qué cuidar"),
}
WORKSHOP_HEADINGS = {
    "en": (
        "Before people come", "Words to open", "The session", "Words to close", "For whoever leads",
        "What this rests on",
    ),
    "es": (
        "Antes de que lleguen", "Palabras para abrir", "La sesión", "Palabras para cerrar", "Para quien guía",
        "En qué se apoya",
    ),
}  # fmt: skip
EXERCISE_HEADINGS = {
    "en": ("Set up", "Steps", "A gentler variation", "Afterward"),
    "es": ("Preparación", "Pasos", "Una forma más suave", "Después"),
}
TO_THE_CIRCLE_HEADINGS = {
    "en": ("Words to begin", "What to look at together", "What to decide", "Try until next time"),
    "es": (
        "Palabras para empezar", "Lo que pueden mirar en común", "Lo que pueden decidir",
        "Para probar hasta la próxima",
    ),
}  # fmt: skip
LESSON_OPENS = 2  # headings: the moment, the words to say
LESSON_CLOSES = 3  # headings: the question to keep, where we stop, what this rests on


def headings(body: str) -> list[tuple[int, str]]:
    """Where each heading of the second rank stands, and what it says."""
    return [(found.start(), found[1].strip()) for found in HEADING.finditer(body)]


def part(body: str, number: int) -> str:
    """The text under the heading of this number."""
    places = [offset for offset, _ in headings(body)] + [len(body)]
    return body[places[number] : places[number + 1]].partition("\n")[2]


def section(text: Text, known: Mapping[str, tuple[str, ...]], number: int) -> str:
    """The text under one of the headings that this kind must have."""
    wanted = known.get(text.language, known[BASE])[number]
    here = next((place for place, (_, words) in enumerate(headings(text.body)) if words == wanted), None)
    return "" if here is None else part(text.body, here)


def place_of_question(body: str) -> int | None:
    """Which heading of a lesson, from 0, has the question to keep under it. None where the text is no lesson."""
    number = len(headings(body)) - LESSON_CLOSES
    return number if number >= 0 else None
