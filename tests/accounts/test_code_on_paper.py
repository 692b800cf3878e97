"""A recovery code is made when somebody asks for one, shown once, and kept nowhere."""

from portal.accounts.models.people import Person
from tests.accounts.doors import NEW_WORDS, code_in, code_of, healer_link
from tests.cast import PASSPHRASE


def test_opening_the_page_makes_no_code_also_right_after_choosing_words(nobody):
    nobody.post(healer_link(), data={"name": "Dora", "which": "own", "passphrase": NEW_WORDS})
    for method in ("GET", "HEAD"):
        answer = nobody.open("/me/code", method=method)
        assert answer.status_code == 200
        assert "lead words" not in answer.text
    assert Person.get(Person.name == "Dora").code_check is None
    assert code_in(nobody.post("/me/code").text)
    assert Person.get(Person.name == "Dora").code_check is not None


def test_opening_the_page_again_leaves_the_code_on_paper_good(app, ana):
    code = code_of(ana)
    ana.get("/me/code")
    lost = {"name": "Ana", "code": code, "which": "own", "passphrase": NEW_WORDS}
    assert app.test_client().post("/lost", data=lost).status_code == 303


def test_a_code_is_shown_once_and_kept_nowhere(ana, home):
    answer = ana.post("/me/code", data={"current": PASSPHRASE})
    code = code_in(answer.text)
    assert answer.text.count(code) == 1
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers or code not in answer.headers["Set-Cookie"]
    for path in ("/me/code", "/me", "/me/passphrase", "/"):
        assert code not in ana.get(path).text, path
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file()).lower()
    assert code.lower().encode() not in kept
    assert code.replace("-", "").lower().encode() not in kept


def test_a_code_that_was_used_opens_nothing_more(app, ana):
    lost = {"name": "Ana", "code": code_of(ana), "which": "own", "passphrase": NEW_WORDS}
    assert app.test_client().post("/lost", data=lost).status_code == 303
    assert app.test_client().post("/lost", data=lost).status_code == 422
