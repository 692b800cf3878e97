"""What stands on a page: what its reader reads, and what its form sends along unseen."""

import re
from html import unescape

from werkzeug.test import TestResponse


def words(answer: TestResponse) -> str:
    """All of it below the head of the page, on one line."""
    text = re.sub(r"<[^>]+>", " ", answer.text.partition('<main class="page"')[2])
    return re.sub(r"\s+([.,:])", r"\1", re.sub(r"\s+", " ", unescape(text)))


def hidden(answer: TestResponse) -> dict[str, str]:
    """The hidden fields of all its forms, by name."""
    found = re.findall(r'<input[^>]*type="hidden"[^>]*>', answer.text)
    pairs = [(re.search(r'name="(\w+)"', one), re.search(r'value="([^"]*)"', one)) for one in found]
    return {name[1]: unescape(value[1]) if value else "" for name, value in pairs if name}
