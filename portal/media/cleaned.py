"""What goes into the child process and what comes out of it: known without Pillow, which only the child needs."""

from dataclasses import dataclass
from enum import StrEnum

MOST_BYTES = 12 * 1024 * 1024  # unless told otherwise; a 12-megapixel photograph weighs 4 to 6 MB
MIMETYPE = "image/webp"


class Why(StrEnum):
    """Why a picture is refused."""

    HEAVY = "heavy"  # too many bytes
    VAST = "vast"  # too many pixels
    MOVING = "moving"  # more than one frame
    HEIC = "heic"
    STRANGE = "strange"  # not a JPEG, PNG or WebP
    BROKEN = "broken"  # says it is one, and can't be read


class Refused(Exception):
    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Cleaned:
    """Two WebP files of one picture, with their (width, height) in pixels."""

    large: bytes
    small: bytes
    large_size: tuple[int, int]
    small_size: tuple[int, int]
