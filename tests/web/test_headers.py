"""What every answer carries, and what is refused before a view sees it."""

import re

import pytest

from portal.web.headers import ALWAYS, USUAL
from tests.cast import PASSPHRASE, enter

# Written out here once more, so that a value changed in the code by a slip is noticed.
PROMISED = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; worker-src 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}


@pytest.mark.parametrize(("name", "value"), PROMISED.items())
def test_each_header_says_what_was_promised_wherever_one_looks(nobody, ana, cast, name, value):
    asked = [(nobody, path) for path in ("/", "/enter", "/help", "/nothing-here", "/healthz", "/me", "/sign-out")]
    for client, path in (*asked, (ana, f"/c/{cast.table}"), (ana, f"/c/{cast.other_table}")):
        assert client.get(path).headers.getlist(name) == [value], path


@pytest.mark.parametrize("name", PROMISED.keys() - {"Cache-Control"})
def test_a_static_file_and_a_refusal_carry_the_headers_too(nobody, name):
    with nobody.get("/static/css/base.css") as file:
        assert file.headers[name] == PROMISED[name]
    refused = nobody.post("/enter", headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 400
    assert refused.headers[name] == PROMISED[name]
    assert nobody.get("/enter", headers={"Host": "evil.example"}).headers[name] == PROMISED[name]


def test_no_header_is_sent_that_nobody_promised():
    assert {**USUAL, **ALWAYS} == PROMISED


@pytest.mark.parametrize("path", ["/", "/enter", "/help", "/guide", "/leave", "/nothing-here", "/healthz"])
def test_every_answer_is_hardened_and_never_kept(nobody, path):
    answer = nobody.get(path)
    for name, value in PROMISED.items():
        if name == "Referrer-Policy" and path == "/leave":
            value = "no-referrer"
        assert answer.headers[name] == value
    assert "Server" not in answer.headers


def test_no_page_may_run_or_load_anything_from_elsewhere():
    policy = USUAL["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "http" not in policy


def test_a_static_file_is_kept_under_the_address_of_its_contents(nobody):
    address = re.search(r'href="(/static/css/base\.css\?v=\w+)"', nobody.get("/enter").text).group(1)
    with nobody.get(address) as kept, nobody.get("/static/css/base.css") as asked_again:
        assert "immutable" in kept.headers["Cache-Control"]
        assert asked_again.headers["Cache-Control"] == "no-cache"


def test_an_unknown_host_is_refused(nobody):
    assert nobody.get("/enter", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_a_form_on_another_site_is_refused(ana, headers):
    answer = ana.post("/me/settings", data={"language": "es", "zone": "UTC"}, headers=headers)
    assert answer.status_code == 400
    assert 'lang="en"' in ana.get("/me").text


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}, {}])
def test_our_own_form_is_taken(ana, headers):
    assert ana.post("/me/settings", data={"language": "es", "zone": "UTC"}, headers=headers).status_code == 303


@pytest.mark.usefixtures("csrf")
def test_a_form_without_its_token_is_refused_and_shows_nothing_that_opens_things(app, cast):
    client = app.test_client()
    page = client.get("/enter").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
    form = {"name": "Ana", "passphrase": "kettle window river bread"}
    refused = client.post("/enter", data=form)
    assert refused.status_code == 400
    assert "Ana" not in re.sub(r'name="csrf_token" value="[^"]+"', "", refused.text)
    assert "kettle window" not in refused.text
    assert client.post("/enter", data={**form, "csrf_token": token}).status_code == 303


@pytest.mark.usefixtures("csrf")
def test_a_page_that_grew_old_can_be_sent_again_from_its_answer(app, cast):
    client = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/enter").text).group(1)
    client.post("/enter", data={"name": "Ana", "passphrase": "kettle window river bread", "csrf_token": token})
    form = f"/c/{cast.table}/people/name"
    answer = client.post(form, data={"my_name": "Ana of the long name", "csrf_token": "old"})
    assert answer.status_code == 400
    fresh = re.search(r'name="csrf_token" value="([^"]+)"', answer.text).group(1)
    assert "Ana of the long name" in answer.text
    assert client.post(form, data={"my_name": "Ana of the long name", "csrf_token": fresh}).status_code == 303


@pytest.mark.usefixtures("csrf")
@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "same-site"}, {"Origin": "http://localhost:9"}, {"Origin": "http://["}]
)
def test_what_another_site_sends_is_not_offered_to_be_sent_again(ana_with_csrf, cast, headers):
    answer = ana_with_csrf.post(f"/c/{cast.table}/people/leave", data={"works": "back"}, headers=headers)
    assert answer.status_code == 400
    assert "Send it again" not in answer.text
    assert "csrf_token" not in answer.text
    assert ana_with_csrf.get(f"/c/{cast.table}").status_code == 200


@pytest.fixture
def ana_with_csrf(app, cast):
    app.config["WTF_CSRF_ENABLED"] = False
    client = enter(app, "Ana")
    app.config["WTF_CSRF_ENABLED"] = True
    return client


def test_no_cookie_goes_with_a_static_file(app, cast):
    mine = app.test_client()
    mine.post("/enter", data={"name": "Ana", "passphrase": PASSPHRASE, "own_phone": "y"})
    with mine.get("/static/css/base.css") as file:
        assert "Set-Cookie" not in file.headers
    assert "Set-Cookie" in mine.get("/me").headers
