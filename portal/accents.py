"""Words as people compare them: without accents and capitals."""

from unicodedata import combining, normalize


def plain(text: str) -> str:
    """In lower case, each letter without its accents; a sign that stands for several letters becomes these."""
    return "".join(sign for sign in normalize("NFKD", text).casefold() if not combining(sign))
