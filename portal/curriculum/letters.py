"""How large and how far apart a reader wants the letters of the guide, as a cookie carries it."""

from dataclasses import dataclass

SIZES = ("usual", "large", "largest")
WIDE = "wide"


@dataclass(frozen=True)
class Letters:
    size: str = SIZES[0]
    wide: bool = False

    def __str__(self) -> str:
        """What stands in the cookie: nothing but these words, joined by dots."""
        return f"{self.size}.{WIDE}" if self.wide else self.size

    def classes(self) -> str:
        """For the page; none where everything is as usual."""
        return " ".join(word for word in str(self).split(".") if word != SIZES[0])


def letters_in(cookie: str) -> Letters:
    """What is not known is as usual."""
    said = cookie.split(".")
    return Letters(next((size for size in SIZES if size in said), SIZES[0]), WIDE in said)
