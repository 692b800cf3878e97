"""The quotation marks of print, which writers need not type."""

import re

AFTER = r"(?<![^\s(\[>—–¿¡«“‘*_])"  # what may stand before an opening mark: nothing, a space, an opening sign
BEFORE = r"(?=[\w¿¡“‘*_])"
OPENS, OPENS_WITHIN = re.compile(AFTER + '"' + BEFORE), re.compile(AFTER + "'" + BEFORE)


def curly(text: str) -> str:
    """The same text with these marks in place of the straight ones."""
    text = OPENS.sub("“", text).replace('"', "”")
    return OPENS_WITHIN.sub("‘", text).replace("'", "’")
