"""What a phone keeps of the guide: whole, public, and noticed when something changed."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from peewee import OperationalError

from portal.accounts.models.portals import Portal
from portal.curriculum import access
from portal.curriculum.keeping import PhoneCopy, mark_of_files
from portal.curriculum.views.searching import address
from portal.db import db, utcnow
from portal.paths import STATIC
from tests.cast import Cast

KEEPING = {"Accept-Language": "es", "X-Keep": "usual"}  # as the phone asks


def kept(client: FlaskClient) -> dict[str, str]:
    """The addresses with their marks."""
    return dict(client.get("/guide/keep.json").json["paths"])


def pages(client: FlaskClient) -> list[str]:
    return [path for path in kept(client) if not path.startswith("/static/")]


def test_everything_that_is_kept_is_there_for_anyone(nobody):
    for path in kept(nobody):
        with nobody.get(path, headers=KEEPING) as answer:
            assert answer.status_code == 200, path
            assert "Set-Cookie" not in answer.headers, path
            assert b"csrf_token" not in answer.data, f"{path} has a form that only works with a session"


def test_every_piece_of_the_guide_is_kept(app: Flask, nobody):
    listed = kept(nobody)
    with app.test_request_context():
        pieces = [urlsplit(address(piece)).path for piece in access.guide().pieces()]
    assert len(pieces) > 50
    assert set(pieces) <= listed.keys()
    assert {"/guide", "/activities", "/help", "/guide/keep", *(f"/guide/{n}" for n in range(1, 7))} <= listed.keys()


def test_nothing_else_is_kept(nobody):
    assert not [path for path in kept(nobody) if not re.match(r"/(static|guide|activities|help)\b", path)]
    assert not [path for path in kept(nobody) if re.search(r"/(reflection|questions|print|letters|search)\b", path)]


def test_a_kept_page_finds_all_it_is_made_of_among_what_is_kept(nobody):
    listed = kept(nobody)
    for path in pages(nobody):
        parts = re.findall(r'(?:src|href)="(/static/[^"]+)"', nobody.get(path).text)
        assert parts, path
        assert set(parts) <= listed.keys(), path


def test_who_is_signed_in_is_given_the_same_list(nobody, ana, bo):
    lists = {client.get("/guide/keep.json").data for client in (nobody, ana, bo)}
    assert len(lists) == 1


def test_a_page_fetched_to_be_kept_has_the_language_and_letters_that_are_asked_for_and_says_its_day(nobody):
    page = nobody.get("/guide/1/1", headers={"Accept-Language": "es", "X-Keep": "large.wide"}).text
    assert re.search(r'<html lang="es" [^>]*class="large wide"', page)
    assert f"{utcnow():%Y}" in re.search(r'<p class="kept [^"]*">(.*?)</p>', page)[1]
    assert 'class="kept' not in nobody.get("/guide/1/1").text


def test_the_list_is_small_and_need_not_be_asked_for_twice(nobody):
    answer = nobody.get("/guide/keep.json")
    assert len(answer.data) < 10_000
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    again = nobody.get("/guide/keep.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_page_says_about_how_much_it_is(nobody):
    said = int(re.search(r"about (\d+) KB", nobody.get("/guide/keep").text)[1])
    for language in ("en", "es"):
        sizes = []
        for path in kept(nobody):
            with nobody.get(path, headers={"Accept-Language": language}) as answer:
                sizes.append(len(answer.data))
        assert said * 0.75 < sum(sizes) / 1000 < said * 1.25, sum(sizes)


def test_the_mark_of_files_is_another_when_one_of_them_is(tmp_path: Path):
    (tmp_path / "a.md").write_text("one")
    (tmp_path / "__pycache__").mkdir()
    before = mark_of_files([tmp_path])
    (tmp_path / "__pycache__" / "a.pyc").write_text("made by the way")
    assert mark_of_files([tmp_path, tmp_path]) == before
    (tmp_path / "a.md").write_text("two")
    changed = mark_of_files([tmp_path])
    (tmp_path / "b.md").write_text("two")
    assert len({before, changed, mark_of_files([tmp_path])}) == 3


def test_a_list_with_one_other_mark_is_another_list():
    assert PhoneCopy((("/help", "a"),)).fingerprint == PhoneCopy((("/help", "a"),)).fingerprint
    assert PhoneCopy((("/help", "a"),)).fingerprint != PhoneCopy((("/help", "b"),)).fingerprint


def test_another_name_of_the_portal_renews_every_page(nobody):
    before = kept(nobody)
    Portal.update(name="Oak Street").execute()
    after = kept(nobody)
    assert before.keys() == after.keys()
    assert {path for path in after if after[path] != before[path]} == set(pages(nobody))


def test_a_check_of_the_steward_renews_help_alone(nobody, stew):
    before = kept(nobody)
    assert stew.post("/steward/help/lines/lifeline-988/check").status_code == 303
    after = kept(nobody)
    assert [path for path in after if after[path] != before[path]] == ["/help"]


def answered_by_the_worker() -> re.Pattern[str]:
    script = (STATIC / "js" / "worker.js").read_text()
    return re.compile(re.search(r"PUBLIC =\s*/(.*)/;", script)[1].replace(r"\/", "/"))


def test_the_worker_answers_for_every_page_that_is_kept(nobody):
    shape = answered_by_the_worker()
    assert [path for path in pages(nobody) if not shape.search(path)] == ["/guide/keep/away"]  # nobody goes there


@pytest.mark.parametrize(
    "path",
    [
        "/guide/1/1/reflection",
        "/guide/1/questions/what-helped",
        "/guide/letters/x",
        "/me/guide",
        "/c/abc/guide",
        "/c/abc/activities",
        "/helpers",
        "/guidebook",
        "/steward/help",
        "/",
    ],
)
def test_the_worker_touches_no_private_page(path):
    assert not answered_by_the_worker().search(path)


def test_the_workers_script_may_answer_for_the_guide_and_is_asked_for_anew(nobody):
    with nobody.get("/guide/keep/worker.js") as answer:
        assert answer.mimetype == "text/javascript"
        assert answer.headers["Service-Worker-Allowed"] == "/"
        assert answer.headers["Cache-Control"] == "no-cache"
        assert answer.headers["Content-Security-Policy"] == (
            "default-src 'none'; script-src 'self'; connect-src 'self'"
        )


def test_only_the_page_that_keeps_the_guide_may_start_a_worker(nobody, ana, cast: Cast):
    private = ("/", "/me", "/me/guide", f"/c/{cast.table}", "/guide", "/guide/1/1", "/help", "/guide/keep/away")
    for path in private:
        assert "worker-src 'none'" in ana.get(path).headers["Content-Security-Policy"], path
    policy = nobody.get("/guide/keep").headers["Content-Security-Policy"]
    assert "worker-src 'self'" in policy
    assert policy.replace("worker-src 'self'", "worker-src 'none'") == ana.get("/me").headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/guide/keep", "/guide/keep/away", "/guide/keep/worker.js"])
def test_it_stands_without_the_database_and_so_it_can_be_taken_off(app: Flask, nobody, path):
    db.drop_tables([Portal], safe=True, cascade=False)
    assert nobody.get(path).status_code == 200
    with pytest.raises(OperationalError):  # no list is better than one that renews every page
        nobody.get("/guide/keep.json")


def test_without_a_script_the_page_leads_to_paper(nobody):
    page = nobody.get("/guide/keep").text
    assert re.search(r'<div id="cannot">.*?href="/guide/print"', page, re.DOTALL)
    assert re.search(r'<div id="keeping" hidden', page)


@pytest.mark.parametrize("path", ["/guide", "/help"])
def test_the_page_is_found_from_the_guide_and_from_help(nobody, path):
    assert 'href="/guide/keep"' in nobody.get(path).text


def test_the_page_is_found_from_ones_own_reading(ana):
    assert 'href="/guide/keep"' in ana.get("/me/guide").text
