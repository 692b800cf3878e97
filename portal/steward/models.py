"""A portal's beginning and its open doors: what only a steward changes in the rows of the accounts."""

import os
from datetime import datetime
from pathlib import Path

from portal import vault
from portal.accounts.errors import LinkClosed
from portal.accounts.models.links import HEALER_LINK_LASTS, FirstLink
from portal.accounts.models.people import Person
from portal.accounts.models.portals import Portal
from portal.config import Settings
from portal.db import utcnow, writing
from portal.steward.errors import SetUpLinkClosed
from portal.web.errors import NotHere


def prepare_portal() -> None:
    """Make the portal's row before its first person, stretching passphrases as far as this machine can bear."""
    if Portal.select().exists():
        return
    cost = vault.calibrate()
    Portal.insert(id=1, stretch_ops=cost.ops, stretch_mem=cost.mem).on_conflict_ignore().execute()


def has_steward() -> bool:
    return Person.select().where(Person.is_steward).exists()


def link_file(settings: Settings) -> Path:
    return settings.data_dir / "setup-link"


def set_up_link(settings: Settings) -> str | None:
    """The address of a fresh one-time link, also kept in a file; None once a steward exists. Ends older links."""
    prepare_portal()
    with writing():
        token = None if has_steward() else FirstLink.make("setup", utcnow())
    link_file(settings).unlink(missing_ok=True)
    if token is None:
        return None
    address = f"{settings.address}/setup/{token}"
    with open(os.open(link_file(settings), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(address + "\n")
    return address


def open_set_up_link(token: str, now: datetime) -> FirstLink:
    """Raises LinkClosed: for everybody, for good, once there is a steward."""
    if has_steward():
        raise LinkClosed
    try:
        return FirstLink.read("setup", token, now)
    except LinkClosed:
        raise SetUpLinkClosed from None


def claim(link: FirstLink, steward: Person, answers: dict[str, str], now: datetime) -> None:
    """Open the portal with its first steward. Raises LinkClosed when somebody was faster."""
    with writing():
        link.use_up()
        if has_steward():
            raise LinkClosed
        FirstLink.delete().where(FirstLink.purpose == "setup").execute()
        Portal.update(**answers, set_up_at=now).where(Portal.id == 1).execute()
        steward.save(force_insert=True)


def open_healer_links(now: datetime) -> list[tuple[FirstLink, datetime]]:
    """Each with the moment it was made, oldest first: nothing else tells them apart."""
    found = FirstLink.select().where((FirstLink.purpose == "healer") & (FirstLink.expires_at > now))
    return [(link, link.expires_at - HEALER_LINK_LASTS) for link in found.order_by(FirstLink.expires_at)]


def end_healer_link(link: str) -> None:
    """Raises NotHere, also when it was used in the meantime."""
    if FirstLink.delete().where((FirstLink.id == link) & (FirstLink.purpose == "healer")).execute() != 1:
        raise NotHere


def let_start_tables(person: str, *, may: bool) -> None:
    """Touches no table that exists. A steward's account can hold no seat, so it can start none. Raises NotHere."""
    if Person.update(is_healer=may).where((Person.id == person) & ~Person.is_steward).execute() != 1:
        raise NotHere
