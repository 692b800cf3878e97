"""What a phone keeps of the guide, and by which mark it notices that something has changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

PAGE = 10  # kilobytes, on average; a test measures
LENGTH = 12  # characters of a mark


@dataclass(frozen=True)
class PhoneCopy:
    """What a phone holds: the addresses with their marks, in the order in which they are fetched."""

    paths: tuple[tuple[str, str], ...]

    @property
    def fingerprint(self) -> str:
        """Another one as soon as any address or mark is another."""
        return mark(*(part for pair in self.paths for part in pair))


def kilobytes(pages: int) -> int:
    """About how much so many pages are, to the hundred."""
    return round(pages * PAGE / 100 + 0.5) * 100


def mark(*words: str) -> str:
    return sha256("\0".join(words).encode()).hexdigest()[:LENGTH]


def mark_of_files(folders: Iterable[Path]) -> str:
    """One mark for the contents of all that lies in these folders."""
    found = {path for folder in folders for path in folder.rglob("*") if path.is_file()}
    read = sorted(path for path in found if "__pycache__" not in path.parts)
    return mark(*(f"{path} {sha256(path.read_bytes()).hexdigest()}" for path in read))
