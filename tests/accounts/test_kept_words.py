"""Words that were being typed when the phone went quiet: whose they are, how long they wait, what is never kept."""

import json

import pytest

from portal.accounts.models.kept import KeptForm
from portal.accounts.views import end_old_sessions, forget_old_forms
from portal.db import utcnow
from tests.accounts.doors import ahead, own_phone
from tests.cast import PASSPHRASE

SECRETS = {"passphrase": "Canary-1", "offered": "Canary-2", "current": "Canary-3", "code": "Canary-4"}


@pytest.fixture
def form(cast) -> str:
    return f"/c/{cast.table}/people/name"


def kept(cast, path: str) -> dict | None:
    found = KeptForm.take(cast["Ana"].id, path, cast["Ana"].private)
    return json.loads(found) if found else None


def test_they_wait_until_they_were_sent_and_no_longer(ana, form):
    with ahead(minutes=20):
        led = ana.post(form, data={"my_name": "Ana from the corner"})
        back = ana.post(led.location, data={"name": "Ana", "passphrase": PASSPHRASE})
        assert KeptForm.select().count() == 1
        ana.get(back.location)
        assert ana.post(form, data={"my_name": ""}).status_code == 422
        assert KeptForm.select().count() == 1, "what was refused is not sent yet"
        assert ana.post(form, data={"my_name": "Ana from the corner"}).status_code == 303
        assert KeptForm.select().count() == 0


def test_sending_one_form_lets_go_of_no_other(ana, form, cast):
    with ahead(minutes=20):
        ana.post(form, data={"my_name": "Ana from the corner"})
        ana.post("/me/settings", data={"language": "es", "zone": "UTC"})
        ana.post("/enter", data={"name": "Ana", "passphrase": PASSPHRASE})
        ana.post("/me/settings", data={"language": "en", "zone": "UTC"})
        assert kept(cast, form) == {"my_name": "Ana from the corner"}
        assert KeptForm.select().count() == 1


def test_after_eight_hours_they_are_gone(app, ana, form):
    with ahead(minutes=20):
        ana.post(form, data={"my_name": "Ana from the corner"})
    for hours, left in ((7, 1), (9, 0)):
        with ahead(hours=hours), app.app_context():
            end_old_sessions(utcnow())
            forget_old_forms(utcnow())
            assert KeptForm.select().count() == left, hours


def test_a_phone_that_was_quiet_for_longer_than_eight_hours_keeps_nothing(app, ana, form):
    mine = own_phone(app, "Ana")
    for client, quiet in ((ana, {"hours": 9}), (mine, {"days": 31})):
        with ahead(**quiet):
            led = client.post(form, data={"my_name": "Ana from the corner"}).location
            assert led.startswith("/enter")
            assert "kept=1" not in led
    assert KeptForm.select().count() == 0


def test_a_passphrase_a_code_and_offered_words_are_never_among_them(ana, form, cast):
    with ahead(minutes=20):
        ana.post("/me/passphrase", data={"which": "own", **SECRETS})
        ana.post(form, data={"my_name": "Ana from the corner", "csrf_token": "Canary-5", **SECRETS})
    assert kept(cast, form) == {"my_name": "Ana from the corner"}
    assert (kept(cast, "/me/passphrase") or {}).keys() <= {"which"}


def test_a_form_of_nothing_but_secrets_is_not_kept_at_all(ana):
    with ahead(minutes=20):
        assert "kept=1" not in ana.post("/me/code", data=SECRETS).location
    assert KeptForm.select().count() == 0
