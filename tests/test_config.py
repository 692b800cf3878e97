"""Settings: where they come from, and that a wrong one stops the start with a sentence that names it."""

import pytest

from portal.config import BadSetting, Settings, secret_key


def test_the_file_is_weaker_than_the_environment_and_that_than_a_file_it_names(tmp_path):
    (tmp_path / "portal.toml").write_text('threads = 6\nidle_minutes = 5\nhosts = ["a.example"]\n')
    (tmp_path / "minutes").write_text("7\n")
    environ = {"PORTAL_DATA_DIR": str(tmp_path), "PORTAL_THREADS": "8", "PORTAL_IDLE_MINUTES": "6"}
    read = Settings.load({**environ, "PORTAL_IDLE_MINUTES_FILE": str(tmp_path / "minutes")})
    assert (read.threads, read.idle_minutes, read.hosts) == (8, 7, ("a.example",))


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({"PORTAL_THREDS": "4"}, "Did you mean threads"),
        ({"PORTAL_THREADS": "four"}, "threads is 'four'"),
        ({"PORTAL_THREADS": "0"}, "threads takes"),
        ({"PORTAL_WORKER": "perhaps"}, "yes or no"),
        ({"PORTAL_LISTEN": "8080"}, "listen"),
        ({"PORTAL_LISTEN": "127.0.0.1:99999"}, "listen"),
        ({"PORTAL_BASE_URL": "elm.example.org"}, "base_url"),
        ({"PORTAL_BASE_URL": "https://elm.example.org/portal"}, "base_url"),
        ({"PORTAL_TRUSTED_PROXY": "10.0.0.1"}, "trusted_proxy"),
        ({"PORTAL_SECRET_KEY": "short"}, "secret_key"),
        ({"PORTAL_SECRET_KEY_FILE": "/nowhere/at/all"}, "PORTAL_SECRET_KEY_FILE"),
        ({"PORTAL_SMTP_URL": "smtp://mail.example"}, "mail_from is needed"),
        ({"PORTAL_MAIL_FROM": "Elm Street <post@elm.example>"}, "mail_from is"),
        ({"PORTAL_MAIL_FROM": "post@elm.example\r\nBcc: x@y.z"}, "mail_from is"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_its_name(environ, says, tmp_path):
    with pytest.raises(BadSetting) as refused:
        Settings.load({"PORTAL_DATA_DIR": str(tmp_path), **environ})
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('data_dir = "/x"', "PORTAL_DATA_DIR"),
        ("text_floor = -1", "text_floor"),
        ("thread = 4", "Did you mean threads"),
        ("threads = ", "portal.toml"),
        ("threads = true", "threads"),
    ],
)
def test_a_wrong_line_in_the_file_is_named(text, says, tmp_path):
    (tmp_path / "portal.toml").write_text(text)
    with pytest.raises(BadSetting) as refused:
        Settings.load({"PORTAL_DATA_DIR": str(tmp_path)})
    assert says in str(refused.value)


def test_the_secret_key_is_made_once_and_is_nobody_elses(tmp_path):
    settings = Settings.load({}, data_dir=tmp_path)
    first = secret_key(settings)
    assert len(first) == 64
    assert secret_key(settings) == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert secret_key(Settings.load({"PORTAL_SECRET_KEY": "x" * 32}, data_dir=tmp_path)) == "x" * 32


def test_the_address_decides_what_is_allowed(tmp_path):
    settings = Settings.load({"PORTAL_BASE_URL": "https://elm.example.org/"}, data_dir=tmp_path)
    assert settings.address == "https://elm.example.org"
    assert settings.is_https
    assert settings.allowed_hosts[0] == "elm.example.org"


def test_on_a_local_network_the_address_is_one_that_phones_can_reach(tmp_path):
    here = Settings.load({"PORTAL_LISTEN": "192.168.7.5:8080"}, data_dir=tmp_path)
    assert here.address == "http://192.168.7.5:8080"
    assert "192.168.7.5" in here.allowed_hosts
    everywhere = Settings.load({"PORTAL_LISTEN": "0.0.0.0:8080"}, data_dir=tmp_path)
    assert "0.0.0.0" not in everywhere.address
    assert everywhere.allowed_hosts[0] in everywhere.address
    assert Settings.load({}, data_dir=tmp_path).address == "http://localhost:8080"


@pytest.mark.parametrize(
    "url",
    [
        *(
            "mail.example:587",
            "http://mail.example",
            "smtp://",
            "smtp://mail.example:port",
            "smtp://[::1",
            "smtp://m/x",
        ),
        *(
            "smtp://mail.example?tls=no",
            "smtp://mail.example:0",
            "smtp://canary@mail.example",
            "smtp://:canary@m.example",
        ),
    ],
)
def test_a_mail_server_that_cannot_be_meant_is_refused_without_showing_its_password(url, tmp_path):
    with pytest.raises(BadSetting) as refused:
        Settings.load({"PORTAL_SMTP_URL": url, "PORTAL_MAIL_FROM": "post@elm.example"}, data_dir=tmp_path)
    assert "smtp_url" in str(refused.value)
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["smtp://mail.example", "smtps://post%40elm.example:p%2Fw@mail.example:465", "smtp://[::1]"]
)
def test_a_whole_mail_server_is_taken(url, tmp_path):
    settings = Settings.load({"PORTAL_SMTP_URL": url, "PORTAL_MAIL_FROM": "post@elm.example"}, data_dir=tmp_path)
    assert settings.smtp_url == url
