"""Every setting: its default, unit and meaning, and where it may come from.

`instance/portal.toml` < `PORTAL_NAME` in the environment < `PORTAL_NAME_FILE`, a file that holds the value.
"""

import difflib
import os
import re
import secrets
import socket
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


class BadSetting(Exception):
    """A setting that would not do; the sentence names it and says what would."""


def setting(default: Any, meaning: str, unit: str = "") -> Any:
    """A field with what the settings table of the documentation says of it."""
    return field(default=default, metadata={"meaning": meaning, "unit": unit})


@dataclass(frozen=True)
class Settings:
    data_dir: Path = setting(Path("instance"), "Folder for the database, pictures and keys: all that the portal owns.")
    listen: str = setting("127.0.0.1:8080", "Address and port to serve on. 0.0.0.0:8080 opens it to the local network.")
    base_url: str = setting("", "Address people type, such as https://elm.example.org. Empty: taken from listen.")
    hosts: tuple[str, ...] = setting((), "Further host names the portal answers to, separated by commas.")
    trusted_proxy: str = setting("", "Address of the web server in front, on this machine: 127.0.0.1 or ::1.")
    secret_key: str = setting("", "At least 32 characters; signs cookies. Empty: made and kept in the data folder.")
    threads: int = setting(8, "Threads that answer. One at a time draws a page; the others go on when it waits.")
    worker: bool = setting(True, "Whether this process also does the chores: erasing, closing old sessions, mail.")
    smtp_url: str = setting("", "Mail server, such as smtp://name:password@mail.example.org:587. Empty: no mail.")
    mail_from: str = setting("", "Address that mail comes from. It tells nothing of what this place is.")
    places: tuple[str, ...] = setting(("us", "us-ca-los-angeles"), "Lists shown on the help page, nearest last.")
    guide_open: bool = setting(True, "Whether everyone may read the guide and activities, signed out too.")
    upload_limit: int = setting(12, "Largest picture that may be sent.", "MB")
    circle_quota: int = setting(500, "Room for one circle’s pictures.", "MB")
    picture_floor: int = setting(200, "Pictures are refused when less than this is free on the disk.", "MB")
    text_floor: int = setting(20, "Writing is refused when less than this is free on the disk.", "MB")
    idle_minutes: int = setting(15, "Quiet time after which a shared phone is signed out.", "minutes")
    own_phone_days: int = setting(30, "Quiet time after which a person’s own phone is signed out.", "days")
    demo: bool = setting(False, "Marks a throw-away portal with invented people. Set by the demo command alone.")

    @property
    def port(self) -> int:
        return int(self.listen.rpartition(":")[2])

    @property
    def address(self) -> str:
        """The address to show people, without a slash at its end."""
        return (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def host(self) -> str:
        """What to type for the address it listens on, in this room or on this machine."""
        listens = self.listen.rpartition(":")[0]
        if listens in ("127.0.0.1", "[::1]", "localhost"):
            return "localhost"
        return own_address() if listens in ("0.0.0.0", "[::]") else listens  # noqa: S104  asks, does not bind

    @property
    def is_only_here(self) -> bool:
        """Whether no other device can open the address."""
        return urlsplit(self.address).hostname in ("localhost", "127.0.0.1", "::1")

    @property
    def is_https(self) -> bool:
        return self.address.startswith("https://")

    @property
    def allowed_hosts(self) -> tuple[str, ...]:
        named = urlsplit(self.address).hostname or "localhost"
        return tuple(dict.fromkeys((named, self.host, *self.hosts, "localhost", "127.0.0.1", "[::1]")))

    @property
    def database(self) -> Path:
        return self.data_dir / "portal.db"

    @classmethod
    def load(cls, environ: Mapping[str, str] = os.environ, **given: Any) -> "Settings":
        """Read the file and the environment; `given` wins over both. Raises BadSetting."""
        chosen = from_environment(environ) | given
        words = from_file(Path(chosen.get("data_dir", cls.data_dir)) / "portal.toml") | chosen
        settings = cls(**{name: understood(name, value) for name, value in words.items()})
        refuse_nonsense(settings)
        return settings


def own_address() -> str:
    """This machine's address on the network around it; nothing is sent to find out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # RFC 5737: an address for documentation, which nobody has
        except OSError:
            return "localhost"
        return probe.getsockname()[0]


KNOWN = {f.name: f for f in fields(Settings)}
MAIL_ADDRESS = re.compile(r"[!#-'*+\-./0-9=?A-Z^_`a-z{|}~]{1,64}@[0-9A-Za-z-]{1,63}(\.[0-9A-Za-z-]{1,63})*")
FOR_TESTS = ("PORTAL_TEST_", "PORTAL_REQUIRE_BROWSER")


def from_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadSetting(f"{path.name} can’t be read: {error}.") from error
    if "data_dir" in found:
        raise BadSetting(
            f"data_dir can’t be set in {path.name}, which lies in that folder: set PORTAL_DATA_DIR instead."
        )
    for name in found:
        refuse_unknown(name, f"{name} in {path.name}", list(KNOWN))
    return found


def from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    """`PORTAL_NAME_FILE` wins over `PORTAL_NAME`, so that a secret need not stand in the environment."""
    found: dict[str, Any] = {}
    ours = (v for v in environ if v.startswith("PORTAL_") and not v.startswith(FOR_TESTS))
    for variable in sorted(ours):
        name = variable.removeprefix("PORTAL_").lower()
        if name.removesuffix("_file") in KNOWN and name not in KNOWN:
            found[name.removesuffix("_file")] = contents(variable, Path(environ[variable]))
            continue
        refuse_unknown(name, variable, list(KNOWN))
        found.setdefault(name, environ[variable])
    return found


def contents(variable: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise BadSetting(f"{variable} names a file that can’t be read: {path}.") from error


def refuse_unknown(name: str, where: str, known: list[str]) -> None:
    if name in known:
        return
    near = difflib.get_close_matches(name, known, n=1)
    raise BadSetting(f"There is no setting {where}." + (f" Did you mean {near[0]}?" if near else ""))


def understood(name: str, value: Any) -> Any:
    """The value in the type of the setting's default. Raises BadSetting."""
    default = KNOWN[name].default
    try:
        if isinstance(default, bool):
            return truth(value)
        if isinstance(default, tuple):
            return tuple(v.strip() for v in value.split(",") if v.strip()) if isinstance(value, str) else tuple(value)
        if isinstance(value, bool):
            raise ValueError(value)
        return Path(value) if isinstance(default, Path) else int(value) if isinstance(default, int) else str(value)
    except (TypeError, ValueError) as error:
        unit = KNOWN[name].metadata["unit"]
        wanted = "yes or no" if isinstance(default, bool) else f"a whole number{' of ' + unit if unit else ''}"
        raise BadSetting(f"{name} is {value!r}, but takes {wanted}.") from error


def truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    answers = {"yes": True, "true": True, "on": True, "1": True, "no": False, "false": False, "off": False, "0": False}
    if str(value).lower() not in answers:
        raise ValueError(value)
    return answers[str(value).lower()]


def refuse_nonsense(settings: Settings) -> None:
    host, _, port = settings.listen.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise BadSetting(f"listen is {settings.listen!r}, but takes an address and a port, such as 127.0.0.1:8080.")
    if settings.base_url and (
        urlsplit(settings.base_url).scheme not in ("http", "https") or urlsplit(settings.base_url).path.strip("/")
    ):
        raise BadSetting("base_url takes an address without a path, such as https://elm.example.org.")
    if settings.trusted_proxy not in ("", "127.0.0.1", "::1"):
        raise BadSetting("trusted_proxy takes 127.0.0.1 or ::1: a web server on another machine could be anyone.")
    if settings.secret_key and len(settings.secret_key) < 32:
        raise BadSetting("secret_key is too short: it takes at least 32 characters. Left empty, one is made for you.")
    refuse_weak_mail(settings)
    for name in ("threads", "upload_limit", "circle_quota", "idle_minutes", "own_phone_days"):
        if getattr(settings, name) < 1:
            raise BadSetting(f"{name} takes a number of 1 or more.")
    for name in ("picture_floor", "text_floor"):
        if getattr(settings, name) < 0:
            raise BadSetting(f"{name} takes a number of 0 or more.")


def refuse_weak_mail(settings: Settings) -> None:
    if settings.mail_from and not MAIL_ADDRESS.fullmatch(settings.mail_from):
        raise BadSetting(f"mail_from is {settings.mail_from!r}, but takes one address, such as post@elm.example.org.")
    if not settings.smtp_url:
        return
    if not settings.mail_from:
        raise BadSetting("smtp_url is set, so mail_from is needed, too: the address that mail comes from.")
    try:
        url = urlsplit(settings.smtp_url)
        whole = url.scheme in ("smtp", "smtps") and url.hostname and url.port != 0
        whole = whole and not (url.path.strip("/") or url.query or url.fragment)
    except ValueError:  # a port that is none
        whole = False
    if not whole:
        raise BadSetting(
            "smtp_url takes smtp://name:password@host:587 or smtps://name:password@host:465. In name and password, "
            "write @ as %40, : as %3A, / as %2F, # as %23 and ? as %3F."  # the value itself is a secret: never shown
        )
    if bool(url.username) != bool(url.password):
        raise BadSetting("smtp_url has a name without a password, or a password without a name.")


def secret_key(settings: Settings) -> str:
    """The key that signs cookies: the setting, else one made once and kept where only the portal can read it."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.data_dir / "secret_key"
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_text(encoding="utf-8")
