"""The `portal` command: serve, look around, check, set up."""

import json
import sys
from collections.abc import Iterable
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

import click

from portal import checks, create_app, serving, upgrade
from portal.config import BadSetting, Settings
from portal.curriculum.commands import guide
from portal.db import db, open_database, utcnow
from portal.errors import Unfit
from portal.steward.models import has_steward, set_up_link

LISTEN = click.option("--listen", metavar="HOST:PORT", help="Where to serve, such as 127.0.0.1:8080.")
SECRET = ("secret_key", "smtp_url")  # settings that are never shown
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Answer for a program: one line of JSON.")


class Sentences(click.Group):
    """What is wrong with a setting, a folder or the database is said in its own sentence, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (BadSetting, Unfit, serving.CannotServe, upgrade.CannotUpgrade) as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            if error.filename is None:
                raise
            raise click.ClickException(f"{error.filename} can’t be used: {error.strerror}.") from error


@click.group(cls=Sentences, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """A private page for each circle of a neighborhood.

    Everything the portal keeps lies in one folder: instance, or the one that PORTAL_DATA_DIR names.
    """


main.add_command(guide)


@main.command()
@LISTEN
def serve(listen: str | None) -> None:
    """Start the portal.

    It runs until you press Ctrl-C. The first time, it prints a link with which you set it up. After an upgrade, it
    first copies the database and then brings it to the new version.
    """
    serving.keep_to_itself()
    settings = load(listen=listen)
    app = create_app(settings)
    bring_up_to_date()
    serving.serve(app, settings, announce=partial(welcome, settings))


def welcome(settings: Settings) -> None:
    link = None if has_steward() else set_up_link(settings)
    if link:
        click.echo(f"Set up your portal with this link. It works once, within two days:\n\n    {link}\n")
    else:
        click.echo(f"The portal is open at {settings.address}")
    click.echo(f"All that it keeps lies in {settings.data_dir.resolve()}. To stop it, press Ctrl-C.")
    if checks.is_for_others(settings) and checks.weaknesses(settings, checks.surroundings(utcnow())):
        click.echo(f"Not yet fit for others. To read why, type: {typed('check')}", err=True)


def typed(word: str) -> str:
    """What to type for a word of this command: in a checkout, there is no `portal` to be found by its name."""
    return f"portal {word}" if Path(sys.argv[0]).name == "portal" else f"python3 run.py portal {word}"


@main.command()
def migrate() -> None:
    """Bring the database to this version, after making a copy. “serve” does this by itself."""
    serving.keep_to_itself()
    settings = load()
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    open_database(settings.database)
    if not bring_up_to_date():
        click.echo("The database is up to date.")


def bring_up_to_date() -> list[str]:
    done = upgrade.migrate(db, utcnow())
    for step in done:
        click.echo(f"Database: {step} done.", err=True)
    return done


@main.command()
def worker() -> None:
    """Do the chores and send the mail, without serving.

    For a portal that is served by several processes: set worker to no for those, and let one of these run beside them.
    It runs until you press Ctrl-C.
    """
    serving.keep_to_itself()
    app = create_app(load())
    bring_up_to_date()
    serving.work(app, announce=partial(click.echo, "The chores are being done. To stop it, press Ctrl-C."))


@main.command()
@AS_JSON
def check(as_json: bool) -> None:
    """Say what is weak before you let others in. Ends with status 1 if anything is."""
    settings = load()
    weak = checks.weaknesses(settings, checks.surroundings(utcnow()))
    if as_json:
        click.echo(json.dumps({"weak": weak}))
    else:
        click.echo("\n".join(f"- {sentence}" for sentence in weak) or "Nothing weak was found in the settings.")
    if weak:
        raise SystemExit(1)


@main.command()
def setup_link() -> None:
    """Print a new link to set the portal up.

    Only while nobody has done that yet. The links printed before stop working.
    """
    serving.keep_to_itself()
    settings = load()
    create_app(settings)
    bring_up_to_date()
    link = set_up_link(settings)
    if link is None:
        raise click.ClickException("The portal is set up already. Its steward signs in like everyone else.")
    click.echo(link)


@main.command()
@click.option("--listen", metavar="HOST:PORT", default="127.0.0.1:8090", show_default=True, help="Where to serve.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Keep it here and use it again.")
@click.option(
    "--size", type=click.Choice(["small", "large"]), default="small", show_default=True, help="How much there is."
)
@click.option("--language", type=click.Choice(["en", "es"]), help="English or Spanish; else as this computer speaks.")
@AS_JSON
def demo(listen: str, data: Path | None, size: str, language: str | None, as_json: bool) -> None:
    """Look around in a throw-away portal with invented people.

    It prints names and passphrases to sign in with. It never touches your own portal, and is gone when you stop it,
    unless you give it a folder with --data.
    """
    from portal.demo.commands import run

    run(listen=listen, data=data, size=size, language=language, as_json=as_json)


@main.command("settings")
@click.option("--markdown", is_flag=True, help="As the table of the documentation.")
def show_settings(markdown: bool) -> None:
    """Show every setting and what it means."""
    if markdown:
        click.echo(settings_table(), nl=False)
        return
    now = load()
    for each in fields(Settings):
        value = written(getattr(now, each.name)) if each.name not in SECRET else "(not shown)"
        click.echo(f"{each.name} = {value}\n    {each.metadata['meaning']}")


def settings_table() -> str:
    rows = ["| Setting | In the environment | Default | Unit | Meaning |", "| --- | --- | --- | --- | --- |"]
    for each in fields(Settings):
        default = f"`{written(each.default)}`" if written(each.default) else "empty"
        cells = (
            f"`{each.name}`",
            f"`PORTAL_{each.name.upper()}`",
            default,
            *map(each.metadata.get, ("unit", "meaning")),
        )
        rows.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(rows) + "\n"


def written(value: Any) -> str:
    """As one types it: yes and no, and commas between the parts of a list."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, Iterable) and not isinstance(value, str) else str(value)


def load(**given: Any) -> Settings:
    """The settings; what was given on the command line wins. Raises BadSetting."""
    return Settings.load(**{name: value for name, value in given.items() if value is not None})


if __name__ == "__main__":
    main(prog_name="portal")
