"""How a piece of writing stands on the page: as verse or as prose, and how it begins."""

from portal.web.typed import stanzas

VERSE_LINE = 80  # characters; people end a line of verse before this and a paragraph after it
BEGINNING = 3  # lines shown on a wall of pieces
BEGINNING_LENGTH = 160  # characters


def is_verse(text: str) -> bool:
    """Whether a line that is too long for the screen should hang, as in a poem, instead of flowing on."""
    parts = stanzas(text)
    is_broken = any(len(stanza) > 1 for stanza in parts)
    return is_broken and all(len(line) <= VERSE_LINE for stanza in parts for line in stanza)


def beginning(text: str) -> list[str]:
    """The first lines, cut at a word where they are long; a cut is shown by an ellipsis."""
    first = next(iter(stanzas(text)), [])
    shown, room = [], BEGINNING_LENGTH
    for line in first[:BEGINNING]:
        if len(line) > room:
            shown.append(cut(line, room))
            break
        shown.append(line)
        room -= len(line)
    return shown


def cut(line: str, room: int) -> str:
    whole = line[:room].rsplit(None, 1)[0] if " " in line[:room] else line[:room]
    return whole.rstrip(" ,;:.–—") + "…"
