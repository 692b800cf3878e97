"""What can go wrong, by name. `web/error_pages.py` alone turns portal errors into pages."""

from pathlib import Path
from typing import ClassVar


class PortalError(Exception):
    """An answer other than the one asked for: an HTTP status, a heading and a sentence that says what to do next.

    `title` and `say` are lazily translated, so a class may hold them; a raiser may pass its own `say`.
    """

    status: ClassVar[int] = 400
    gives_back: ClassVar[bool] = True  # what was being sent, on the error page
    title: str = ""
    say: str = ""

    def __init__(self, say: str | None = None) -> None:
        super().__init__(type(self).__name__)
        if say is not None:
            self.say = say


class Unfit(Exception):
    """A file that will not do: where, and what is wrong."""

    def __init__(self, path: Path, line: int, wrong: str) -> None:
        super().__init__(f"{path}, line {line}: {wrong}")
        self.path, self.line, self.wrong = path, line, wrong
