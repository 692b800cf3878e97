"""What would make a portal that others rely on weak: one rule each, with a sentence that says what to do."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address

from portal.config import Settings

BUILT = 2026  # the year this version was written: a clock before it is wrong
SECRET = 32  # characters
LETTERS = 10  # different ones that even a random secret of hexadecimal digits has


@dataclass(frozen=True)
class Surroundings:
    """What the rules look at beside the settings."""

    now: datetime
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    is_root: bool = False


Rule = Callable[[Settings, Surroundings], str | None]
RULES: list[Rule] = []


def rule(check: Rule) -> Rule:
    RULES.append(check)
    return check


def weaknesses(settings: Settings, around: Surroundings) -> list[str]:
    """A sentence for each weak setting; an empty list is a portal fit for others."""
    return [said for check in RULES if (said := check(settings, around))]


def is_open(settings: Settings) -> bool:
    """Whether other computers can reach it directly."""
    host = settings.listen.rpartition(":")[0].strip("[]")
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"


def is_for_others(settings: Settings) -> bool:
    return is_open(settings) or bool(settings.base_url)


@rule
def unencrypted(settings: Settings, around: Surroundings) -> str | None:
    """Everything is sealed on the disk, and would still cross the air in clear."""
    if is_for_others(settings) and not settings.is_https:
        return (
            "base_url is not an https address, so passphrases would cross the network readable. Put a web server "
            "that does https in front, and set base_url to the address people type."
        )
    return None


@rule
def unnamed(settings: Settings, around: Surroundings) -> str | None:
    if is_open(settings) and not settings.base_url and not settings.hosts:
        return (
            f"listen is {settings.listen}, but no host name is trusted: set base_url (or hosts) to what people type. "
            "Every other name is refused."
        )
    return None


@rule
def no_proxy(settings: Settings, around: Surroundings) -> str | None:
    if settings.is_https and not settings.trusted_proxy:
        return (
            "base_url is an https address, but trusted_proxy is empty. Set it to 127.0.0.1 if the web server in front "
            "runs on this machine: without it, the portal takes every visitor for the same one."
        )
    return None


@rule
def around_the_proxy(settings: Settings, around: Surroundings) -> str | None:
    if settings.trusted_proxy and is_open(settings):
        return (
            f"listen is {settings.listen}, so people can go around the web server in front. Set it to 127.0.0.1:8080."
        )
    return None


@rule
def mail_from_nowhere(settings: Settings, around: Surroundings) -> str | None:
    """The link with which people end the mail must open on their own phone."""
    if settings.smtp_url and not settings.base_url:
        return "Mail is on, but its links would lead to no place people know. Set base_url to the address people type."
    return None


@rule
def weak_secret(settings: Settings, around: Surroundings) -> str | None:
    path = settings.data_dir / "secret_key"
    secret = settings.secret_key or (path.read_text(encoding="utf-8") if path.is_file() else None)
    if secret is not None and (len(secret) < SECRET or len(set(secret)) < LETTERS):
        where = "secret_key" if settings.secret_key else f"What lies in {path}"
        return f"{where} is too short or too plain. Remove it, and the portal makes a strong one; all sign in again."
    return None


@rule
def readable_by_others(settings: Settings, around: Surroundings) -> str | None:
    kept = [settings.data_dir, settings.database, settings.data_dir / "secret_key", settings.data_dir / "portal.toml"]
    loose = [path for path in kept if path.exists() and path.stat().st_mode & 0o077]
    if loose:
        close = f"chmod -R go= {settings.data_dir.resolve()}"
        return f"Other accounts on this machine can look into {loose[0]}. Close it by typing: {close}"
    return None


@rule
def debugging(settings: Settings, around: Surroundings) -> str | None:
    """A debugger shows the memory of the portal to whoever meets an error."""
    if around.environ.get("FLASK_DEBUG", "0").lower() not in ("", "0", "false", "no"):
        return "FLASK_DEBUG is set, which shows the inside of the portal to visitors. Take it out of the environment."
    return None


@rule
def wrong_clock(settings: Settings, around: Surroundings) -> str | None:
    if around.now.year < BUILT:
        return (
            f"This computer’s clock says {around.now:%Y-%m-%d}, before this version was made. Set it, or go online "
            "and wait a minute: meeting times and sign-ins depend on it."
        )
    return None


@rule
def as_root(settings: Settings, around: Surroundings) -> str | None:
    if around.is_root:
        return "This is the root account, which may read and change everything. Give the portal an account of its own."
    return None


@rule
def only_a_demo(settings: Settings, around: Surroundings) -> str | None:
    if settings.demo:
        return "demo is on: people and passphrases are invented and known to everyone. Take it out of the settings."
    return None


def surroundings(now: datetime) -> Surroundings:
    """Those of this process."""
    return Surroundings(now, os.environ, is_root=os.geteuid() == 0)
