"""What a reader reads on a page."""

import re
from html import unescape

from werkzeug.test import TestResponse


def words(answer: TestResponse) -> str:
    """All of it below the head of the page, on one line."""
    text = re.sub(r"<[^>]+>", " ", answer.text.partition('<main class="page"')[2])
    return re.sub(r"\s+([.,:])", r"\1", re.sub(r"\s+", " ", unescape(text)))
