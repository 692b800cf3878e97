"""The help entries of this portal: what is shipped, and what its steward put beside it."""

from datetime import date
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from flask import current_app
from flask.sansio.app import App
from peewee import PeeweeException

from portal.accounts.models.portals import Portal
from portal.clocks import local
from portal.config import Settings
from portal.db import utcnow
from portal.errors import Unfit
from portal.resources import shelf
from portal.resources.freshness import Check, fingerprint, look
from portal.resources.models import HelpCheck
from portal.resources.pack import Entry, Pack, everything
from portal.web.errors import NotHere

if TYPE_CHECKING:
    from portal.resources.received import Received


class Lists:
    """Reads the lists when somebody first asks, and again when a file of the portal's own has changed."""

    def __init__(self, settings: Settings) -> None:
        self.places = settings.places
        self.own = settings.data_dir / "help"
        self.found: tuple[Pack, ...] | None = None
        self.stamp: shelf.Stamp = ()
        self.fault: Exception | None = None  # what is wrong in a list changed by hand since the start
        self.lock = Lock()

    def packs(self) -> tuple[Pack, ...]:
        with self.lock:
            stamp = shelf.stamp(self.own)
            if self.found is None or stamp != self.stamp:
                self.found = self.read_or_go_on()
                self.stamp = stamp
            return self.found

    def read_or_go_on(self) -> tuple[Pack, ...]:
        """A fault made by hand while the portal runs takes nothing from whoever needs help: the good lists stay."""
        self.fault = None
        try:
            return self.read(shelf.shown(self.places, self.own))
        except Unfit as fault:
            self.fault = fault
            return self.found or self.read({name: shelf.SHIPPED / f"{name}.yaml" for name in self.shipped()})

    def read(self, files: dict[str, Path]) -> tuple[Pack, ...]:
        """Raises Unfit, which names file and line."""
        from portal.resources.entries import pack, together

        return together([pack(path) for path in files.values()], files)

    def shipped(self) -> list[str]:
        return [place for place in self.places if (shelf.SHIPPED / f"{place}.yaml").is_file()]

    def refuse_unfit(self) -> None:
        """What is shipped is proven by tests. What is the portal's own is read now. Raises Unfit."""
        files = shelf.shown(self.places, self.own)
        for path in files.values():
            if not path.is_file():
                from portal.resources.entries import file_of

                file_of(path.stem, (shelf.SHIPPED, self.own))
        if shelf.names(self.own):
            self.read(files)


def load(app: App) -> None:
    """Raises Unfit, so that a broken list stops the start."""
    app.extensions["help"] = Lists(app.config["PORTAL"])
    lists(app).refuse_unfit()


def lists(app: App | None = None) -> Lists:
    return (app or current_app).extensions["help"]


def packs() -> tuple[Pack, ...]:
    return lists().packs()


def some(keys: tuple[str, ...]) -> list[Entry]:
    """The entries with these keys that this portal shows, in the order of the keys."""
    known = {entry.key: entry for entry in everything(packs())}
    return [known[key] for key in keys if key in known]


def entry_or_404(key: str) -> Entry:
    found = some((key,))
    if not found:
        raise NotHere
    return found[0]


def pack_or_404(place: str) -> Pack:
    found = next((pack for pack in packs() if pack.place == place), None)
    if not found:
        raise NotHere
    return found


def own() -> set[str]:
    """The lists that are this portal’s own, and can be taken away again."""
    return set(shelf.names(lists().own))


def fault() -> str:
    """What is wrong in a list that somebody changed by hand since the start, with file and line; or nothing."""
    lists().packs()
    return str(lists().fault or "")


def receive(sent: bytes) -> "Received":
    """What was sent as a list, with every fault in it, also keys that another list on the help page uses already."""
    from portal.resources.received import received  # brings YAML in

    taken = {entry.key: pack.place for pack in packs() for entry in pack.entries}
    return received(sent, taken)


def written(pack: Pack, kind: str = "yaml") -> str:
    """The list as a file for others."""
    from portal.resources.tables import as_csv, as_yaml  # brings YAML in

    return as_csv(pack) if kind == "csv" else as_yaml(pack)


def version(place: str) -> str:
    """What names the words that our own list now has; empty where there is none."""
    return shelf.version(lists().own, place)


def keep(pack: Pack, was: str) -> bool:
    """Put it on the help page, for every process; False where the list is no longer the one that `was` names."""
    return shelf.keep(lists().own, pack.place, written(pack), was)


def remove(place: str) -> None:
    shelf.remove(lists().own, place)


def needs(place: str) -> bool:
    """Whether the settings name this list and none of ours could stand in for it: the next start would fail."""
    return place in lists().places and place not in lists().shipped()


def checks() -> dict[str, Check]:
    """Of each entry as it now reads, by key."""
    latest, now = HelpCheck.latest(), today()
    return {entry.key: look(entry, latest, now) for entry in everything(packs())}


def unchecked() -> int:
    """How many lines a steward should look at: never checked, changed since, or checked too long ago."""
    return sum(not check.holds for check in checks().values())


def checked_on() -> dict[str, date]:
    """The day of each check of an entry as it now reads; none while the database is away, for Help stands without."""
    try:
        latest = HelpCheck.latest()
    except PeeweeException:
        return {}
    days = {entry.key: latest.get((entry.key, fingerprint(entry))) for entry in everything(packs())}
    return {key: day for key, day in days.items() if day}


def today() -> date:
    """The date on the wall where the portal is."""
    return local(utcnow(), Portal.current().zone).date()
