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
        return ".".join(self.classes().split())

    def classes(self) -> str:
        """For the page; none where everything is as usual."""
        return " ".join([self.size] * (self.size != SIZES[0]) + [WIDE] * self.wide)


def read(cookie: str) -> Letters:
    """What is not known is as usual."""
    said = cookie.split(".")
    return Letters(next((size for size in SIZES if size in said), SIZES[0]), WIDE in said)
