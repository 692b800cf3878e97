"""Words as somebody typed them into a box: which fields hold them, their lines, and where a blank one parts them."""

import re
from dataclasses import dataclass


def stanzas(text: str) -> list[list[str]]:
    """The lines of the text, parted at blank lines. Every end of line that was typed is kept."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n"))
    return [[line.rstrip() for line in block.strip("\n").split("\n")] for block in blocks if block.strip()]


# Fields that nobody types, since they hold a choice, an id or our own mark: an error page sends them along unseen. A
# test holds the list to the forms.
NAMES = """
    activity ages answers asked begins camera_off changed costs digest_day digest_hour do drawn early ends energy family
    friday holders kind language last leave lessons monday named no_reading no_touch not_met number often once
    one_hand outdoors overlap own_phone pace pack quiet_from quiet_to reminder remote role saturday says_time seated
    seats seen size stands sunday thursday together tuesday version wanted was wednesday what which who wide wish
    works yes zone
"""
PRESSED = "again answer back beside can instead_of may page read remember show"  # beside a button or on it
CHOSEN = frozenset((NAMES + PRESSED).split())


@dataclass(frozen=True)
class Sent:
    """One field of a form that was sent."""

    name: str
    text: str

    @property
    def is_typed(self) -> bool:
        """Whether these are somebody's words. A field in a list of forms has a number and a dash before its name."""
        return bool(self.text.strip()) and self.name.rpartition("-")[2] not in CHOSEN
