"""The child process, with real children: some are told to misbehave."""

import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from portal.answering import OneAtATime
from portal.media import worker
from portal.media.refusals import (
    NotAPicture,
    PictureBroken,
    PictureIsHeic,
    PictureMoves,
    PictureRefused,
    PicturesBusy,
    PictureTooHeavy,
    PictureTooVast,
)
from portal.media.space import MEGABYTE
from tests.in_line import NEVER, ask, came
from tests.media.pictures_for_tests import encoded, located_jpeg, moving, photograph, plain, png_of, webp_of


def child(code: str) -> tuple[str, ...]:
    return (sys.executable, "-I", "-c", code)


def test_a_picture_goes_through_the_child_and_comes_back_clean():
    made = worker.clean(located_jpeg())
    assert (made.large_size, made.small_size) == ((64, 48), (64, 48))
    assert worker.is_webp(made.large)
    assert worker.is_webp(made.small)


@pytest.mark.parametrize(
    ("sent", "refusal"),
    [
        (b"\0" * (worker.MOST_BYTES + 1), PictureTooHeavy),
        (png_of(60_000, 60_000), PictureTooVast),
        (webp_of(16_383, 16_383), PictureTooVast),
        (moving("PNG"), PictureMoves),
        (b"\0\0\0\x18ftypheic" + b"\0" * 40, PictureIsHeic),
        (b"<svg/>", NotAPicture),
        (encoded(plain((300, 300)), "PNG")[:-40], PictureBroken),
        (b"", NotAPicture),
    ],
)
def test_each_refusal_comes_through_with_its_own_words(sent, refusal):
    with pytest.raises(refusal) as refused:
        worker.clean(sent)
    assert type(refused.value) is refusal
    assert refused.value.status in (413, 415, 422)
    assert refused.value.say.endswith(".")


def test_the_child_takes_as_much_as_it_is_told():
    heavy = encoded(plain()) + b"\0" * (13 * MEGABYTE)
    assert worker.clean(heavy, 20 * MEGABYTE).large_size == (64, 48)
    with pytest.raises(PictureTooHeavy):
        worker.clean(heavy)
    with pytest.raises(PictureTooHeavy):
        worker.clean(heavy, 13 * MEGABYTE)


@pytest.mark.parametrize(
    "code",
    [
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "import os; os.abort()",
        "raise SystemExit(3)",
        "print('nonsense')",
        "print('{}')",
        "print('[1]')",
        'print(\'{"why": "made up"}\')',
        "print('{\"lengths\": [4, 4], \"sizes\": [[1, 1], [1, 1]]}'); print('<script>')",
        'print(\'{"why": "heic"}\'); raise SystemExit(3)',
        "pass",
    ],
)
def test_a_child_that_dies_or_talks_nonsense_is_a_kind_refusal(code):
    with pytest.raises(PictureBroken):
        worker.clean(b"anything", child=child(code))


def test_a_child_that_hangs_is_ended():
    with pytest.raises(PictureBroken):
        worker.clean(b"anything", child=child("import time; time.sleep(3600)"), seconds=0.3)


def test_a_child_that_cannot_start_is_a_kind_refusal():
    with pytest.raises(PicturesBusy):
        worker.clean(b"anything", child=("/nowhere/python",))


def child_until(goes_on: Path) -> tuple[str, ...]:
    """One that ends, without an answer, when this file is there."""
    return child(f"import os, time\nwhile not os.path.exists({str(goes_on)!r}): time.sleep(0.01)")


def test_while_a_picture_is_in_the_childs_hands_others_are_answered(tmp_path):
    goes_on, two = tmp_path / "goes on", OneAtATime(held_up=NEVER)
    two.set_thread_count(2)

    def send():
        with suppress(PictureBroken):
            worker.clean(b"anything", child=child_until(goes_on), seconds=120)

    sent = ask(two, send)
    assert came(ask(two, lambda: None))
    assert not sent.done.is_set()
    goes_on.touch()
    assert came(sent)
    two.shutdown()


def test_only_so_many_wait_in_line_and_the_next_is_asked_to_come_back(tmp_path):
    goes_on = tmp_path / "goes on"
    turned_away = []

    def send():
        try:
            worker.clean(b"anything", child=child_until(goes_on), seconds=120)
        except PicturesBusy:
            turned_away.append(True)
        except PictureBroken:
            pass

    senders = [threading.Thread(target=send) for _ in range(1 + worker.WAITING + 2)]
    for sender in senders:
        sender.start()
    end = time.monotonic() + 20
    while len(turned_away) < 2 and time.monotonic() < end:
        time.sleep(0.01)
    goes_on.touch()
    for sender in senders:
        sender.join()
    assert len(turned_away) == 2
    assert worker.clean(encoded(plain())).large_size == (64, 48)  # and nothing stays taken


def limits_told_by_a_child() -> list[str]:
    code = (
        f"import sys; sys.path.append({str(worker.Path(worker.__file__).parent)!r}); import child, os, resource;"
        "child.limit(); print(*[resource.getrlimit(getattr(resource, 'RLIMIT_' + n))[1] for n in"
        " ('AS', 'CPU', 'CORE', 'FSIZE')], os.nice(0), len(os.environ))"
    )
    done = subprocess.run([sys.executable, "-I", "-B", "-c", code], env={}, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_the_child_is_held_to_its_limits():
    memory, seconds, core, file, nice, *_ = limits_told_by_a_child()
    assert (memory, seconds, core, file, nice) == ("400000000", "10", "0", "0", "19")


def test_the_child_carries_nothing_of_the_web_or_the_database():
    code = worker.Path(worker.__file__).with_name("child.py").read_text()
    code += "\nassert 'flask' not in sys.modules and 'peewee' not in sys.modules, sorted(sys.modules)\n"
    script = code.replace("__file__", repr(worker.__file__))
    done = subprocess.run([sys.executable, "-I", "-c", script], input=encoded(plain()), capture_output=True, env={})
    assert done.returncode == 0, done.stderr


def test_a_picture_that_needs_more_memory_than_the_child_has_is_refused_kindly():
    with pytest.raises(PictureRefused):
        worker.clean(webp_of(6300, 6300))  # within the pixels, but such a canvas takes 300 MB before the picture itself


def test_a_phone_photograph_is_cleaned_within_the_memory_budget():
    """PERFORMANCE.md 7: at most 96 MB for 12 megapixels; 52 were measured."""
    code = (
        f"import runpy; runpy.run_path({worker.CHILD[-1]!r}, run_name='__main__');"
        "import sys; print(*open('/proc/self/status'), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], input=photograph(), capture_output=True, env={}, check=True
    )
    assert b'"sizes": [[1600, 1200], [480, 360]]' in done.stdout
    (peak,) = [line.split()[1] for line in done.stderr.decode().splitlines() if line.strip().startswith("VmHWM")]
    assert int(peak) < 96 * 1024  # kB
