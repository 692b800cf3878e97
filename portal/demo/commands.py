"""The demo from its folder to its end. It never reads or writes what belongs to a real portal."""

import json
import os
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import click
from flask import Flask

from portal import create_app, serving, upgrade, vault
from portal.accounts.models.portals import Portal
from portal.config import BadSetting, Settings
from portal.db import db, utcnow, writing
from portal.demo.crowd import enlarged
from portal.demo.inventing import Say, invent
from portal.demo.neighborhood import LANGUAGES, Neighborhood, neighborhood
from portal.meetings.models.turns import forget_passes

MARK = "portal.toml"  # says `demo = true`, so that whoever serves this folder later says it on every page, too
PEOPLE = "people.json"  # names and passphrases, readable: a demo has nothing to protect
LARGE_TABLES, LARGE_WORKS = 100, 2000
SHOWN = 12  # people whose words are printed; --json prints all

say: Say = partial(click.echo, err=True)


def run(listen: str, data: Path | None, size: str, language: str | None, as_json: bool) -> None:
    """Make the demo or take it up again, and serve it until Ctrl-C."""
    for stop in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(stop, lambda *_: sys.exit(0))  # so that the folder goes, also while it is being filled
    with folder(data) as home:
        serving.keep_to_itself()  # not before: temporary files then go to memory, which a large demo would fill
        settings = settings_of(home, listen)
        app, people = prepare(settings, told(language or spoken(os.environ), size), say)
        show = as_line if as_json else partial(in_words, kept=data)
        try:
            serving.serve(app, settings, announce=lambda: click.echo(show(settings.address, people)))
        except OSError as error:
            raise click.ClickException(f"The demo can’t serve on {listen}: {error.strerror}.") from error


@contextmanager
def folder(kept: Path | None) -> Iterator[Path]:
    """The demo's own folder: the one given, else one that is gone afterwards. Raises BadSetting."""
    if kept is None:
        with tempfile.TemporaryDirectory(prefix="portal-demo-") as made:
            yield Path(made)
        return
    refuse_another(kept)
    kept.mkdir(parents=True, exist_ok=True, mode=0o700)
    yield kept


def refuse_another(home: Path) -> None:
    """Raise BadSetting for a folder that holds a real portal, or anything else but a demo."""
    if home.is_dir() and any(home.iterdir()) and not Settings.load({}, data_dir=home).demo:
        raise BadSetting(f"{home} holds something that is no demo. Nothing in it was touched; name another folder.")


def settings_of(home: Path, listen: str) -> Settings:
    """Nothing is taken from the environment: what stands there is meant for the real portal."""
    host, _, port = listen.rpartition(":")
    address = f"http://{'localhost' if host in ('0.0.0.0', '[::]') else host}:{port}"  # noqa: S104
    return Settings.load({}, data_dir=home, listen=listen, base_url=address, demo=True)


def spoken(environ: Mapping[str, str]) -> str:
    """The language of this computer, where the demo speaks it."""
    here = (environ.get("LC_ALL") or environ.get("LANG") or "")[:2]
    return here if here in LANGUAGES else LANGUAGES[0]


def told(language: str, size: str) -> Neighborhood:
    small = neighborhood(language)
    return enlarged(small, LARGE_TABLES, LARGE_WORKS) if size == "large" else small


def prepare(
    settings: Settings, told: Neighborhood, say: Say, cost: vault.Cost = vault.FLOOR
) -> tuple[Flask, list[dict[str, Any]]]:
    """A portal with the neighborhood in it, and its people; the one in the folder, if there is one.

    It is invented in one transaction, so a demo that was stopped on the way begins again from nothing.
    """
    write(settings.data_dir / MARK, "demo = true\n")
    app = create_app(settings)
    upgrade.migrate(db, utcnow())
    people = settings.data_dir / PEOPLE
    if Portal.select().exists():
        say(f"The demo in {settings.data_dir} is used as it stands.")
    else:
        now = utcnow()
        with writing():
            write(people, json.dumps([known.told() for known in invent(told, now, say, cost)]))
        forget_passes(now)
    return app, read(people)


def write(path: Path, text: str) -> None:
    """Put a file there whole."""
    part = path.with_suffix(".part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    part.replace(path)


def read(people: Path) -> list[dict[str, Any]]:
    """Raises BadSetting where the portal in the folder is not of our making."""
    if not people.exists():
        raise BadSetting(f"{people.parent} holds a portal that the demo has not made. Name another folder.")
    return json.loads(people.read_text(encoding="utf-8"))


def as_line(address: str, people: list[dict[str, Any]]) -> str:
    return json.dumps({"url": address, "people": people})


def in_words(address: str, people: list[dict[str, Any]], kept: Path | None) -> str:
    shown = people[:SHOWN]
    widths = [max(len(one[fact]) for one in shown) for fact in ("name", "passphrase")]
    lines = [
        f"    {one['name']:{widths[0]}}   {one['passphrase']:{widths[1]}}   {place_of(one)}".rstrip() for one in shown
    ]
    more = f"\n    and {len(people) - SHOWN} more, which --json prints" if len(people) > SHOWN else ""
    ending = f"It is kept in {kept.resolve()}. To stop it, press Ctrl-C." if kept else "Ctrl-C stops and erases it."
    return (
        f"The demo is open at {address}\n\nEveryone in it is invented. Sign in with a name and its five words:\n\n"
        + "\n".join(lines)
        + f"{more}\n\n{ending}"
    )


def place_of(one: dict[str, Any]) -> str:
    return "runs the portal" if one["steward"] else ", ".join(circle["name"] for circle in one["circles"])
