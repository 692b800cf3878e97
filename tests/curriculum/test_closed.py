"""A guide that a steward keeps to those who have an account."""

from dataclasses import replace

import pytest

from tests.cast import enter

PAGES = (
    "/guide",
    "/guide/3",
    "/guide/3/2",
    "/guide/3/workshop",
    "/guide/print",
    "/activities",
    "/activities/the-creased-page",
)


@pytest.fixture
def closed(app, monkeypatch):
    monkeypatch.setitem(app.config, "PORTAL", replace(app.config["PORTAL"], guide_open=False))
    return app


@pytest.mark.parametrize("path", PAGES)
def test_nobody_reads_it_signed_out_and_everyone_who_has_an_account_does(closed, nobody, cast, path):
    answer = nobody.get(path)
    assert answer.status_code in (302, 303)
    assert answer.location.startswith("/enter?next=")
    assert enter(closed, "Cy").get(path).status_code == 200


def test_help_is_open_all_the_same_and_the_first_page_promises_no_guide(closed, nobody):
    assert nobody.get("/help").status_code == 200
    assert "The guide is open to everyone" not in nobody.get("/").text


def test_no_phone_keeps_it(closed, nobody, cast):
    bo = enter(closed, "Bo")
    assert bo.get("/guide/keep.json").json["paths"] == nobody.get("/guide/keep.json").json["paths"] == []
    page = bo.get("/guide/keep").text
    assert "only for those who have an account" in page
    assert 'data-do="keep"' not in page


def test_it_is_open_unless_a_steward_says_otherwise(app, nobody):
    assert {nobody.get(path).status_code for path in PAGES} == {200}
    assert "The guide is open to everyone" in nobody.get("/").text
