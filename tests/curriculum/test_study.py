"""How far a reader is and what they wrote: theirs alone, unless they show it to their table."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PrivateKey

from portal.curriculum.errors import WrittenElsewhere
from portal.curriculum.models.reflections import Reflection, Thought, mark, packed
from portal.curriculum.models.study import Study
from portal.curriculum.progress import Progress
from portal.db import utcnow
from portal.rings import OwnKeys
from portal.rings.models import Wrap
from portal.vault import Unsealable, new_key, seal, seal_to
from portal.web.errors import NotHere

NOW = utcnow()
LESSONS = ("a", "b", "c", "d")
ASKED = Thought("lesson a", "What helped?")


# Where to go on: a rule.


def test_who_has_begun_nothing_is_sent_nowhere():
    assert Progress().next_of(LESSONS) is None


def test_one_goes_on_where_one_was_until_that_is_read():
    assert Progress(here="b").next_of(LESSONS) == "b"
    assert Progress(here="b", read=("b",)).next_of(LESSONS) == "c"


def test_after_the_last_lesson_one_goes_on_with_what_was_left_out():
    assert Progress(here="d", read=("a", "d")).next_of(LESSONS) == "b"


@given(st.sampled_from(("", *LESSONS, "gone")), st.lists(st.sampled_from((*LESSONS, "gone")), unique=True))
def test_nobody_is_sent_to_what_they_have_read_or_what_is_gone(here, read):
    found = Progress(here, tuple(read)).next_of(LESSONS)
    assert found is None or (found in LESSONS and found not in read)


@given(st.lists(st.tuples(st.sampled_from(LESSONS), st.booleans())))
def test_a_mark_stands_as_it_was_last_set(marks):
    progress, stands = Progress(), {}
    for lesson, read in marks:
        progress = progress.marked(lesson) if read else progress.unmarked(lesson)
        stands[lesson] = read
    assert set(progress.read) == {lesson for lesson, read in stands.items() if read}
    assert len(set(progress.read)) == len(progress.read)


def test_who_wants_nothing_kept_in_mind_is_not_followed():
    assert Progress(here="a").remembering(False).at("b").here == ""
    assert Progress(here="a", read=("a",)).remembering(False).next_of(LESSONS) is None


# What is kept.


@pytest.fixture
def keys(cast):
    return own(cast, "Bo")


def own(cast, name: str) -> OwnKeys:
    return OwnKeys(cast[name].id, cast[name].private)


def test_progress_opens_for_its_reader_alone(cast, keys):
    Study.visit(keys, "b")
    Study.mark(keys, "a", read=True)
    assert Study.of(keys) == Progress("b", ("a",))
    assert Study.of(OwnKeys(keys.person_id, PrivateKey.generate())) == Progress()
    assert Study.of(own(cast, "Ana")) == Progress()


def test_the_row_of_who_has_read_much_is_as_long_as_that_of_who_has_read_little(cast, keys):
    Study.mark(own(cast, "Ana"), "nobody-comes", read=True)
    for number in range(20):
        Study.mark(keys, f"a-lesson-of-this-guide-{number}", read=True)
    assert len({len(row.sealed_progress) for row in Study.select()}) == 1


def test_opening_the_same_lesson_again_writes_nothing(keys):
    Study.visit(keys, "b")
    before = Study.get().sealed_progress
    Study.visit(keys, "b")
    assert Study.get().sealed_progress == before


def test_forgetting_erases_the_row_and_keeps_only_the_wish_not_to_be_followed(keys):
    Study.mark(keys, "a", read=True)
    Study.forget(keys)
    assert not Study.select().exists()
    Study.remember(keys, False)
    Study.forget(keys)
    assert Study.of(keys) == Progress(remembers=False)


CHANGES = {
    "mark": lambda keys: Study.mark(keys, "a", read=True),
    "visit": lambda keys: Study.visit(keys, "b"),
    "remember": lambda keys: Study.remember(keys, False),
    "forget": Study.forget,
    "write": lambda keys: Reflection.write(keys, replace(ASKED, text="Soup."), "", NOW),
    "erase": lambda keys: Reflection.erase(keys, ASKED.prompt),
}


@pytest.mark.parametrize("change", CHANGES)
def test_of_two_requests_of_one_person_the_second_waits_and_looks_again(keys, caplog, change):
    """Where the database locks row by row, too: what is changed is read after the person's row was taken."""
    with caplog.at_level("DEBUG", "peewee"):
        CHANGES[change](keys)
    asked = [record.msg[0] for record in caplog.records]
    took = next(number for number, sql in enumerate(asked) if 'FROM "person"' in sql)
    assert all(sql.startswith("SELECT") for sql in asked[:took])
    assert any(sql.startswith("SELECT") and ('"study"' in sql or '"reflection"' in sql) for sql in asked[took + 1 :])


