"""The guide as a portal has it: read when it is needed, and with what a steward wrote over it."""

import subprocess
import sys
import threading

import pytest

from portal import create_app
from portal.config import Settings
from portal.curriculum.access import Library, folders
from portal.curriculum.pieces import GUIDE
from portal.curriculum.shelf import read_guide
from portal.errors import Unfit
from tests.curriculum.small_guide import LESSON, LESSON_ES, TO_THE_CIRCLE, write_guide
from tests.demo.conftest import aside

STARTED = """
import sys
from portal.config import Settings
from portal.curriculum import access
from portal.curriculum.views import bp
from flask import Flask
app = Flask("portal")
app.config["PORTAL"] = Settings(data_dir=sys.argv[1])
access.load(app)
print(sorted({"mistune", "nh3", "portal.curriculum.shelf", "portal.curriculum.heads"} & set(sys.modules)))
"""


@pytest.fixture
def shipped(tmp_path):
    return write_guide(tmp_path / "shipped")


@pytest.fixture
def own(tmp_path):
    """The steward's folder, in which only what is written by the test lies."""
    (tmp_path / "own").mkdir()
    return tmp_path / "own"


def put(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_a_start_reads_nothing_of_the_shipped_guide(tmp_path):
    code = STARTED.replace("data_dir=sys.argv[1]", f"data_dir=__import__('pathlib').Path({str(tmp_path)!r})")
    started = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert started.stdout.strip() == "[]"


def test_many_who_ask_at_once_get_one_guide(shipped):
    library, found = Library((shipped,)), []
    asking = [threading.Thread(target=lambda: found.append(library.guide())) for _ in range(8)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert len(found) == 8
    assert len({id(guide) for guide in found}) == 1


def test_a_fault_in_the_stewards_files_stops_the_start_with_file_and_line(tmp_path):
    put(
        tmp_path / "guide",
        "en/lessons/a-late-bus.md",
        LESSON.replace("minutes: 6", "minutes: soon").replace("[turn]", "[]"),
    )
    told = r"guide/en/lessons/a-late-bus\.md, line 11: a whole number from 1 to 60"
    with aside(), pytest.raises(Unfit, match=told):
        create_app(Settings(data_dir=tmp_path))


def test_the_stewards_folder_is_looked_for_beside_the_database(tmp_path):
    assert folders(Settings(data_dir=tmp_path)) == (GUIDE,)
    (tmp_path / "guide").mkdir()
    assert folders(Settings(data_dir=tmp_path)) == (GUIDE, tmp_path / "guide")


def test_a_stewards_piece_takes_the_place_of_the_shipped_one_in_every_language(shipped, own):
    put(own, "en/lessons/a-late-bus.md", LESSON.replace("title: When the bus is late", "title: Our own bus"))
    lesson = read_guide(shipped, own).lesson(3, 1)
    assert lesson.text("en").title == "Our own bus"
    assert lesson.lacks("es") == "missing"


def test_a_stewards_translation_takes_only_the_place_of_the_shipped_one(shipped, own):
    put(own, "es/lessons/a-late-bus.md", LESSON_ES.replace("Cuando el autobús se tarda", "Cuando no llega la troca"))
    lesson = read_guide(shipped, own).lesson(3, 1)
    assert lesson.text("en").title == "When the bus is late"
    assert lesson.text("es").title == "Cuando no llega la troca"


def test_a_steward_may_translate_into_a_further_language(shipped, own):
    french = LESSON_ES.replace("lang: es", "lang: fr").replace("Cuando el autobús se tarda", "Quand le bus tarde")
    put(own, "fr/lessons/a-late-bus.md", french)
    put(own, "fr/modules.yaml", "3: {title: Troisième partie, purpose: Parce que.}\n")
    guide = read_guide(shipped, own)
    assert guide.lesson(3, 1).text("fr").title == "Quand le bus tarde"
    assert guide.module(3, "fr").title == "Troisième partie"
    assert guide.module(4, "fr").title == "Part 4"
    assert guide.term("turn", "fr").word == "turn"


def test_a_steward_may_add_a_piece_a_word_and_a_module_of_their_own_wording(shipped, own):
    put(
        own,
        "en/to-the-circle/when-we-walk.md",
        TO_THE_CIRCLE.replace("when-we-wait", "when-we-walk").replace("module: 3", "module: 2"),
    )
    put(own, "terms.yaml", "ride:\n  en: {word: ride, meaning: A seat in a car.}\n")
    put(own, "en/modules.yaml", "2: {title: Ours, purpose: We say so.}\n")
    guide = read_guide(shipped, own)
    assert guide.to_the_circle[2].key == "when-we-walk"
    assert guide.to_the_circle[3].key == "when-we-wait"
    assert guide.term("ride", "es").meaning == "A seat in a car."
    assert guide.module(2, "en").title == "Ours"
    assert guide.module(3, "en").title == "Part 3"


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("es/lessons/no-bus.md", LESSON_ES, "line 1: there is no en/lessons/no-bus.md that this could translate"),
        ("en/modules.yaml", "7: {title: More, purpose: Why.}\n", "line 1: “7” is not known here"),
        ("terms.yaml", "ride:\n  es: {word: vuelta, meaning: En carro.}\n", "line 2: “en” is missing"),
        ("en/lessons/other.md", LESSON.replace("key: a-late-bus", "key: other"), "“a-late-bus” has this place"),
    ],
)
def test_what_a_steward_wrote_is_checked_against_what_is_shipped(shipped, own, name, text, says):
    put(own, name, text)
    with pytest.raises(Unfit) as refused:
        read_guide(shipped, own)
    assert f"own/{name}, " in str(refused.value)
    assert says in str(refused.value)
