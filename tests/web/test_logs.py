"""The log holds an event, a route, a status, milliseconds and a name for the day. Nothing else ever."""

import logging
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import request

from portal.accounts.models.links import FirstLink
from portal.accounts.models.people import Person
from portal.accounts.models.portals import Portal
from portal.db import db, utcnow
from tests.accounts.doors import healer_link
from tests.cast import enter
from tests.meetings.conftest import set_series
from tests.sharing.walls import put_up, share
from tests.walking import Form, forms_in, walk

ROOT = Path(__file__).parents[2]
LINE = re.compile(r"request [A-Z]+ (?P<route>/\S*|-) \d{3} \d+ms (?P<who>[0-9a-f]{8}|-)")
CANARY = "Kanarienvogel"
ENDS = ("/sign-out", "/me/devices", "/people/leave", "/me/passphrase")  # sent last: they end the session or the seat


class Kept(logging.Handler):
    """All that is logged, with whatever an exception would say."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def lines(app) -> Iterator[list[str]]:
    """What the portal and all that stands below it logs, as it goes."""
    kept, loggers = Kept(), (logging.getLogger(), logging.getLogger("portal"))
    for logger in loggers:
        logger.addHandler(kept)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield kept.lines
    app.config["PROPAGATE_EXCEPTIONS"] = None
    for logger in loggers:
        logger.removeHandler(kept)


@pytest.fixture
def lived_in(ana, cast) -> dict[str, str]:
    """A table with meetings, works and an open link; the ids and tokens that must stay out of the log, by what."""
    host = cast["Ana"].seat()
    meetings = set_series(host, utcnow())
    invitation = host.invite(utcnow())
    facts = {"table": cast.table, "meeting": meetings[0].id, "work": share(ana, cast.table), "seat": host.id}
    return {**facts, "own work": put_up(ana, cast.table), "invitation": invitation.id}


def test_a_line_names_the_route_and_never_what_was_asked_for(app, ana, nobody, lived_in, cast, lines):
    host = cast["Ana"].seat()
    tokens = [healer_link(), "/i/" + host.invite(utcnow()).link(host.keys.private), "/setup/canarytoken"]
    lines.clear()
    walk(ana, "/")
    for path in tokens:
        nobody.get(path)
    ana.get(f"/c/{cast.table}/nothing/{CANARY}")
    said = "\n".join(lines)
    assert all(LINE.fullmatch(line) for line in lines), said
    routes = {LINE.fullmatch(line)["route"] for line in lines}
    assert {"/c/<circle>", "/c/<circle>/works/<work>", "/join/<token>", "/i/<token>", "/setup/<token>", "-"} <= routes
    forbidden = {**lived_in, **{path: path.rpartition("/")[2] for path in tokens}, "canary": CANARY}
    for what, secret in {**forbidden, "person": cast["Ana"].id, "address": "127.0.0.1"}.items():
        assert secret not in said, what


def who(lines: list[str]) -> str:
    return LINE.fullmatch(lines[-1])["who"]


def test_names_in_the_log_tell_people_apart_for_one_day_alone(app, cast, lines):
    names = []
    start = utcnow().replace(hour=1)
    for hours in (0, 20, 24, 48):
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            for name in ("Ana", "Bo"):
                enter(app, name).get("/me")
                names.append(who(lines))
    ana, bo = names[::2], names[1::2]
    assert "-" not in names
    assert ana[0] == ana[1]
    assert bo[0] == bo[1]
    assert len({ana[1], ana[2], ana[3], bo[1], bo[2], bo[3]}) == 6


VISIT = """
import sys
from pathlib import Path
from portal import create_app
from portal.config import Settings
from tests.cast import enter
app = create_app(Settings.load({}, data_dir=Path(sys.argv[1])))
app.config["WTF_CSRF_ENABLED"] = False
enter(app, "Ana").get("/me")
"""


def test_names_in_the_log_cannot_be_computed_from_the_data_folder(app, cast, home, tmp_path):
    """Two portals over one and the same folder call the same person by different names on the same day."""
    db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    names = []
    for copy in ("one", "two"):
        shutil.copytree(home, tmp_path / copy)
        command = [sys.executable, "-c", VISIT, str(tmp_path / copy)]
        visit = subprocess.run(command, cwd=ROOT, env={"PYTHONPATH": "."}, capture_output=True, text=True, timeout=300)
        names.append(re.search(r"GET /me 200 \d+ms (\S+)", visit.stderr).group(1))
    assert len(set(names)) == 2


def filled(form: Form) -> dict[str, str]:
    """Canaries in all that can be typed; the rest as the page gave it."""
    typed = ("text", "textarea", "password", "search", "url")
    data: dict[str, str] = {}
    for each in form.inputs:
        if each.kind != "radio" or each.name not in data or "checked" in each.given:
            data[each.name] = CANARY if each.kind in typed else each.value
    return data


def sendable(pages: dict[str, str]) -> list[tuple[str, dict[str, str]]]:
    """Each form that posts, once for each address it goes to; those that end something last."""
    found = {
        (form.action or path).partition("?")[0]: filled(form)
        for path, page in pages.items()
        for form in forms_in(page)
        if form.method == "post"
    }
    return sorted(found.items(), key=lambda one: any(end in one[0] for end in ENDS))


def send_all(client, forms, name: str, app) -> list[int]:
    agent = {"User-Agent": f"{CANARY} Android", "X-Forwarded-For": CANARY, "Referer": f"http://localhost/{CANARY}"}
    statuses = []
    for path, data in forms:
        if client.get("/me").status_code != 200:
            client = enter(app, name)
        answer = client.post(path, data=data, query_string={"q": CANARY}, headers=agent)
        statuses.append(answer.status_code)
    return statuses


def break_with_all_that_was_sent(**_given) -> None:
    raise RuntimeError(f"{CANARY} {request.form} {request.url}")


@pytest.mark.parametrize("name", ["Ana", "Stew"])
def test_no_word_of_any_form_reaches_the_log_whether_it_is_taken_refused_or_breaks(
    app, cast, lived_in, lines, capfd, built, monkeypatch, name
):
    client = enter(app, name)
    forms = sendable(walk(client, "/", *(["/steward"] if name == "Stew" else [])))
    assert sum(CANARY in data.values() for _, data in forms) >= 3
    taken = send_all(client, forms, name, app)
    assert {303, 422} <= set(taken)
    assert not [status for status in taken if status >= 500]

    for endpoint in {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in rule.methods}:
        if endpoint != "accounts.enter":
            monkeypatch.setitem(built.view_functions, endpoint, break_with_all_that_was_sent)
    assert set(send_all(client, forms, name, app)) == {500}

    out, err = capfd.readouterr()
    assert sum(line.startswith("broke RuntimeError") for line in lines) == len(forms)
    assert CANARY not in "\n".join(lines) + out + err


@pytest.fixture
def doors(cast, app) -> list[str]:
    """Every address at which somebody who is not signed in can type something."""
    host = cast["Ana"].seat()
    invitation = "/i/" + host.invite(utcnow()).link(host.keys.private)
    return ["/enter", "/lost", healer_link(), invitation, "/setup/" + FirstLink.make("setup", utcnow())]


def test_no_word_said_at_a_door_reaches_the_log(app, doors, lines, capfd, built, monkeypatch):
    Person.update(is_steward=False).execute()  # so that the place can be set up
    Portal.update(set_up_at=None).execute()
    forms = [one for path in doors for one in sendable({path: app.test_client().get(path).text})]
    assert len(forms) == len(doors)
    assert all(CANARY in data.values() for _, data in forms)
    own = {"which": "own", "passphrase": f"{CANARY} almanac saddle copper thistle"}
    statuses = []
    for broken in (False, True):
        for path, data in forms:
            endpoint = app.url_map.bind("localhost").match(path, method="POST")[0]
            if broken:
                monkeypatch.setitem(built.view_functions, endpoint, break_with_all_that_was_sent)
            answer = app.test_client().post(path, data={**data, **own}, headers={"User-Agent": CANARY})
            statuses.append(answer.status_code)
    assert statuses == [422, 422, 303, 303, 303] + 5 * [500], "both wrong tries, and what makes an account"
    assert sum(line.startswith("broke RuntimeError") for line in lines) == len(forms)
    assert CANARY not in "\n".join(lines) + "".join(capfd.readouterr())
