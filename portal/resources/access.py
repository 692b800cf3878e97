"""The help entries of this portal: read once, when the room opens, so that a broken file stops the start."""

from flask import current_app
from flask.sansio.app import App

from portal.resources.entries import Entry, Pack, entries, everything


def load(app: App) -> None:
    """Read the places that the settings name. Raises Unfit."""
    app.extensions["help"] = entries(app.config["PORTAL"].places)


def packs() -> tuple[Pack, ...]:
    return current_app.extensions["help"]


def some(keys: tuple[str, ...]) -> list[Entry]:
    """The entries with these keys that this portal shows, in the order of the keys."""
    known = {entry.key: entry for entry in everything(packs())}
    return [known[key] for key in keys if key in known]
