import errno
import os
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.media.store import Files, NoSuchFile

NAME = "abcdefghijklmnopqrstuvwxyz"


@pytest.fixture
def files(tmp_path):
    kept = Files()
    kept.open(tmp_path / "media")
    return kept


def everything_in(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_what_was_written_can_be_read_until_it_is_erased(files):
    files.write(f"{NAME}-large", b"sealed")
    assert files.read(f"{NAME}-large") == b"sealed"
    files.erase(f"{NAME}-large")
    with pytest.raises(NoSuchFile):
        files.read(f"{NAME}-large")
    assert everything_in(files.folder) == []


def test_a_file_stands_under_the_first_letters_of_its_name_and_only_its_owner_may_read_it(files):
    files.write(NAME, b"sealed")
    (path,) = everything_in(files.folder)
    assert path == files.folder / "ab" / NAME
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_erasing_twice_is_fine(files):
    files.erase(NAME)
    files.write(NAME, b"sealed")
    files.erase(NAME)
    files.erase(NAME)


def test_the_new_file_is_on_the_disk_before_its_name_and_its_name_before_the_answer(files, monkeypatch):
    done = []
    fsync, rename = os.fsync, os.rename
    monkeypatch.setattr(os, "fsync", lambda fd: (done.append(os.readlink(f"/proc/self/fd/{fd}")), fsync(fd))[1])
    monkeypatch.setattr(os, "rename", lambda a, b: (done.append("rename"), rename(a, b))[1])
    files.write(NAME, b"sealed")
    assert [step.rpartition("/")[2] for step in done] == ["media", f"{NAME}.part", "rename", "ab"]


@pytest.mark.parametrize(
    "name",
    ["", "..", "../../etc/passwd", "/etc/passwd", f"../{NAME}", f"{NAME}/..", f"{NAME}\0", NAME.upper(), NAME[1:]],
)
def test_no_name_leads_out_of_the_folder(files, name):
    for act in (files.read, files.erase, lambda name: files.write(name, b"x")):
        with pytest.raises(NoSuchFile):
            act(name)


@given(st.text())
def test_a_name_is_refused_or_stays_inside(name):
    kept = Files()
    kept.folder = Path("/base")
    with suppress(NoSuchFile):
        assert kept.path(name).parent.parent == kept.folder


def test_a_full_disk_leaves_nothing_behind(files, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, "no room")

    files.write(NAME, b"before")
    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="no room"):
            files.write(f"{NAME}-large", b"sealed")
    assert everything_in(files.folder) == [files.folder / "ab" / NAME]
    files.write(f"{NAME}-large", b"sealed")  # and it heals by itself


def test_a_half_written_file_of_a_process_long_gone_is_swept_away(files):
    (files.folder / "ab").mkdir()
    old, young = files.folder / "ab" / f"{NAME}.part", files.folder / "ab" / f"{NAME}-large.part"
    old.write_bytes(b"half")
    young.write_bytes(b"half")
    os.utime(old, (time.time() - 7200,) * 2)
    Files().open(files.folder)
    assert everything_in(files.folder) == [young]


def test_free_room_is_what_the_disk_says(files):
    assert 0 < files.free() <= os.statvfs(files.folder).f_frsize * os.statvfs(files.folder).f_blocks
