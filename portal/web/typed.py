"""Words as somebody typed them into a box: their lines, and where a blank one parts them."""

import re


def stanzas(text: str) -> list[list[str]]:
    """The lines of the text, parted at blank lines. Every end of line that was typed is kept."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n"))
    return [[line.rstrip() for line in block.strip("\n").split("\n")] for block in blocks if block.strip()]
