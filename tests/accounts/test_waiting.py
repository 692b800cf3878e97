"""Waiting after wrong tries, wherever words or a code are asked for, and what is said when too many come at once."""

import threading
import time

import pytest

from portal.accounts.models import people
from portal.accounts.models.people import Person
from portal.answering import OneAtATime
from portal.db import db
from tests.accounts.doors import NEW_WORDS, ahead, code_of
from tests.cast import PASSPHRASE, enter
from tests.in_line import NEVER, Asked, ask, came

pytestmark = pytest.mark.usefixtures("still")

WRONG = "wrong words entirely"
LONG = 120  # seconds before a test gives up


def sign_in(app, name: str, words: str, address: str) -> int:
    sent = {"name": name, "passphrase": words}
    return app.test_client().post("/enter", data=sent, environ_base={"REMOTE_ADDR": address}).status_code


def test_many_names_tried_from_one_address_make_that_address_wait(app, cast):
    for number in range(20):
        assert sign_in(app, f"Guess {number}", WRONG, "192.0.2.7") == 422
    assert sign_in(app, "Ana", PASSPHRASE, "192.0.2.7") == 429
    assert sign_in(app, "Ana", PASSPHRASE, "198.51.100.9") == 303
    with ahead(minutes=5, seconds=1):
        assert sign_in(app, "Ana", PASSPHRASE, "192.0.2.7") == 303


def test_a_household_of_the_newer_addresses_waits_as_one(app, cast):
    for number in range(20):
        sign_in(app, f"Guess {number}", WRONG, f"2001:db8::{number + 1:x}")
    assert sign_in(app, "Ana", PASSPHRASE, "2001:db8::ffff") == 429
    assert sign_in(app, "Ana", PASSPHRASE, "2001:db8:0:1::1") == 303


def test_guessing_codes_makes_one_wait_also_with_the_right_one(app, ana, cast):
    code = code_of(ana)

    def come_back(with_code: str) -> int:
        sent = {"name": "Ana", "code": with_code, "which": "own", "passphrase": NEW_WORDS}
        return app.test_client().post("/lost", data=sent).status_code

    assert [come_back("ABCD-EFGH") for _ in range(5)] == [422] * 5
    assert come_back(code) == 429
    assert Person.get_by_id(cast["Ana"].id).code_check is not None
    with ahead(minutes=5, seconds=1):
        assert come_back(code) == 303


@pytest.mark.parametrize(
    ("path", "more"),
    [("/me/code", {}), ("/me/passphrase", {"which": "own", "passphrase": NEW_WORDS})],
)
def test_guessing_the_passphrase_on_an_unlocked_phone_makes_one_wait(ana, cast, path, more):
    before = Person.get_by_id(cast["Ana"].id)
    assert [ana.post(path, data={"current": WRONG, **more}).status_code for _ in range(5)] == [422] * 5
    assert ana.post(path, data={"current": PASSPHRASE, **more}).status_code == 429
    after = Person.get_by_id(cast["Ana"].id)
    assert (after.verifier, after.code_check) == (before.verifier, None)
    with ahead(minutes=5, seconds=1):
        assert ana.post(path, data={"current": PASSPHRASE, **more}).status_code in (200, 303)


def test_guesses_at_the_code_page_count_on_the_passphrase_page_too(ana, bo):
    for path in ("/me/code", "/me/passphrase", "/me/code", "/me/passphrase", "/me/code"):
        ana.post(path, data={"current": WRONG, "which": "own", "passphrase": NEW_WORDS})
    assert ana.post("/me/code", data={"current": PASSPHRASE}).status_code == 429
    assert bo.post("/me/code", data={"current": PASSPHRASE}).status_code == 200


@pytest.fixture
def in_the_way():
    """Whoever is stretching words takes very long, until this is released."""
    assert people._one_at_a_time.acquire(timeout=LONG)
    free = threading.Event()

    def release() -> None:
        if not free.is_set():
            free.set()
            people._one_at_a_time.release()

    yield release
    release()


def wait_for(is_so) -> None:
    end = time.monotonic() + LONG
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_when_too_many_sign_in_at_once_the_next_is_asked_to_come_back_and_pages_go_on(app, cast, in_the_way):
    answers: list[tuple[int, str]] = []

    def arrive() -> None:
        answer = app.test_client().post("/enter", data={"name": "Ana", "passphrase": PASSPHRASE})
        answers.append((answer.status_code, answer.text))
        db.close()

    first = [threading.Thread(target=arrive, daemon=True) for _ in range(3)]
    for thread in first:
        thread.start()
    wait_for(lambda: people._queue._value == 0)
    assert answers == []
    one_more = threading.Thread(target=arrive, daemon=True)
    one_more.start()
    one_more.join(LONG)
    ((status, said),) = answers
    assert status == 503
    assert "Many people came at the same time" in said
    assert PASSPHRASE not in said
    assert app.test_client().get("/enter").status_code == 200
    in_the_way()
    for thread in first:
        thread.join(LONG)
    assert [status for status, _ in answers] == [503, 303, 303, 303]
    assert enter(app, "Bo").get("/me").status_code == 200, "every place in the line is free again"
    assert people._queue._value == 3


def test_while_passphrases_are_stretched_the_one_thread_that_answers_goes_on(app, cast, in_the_way):
    four = OneAtATime(held_up=NEVER)
    four.set_thread_count(4)
    answers: list[int] = []

    def arrive() -> None:
        answers.append(sign_in(app, "Ana", PASSPHRASE, "192.0.2.7"))
        db.close()

    def look() -> None:
        answers.append(app.test_client().get("/enter").status_code)
        db.close()

    arrivals: list[Asked] = [ask(four, arrive) for _ in range(3)]
    assert came(ask(four, look))
    assert answers == [200]
    in_the_way()
    assert all(came(arrival) for arrival in arrivals)
    assert answers == [200, 303, 303, 303]
    four.shutdown()
