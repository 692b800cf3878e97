"""Devices: how long each stays signed in, what ends it, and that every sign-in begins a new session."""

import pytest

from portal.accounts.models.devices import Device
from tests.accounts.doors import NEW_WORDS, ahead, code_of, healer_link, own_phone
from tests.cast import PASSPHRASE, enter


def is_signed_in(client) -> bool:
    answer = client.get("/me")
    assert answer.status_code == 200 or answer.location.startswith("/enter")
    return answer.status_code == 200


def test_sign_out_everywhere_ends_every_device_and_nobody_elses(app, ana, bo, cast):
    others = [enter(app, "Ana"), own_phone(app, "Ana")]
    assert all(is_signed_in(each) for each in (ana, *others))
    assert ana.post("/me/devices/end-all").status_code == 303
    assert not any(is_signed_in(each) for each in (ana, *others))
    assert not Device.select().where(Device.person == cast["Ana"].id).exists()
    assert is_signed_in(bo)


@pytest.mark.parametrize("minutes", [20, 9 * 60])
def test_what_was_about_to_be_said_is_said_to_nobody_who_holds_the_phone_after_them(app, ana, cast, minutes):
    hers = Device.person == cast["Ana"].id
    here = Device.get(hers).id
    enter(app, "Ana")
    other = Device.get(hers & (Device.id != here))
    assert ana.post(f"/me/devices/{other.id}/end").status_code == 303
    with ahead(minutes=minutes):
        assert "That device is signed out." not in ana.get("/enter").text
        ana.post("/enter", data={"name": "Bo", "passphrase": PASSPHRASE})
        assert "That device is signed out." not in ana.get("/me").text


@pytest.mark.parametrize(("days", "stays"), [(29, True), (30, True), (31, False)])
def test_ones_own_phone_is_signed_out_after_thirty_quiet_days(app, cast, days, stays):
    mine = own_phone(app, "Ana")
    with ahead(days=days, minutes=-1):
        assert is_signed_in(mine) is stays


def test_ones_own_phone_is_signed_out_after_a_hundred_and_eighty_days_however_busy(app, cast):
    mine = own_phone(app, "Ana")
    for day in (25, 50, 75, 100, 125, 150, 170, 179):
        with ahead(days=day):
            assert is_signed_in(mine), day
    with ahead(days=180, minutes=1):
        assert not is_signed_in(mine)
    assert not Device.select().where(Device.person == cast["Ana"].id).exists()


def test_a_shared_phone_is_signed_out_after_eight_hours_though_it_was_used_a_moment_ago(ana, cast):
    for minutes in range(10, 8 * 60, 10):
        with ahead(minutes=minutes):
            assert is_signed_in(ana), minutes
    with ahead(hours=7, minutes=59):
        assert is_signed_in(ana)
    with ahead(hours=8, minutes=1):
        assert not is_signed_in(ana)
    assert not Device.select().where(Device.person == cast["Ana"].id).exists()


def test_a_shared_phone_forgets_its_cookie_with_its_browser_and_ones_own_does_not(app, cast):
    for own, lasts in (("", False), ("y", True)):
        answer = app.test_client().post("/enter", data={"name": "Ana", "passphrase": PASSPHRASE, "own_phone": own})
        (cookie,) = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("portal=")]
        assert ("Expires=" in cookie) is lasts
        assert "Max-Age=" not in cookie


def at_the_door(app, door: str):
    """A browser that is about to sign in, and how it does."""
    client = app.test_client()
    if door == "/enter":
        return client, door, {"name": "Bo", "passphrase": PASSPHRASE}
    words = {"which": "own", "passphrase": NEW_WORDS}
    if door == "/lost":
        return client, door, {"name": "Ana", "code": code_of(enter(app, "Ana")), **words}
    return client, healer_link(), {"name": "Dora", **words}


@pytest.mark.parametrize("door", ["/enter", "/lost", "/join"])
def test_every_sign_in_begins_a_new_session(app, cast, door):
    client, address, sent = at_the_door(app, door)
    with client.session_transaction() as session:
        session["planted"] = session["csrf_token"] = session["chose_words"] = "before"
        session["_user_id"] = "f" * 64
    assert client.post(address, data=sent).status_code == 303
    with client.session_transaction() as session:
        assert "before" not in session.values()
        assert session["_user_id"] != "f" * 64
    assert is_signed_in(client)


def test_signing_in_again_gives_another_token(app, ana):
    with ana.session_transaction() as session:
        first = session["_user_id"]
    ana.post("/enter", data={"name": "Ana", "passphrase": PASSPHRASE})
    with ana.session_transaction() as session:
        assert session["_user_id"] != first


def test_what_a_browser_is_told_to_clear(app, ana):
    assert "Clear-Site-Data" not in ana.get("/me").headers
    assert ana.post("/sign-out").headers["Clear-Site-Data"] == '"cache"'
    assert enter(app, "Ana").post("/me/devices/end-all").headers["Clear-Site-Data"] == '"cache"'
    assert enter(app, "Ana").get("/leave").headers["Clear-Site-Data"] == '"cache", "cookies"'
    assert app.test_client().get("/leave").headers["Clear-Site-Data"] == '"cache", "cookies"'
