"""Sealed files on disk: whole or not there, and never outside their folder."""

import os
import re
import shutil
import time
from contextlib import suppress
from pathlib import Path

from portal.disk import settle
from portal.waiting import waiting_elsewhere

NAME = re.compile(r"[a-z2-7]{26}(-[a-z]{1,12})?")  # a row's id, and which of its files
TEMPORARY = ".part"
STALE = 3600  # seconds after which an unfinished file belongs to a process that is gone


class NoSuchFile(Exception):
    """There is no file of this name: after a restore that means it was erased."""


class Files:
    """A folder of sealed files, spread over subfolders by their first two letters."""

    folder: Path

    def open(self, folder: Path) -> None:
        """Keep files in `folder` from here on, rid of what an interrupted write left behind."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for unfinished in folder.glob(f"??/*{TEMPORARY}"):
            with suppress(FileNotFoundError):
                if unfinished.stat().st_mtime < time.time() - STALE:
                    unfinished.unlink()

    def write(self, name: str, sealed: bytes) -> None:
        """Keep `sealed`; once this returns, a power cut does not lose it.

        On a full disk it raises OSError (ENOSPC) and leaves nothing behind; the web has a page for that.
        """
        path = self.path(name)
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            settle(self.folder)
        unfinished = path.with_name(path.name + TEMPORARY)
        try:
            out = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with waiting_elsewhere(), os.fdopen(out, "wb") as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        settle(path.parent)

    def read(self, name: str) -> bytes:
        """Raises NoSuchFile."""
        try:
            return self.path(name).read_bytes()
        except FileNotFoundError:
            raise NoSuchFile(name) from None

    def erase(self, name: str) -> None:
        """Take the file away; one that is gone already is fine, so that an interrupted erasing can be done again."""
        path = self.path(name)
        with suppress(FileNotFoundError):
            path.unlink()
            settle(path.parent)

    def free(self) -> int:
        """Bytes the portal may still write on this disk."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return shutil.disk_usage(self.folder).free

    def path(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise NoSuchFile(name)
        return self.folder / name[:2] / name


files = Files()
