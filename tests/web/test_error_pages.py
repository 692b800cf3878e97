"""Errors speak in the same voice, lead back, and lose nothing that was typed."""

import errno
import re

import pytest
from flask import abort
from peewee import OperationalError

from portal.web.errors import Busy, TooManyTries

CODES = (400, 403, 404, 405, 413, 415, 422, 429, 500, 503, 507)
RAISED = {429: TooManyTries(), 503: Busy(), 507: OSError(errno.ENOSPC, "No space left on device")}


@pytest.fixture
def breaking(built, app, monkeypatch):
    """A page that breaks as asked, only while the test runs."""

    def broken(status):
        if status in RAISED:
            raise RAISED[status]
        if status == 500:
            raise RuntimeError("Canary-In-A-Message")
        abort(status)

    def answer(client, status, method="get", **given):
        monkeypatch.setitem(built.view_functions, "accounts.settings", lambda: broken(status))
        built.config["PROPAGATE_EXCEPTIONS"] = False
        return getattr(client, method)("/me/settings", **given)

    yield answer
    built.config["PROPAGATE_EXCEPTIONS"] = None


@pytest.mark.parametrize("status", CODES)
def test_each_error_is_a_page_with_a_way_back_leave_and_help(breaking, ana, status):
    answer = breaking(ana, status)
    assert answer.status_code == status
    assert answer.text.count("<h1") == 1
    for link in ('href="/"', 'href="/leave"', 'href="/help"'):
        assert link in answer.text
    assert "Werkzeug" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("status", [400, 403, 422, 429, 500, 503, 507])
def test_no_error_loses_what_was_typed(breaking, ana, status):
    answer = breaking(ana, status, "post", data={"words": "A long story that took an evening."})
    assert "A long story that took an evening." in answer.text


def test_words_are_numbered_only_where_there_are_several(breaking, ana):
    one = {"once": "a" * 26, "who": "me", "text": "A long story that took an evening."}
    assert "Your words</label>" in breaking(ana, 503, "post", data=one).text
    several = breaking(ana, 503, "post", data={**one, "title": "Water, later"}).text
    assert "Your words (1)</label>" in several
    assert "Your words (2)</label>" in several


def test_what_the_page_itself_put_into_its_form_is_not_shown_as_somebodys_words(breaking, ana):
    answer = breaking(ana, 503, "post", data={"named": f"{'a' * 26} {'b' * 26}", "version": "1"})
    assert "What you wrote" not in answer.text
    assert "<textarea" not in answer.text
    assert f'type="hidden" name="named" value="{"a" * 26} {"b" * 26}"' in answer.text


@pytest.mark.parametrize("status", [400, 500, 507])
def test_no_error_shows_a_passphrase_or_a_code(breaking, ana, status):
    secret = {"passphrase": "Canary-1", "offered": "Canary-2", "current": "Canary-3", "code": "Canary-4", "name": "Ana"}
    assert "Canary" not in breaking(ana, status, "post", data=secret).text


def test_the_log_says_where_it_broke_and_nothing_of_what_was_said(breaking, ana, caplog, monkeypatch):
    import logging

    monkeypatch.setattr(logging.getLogger("portal"), "propagate", True)
    with caplog.at_level("INFO"):
        breaking(ana, 500, "post", data={"words": "Canary-Typed"}, query_string={"q": "Canary-Query"})
    said = caplog.text
    assert "RuntimeError" in said
    assert "Canary" not in said
    assert re.search(r"request POST /me/settings 500 \d+ms [0-9a-f]{8}", said)


@pytest.mark.parametrize(
    ("message", "status"),
    [("database or disk is full", 507), ("attempt to write a readonly database", 507), ("database is locked", 503)],
)
def test_the_database_says_what_to_tell(breaking, ana, monkeypatch, message, status):
    monkeypatch.setitem(RAISED, 418, OperationalError(message))
    assert breaking(ana, 418).status_code == status


def test_not_there_and_not_yours_are_one_answer(ana, cast):
    assert ana.get(f"/c/{cast.other_table}/people").text == ana.get("/nowhere/at/all").text


def test_a_wrong_method_names_the_right_one(ana):
    answer = ana.get("/sign-out")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_a_body_that_is_too_large_is_refused_before_it_is_read(app, ana):
    too_much = b"x" * (app.config["MAX_CONTENT_LENGTH"] + 1)
    assert ana.post("/me/settings", data=too_much, content_type="application/x-www-form-urlencoded").status_code == 413


def test_a_file_is_not_a_full_disk_because_of_its_name(breaking, ana, monkeypatch):
    monkeypatch.setitem(RAISED, 418, FileNotFoundError(errno.ENOENT, "No such file", "/home/fullerton/locked"))
    assert breaking(ana, 418).status_code == 500
