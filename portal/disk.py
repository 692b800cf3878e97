"""What has to be on the disk before we go on, so that a power cut takes nothing back."""

import os
from pathlib import Path


def settle(path: Path) -> None:
    """Wait until what was written to a file has reached the disk, or of a folder, which names it holds."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