@pytest.mark.parametrize("change", CHANGES)
def test_for_somebody_who_is_gone_meanwhile_nothing_is_kept(keys, change):
    gone = OwnKeys("a" * 26, keys.private)
    with pytest.raises(NotHere):
        CHANGES[change](gone)
    assert not Study.select().exists()
    assert not Reflection.select().exists()


# What somebody wrote.


def written(keys, text: str, seen: str = "", now=NOW) -> Any:
    Reflection.write(keys, replace(ASKED, text=text), seen, now)
    return Reflection.at(keys, ASKED.prompt)


def test_words_are_sealed_with_one_wrap_to_their_writer(cast, keys):
    assert written(keys, "The soup.").text == "The soup."
    assert [(wrap.kind, wrap.who) for wrap in Wrap.select()] == [("author", keys.person_id)]
    assert Reflection.at(own(cast, "Ana"), ASKED.prompt) is None
    assert Reflection.at(OwnKeys(keys.person_id, PrivateKey.generate()), ASKED.prompt) is None


def test_the_row_does_not_tell_which_question_was_answered(cast, keys):
    written(keys, "The soup.")
    written(own(cast, "Ana"), "The soup.")
    rows = list(Reflection.select().dicts())
    assert rows[0]["mark"] != rows[1]["mark"]
    assert all(b"lesson" not in bytes(row["sealed_words"]) for row in rows)


def test_sent_twice_it_is_kept_once(keys):
    first = written(keys, "The soup.")
    assert written(keys, "The soup.", now=NOW + timedelta(minutes=1)) == first
    assert Reflection.select().count() == 1


def test_what_another_device_wrote_meanwhile_is_not_lost(keys):
    first = written(keys, "The soup.")
    second = written(keys, "The soup, and rest.", first.seen, NOW + timedelta(minutes=1))
    with pytest.raises(WrittenElsewhere):
        written(keys, "The bus.", first.seen, NOW + timedelta(minutes=2))
    assert Reflection.at(keys, ASKED.prompt) == second


def test_nothing_written_erases_what_stood_there_with_its_key(keys):
    stands = written(keys, "The soup.")
    assert written(keys, "", stands.seen) is None
    assert not Reflection.select().exists()
    assert not Wrap.select().exists()


def test_what_is_written_anew_is_not_under_a_key_that_somebody_put_there(keys):
    first = written(keys, "The soup.")
    planted = put_there(keys, Thought(ASKED.prompt, ASKED.asked, "Nothing yet."))
    stands = Reflection.at(keys, ASKED.prompt)
    assert stands.text == "Nothing yet.", "anyone can seal to a public key"
    assert written(keys, "He was here again.", stands.seen, NOW + timedelta(minutes=1)).id == first.id
    with pytest.raises(Unsealable):
        Reflection.get().opened(planted)


def test_words_that_were_moved_to_another_question_do_not_stand_there(keys):
    written(keys, "The soup.")
    Reflection.update(mark=mark(keys, "lesson b")).execute()
    assert Reflection.at(keys, "lesson b") is None


def put_there(keys, thought: Thought) -> bytes:
    """As whoever can write on the disk would: a key of their own, sealed to the writer, and words under it."""
    row, wrap, key = Reflection.get(), Wrap.get(), new_key()
    wrap.sealed_key = seal_to(bytes(keys.private.public_key), key, wrap.place())
    wrap.save()
    Reflection.update(sealed_words=seal(key, packed(thought), row.place())).execute()
    return key


def test_one_damaged_row_closes_no_other(keys):
    written(keys, "The soup.")
    Reflection.write(keys, Thought("lesson b", "What else?", "Rest."), "", NOW + timedelta(minutes=1))
    Reflection.update(sealed_words=b"\x01" + bytes(80)).where(Reflection.written_at == NOW).execute()
    assert [one.text for one in Reflection.all_of(keys)] == ["Rest."]
    assert written(keys, "The soup, again.").text == "The soup, again."
