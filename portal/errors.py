"""What can go wrong, by name. `web/error_pages.py` alone turns these into pages."""

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
