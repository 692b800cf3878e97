"""What can go wrong with an account, by name."""

from portal.errors import PortalError
from portal.web.language import lazy


class WrongWords(PortalError):
    """Name and passphrase, or name and recovery code, do not fit together; whether the name exists is not said."""

    status = 422
    title = lazy("That does not fit")
    say = lazy("Name and passphrase don’t fit together. Nothing is locked; try again in your own time.")


class LinkClosed(PortalError):
    """Used, made up, revoked or expired: all the same."""

    status = 404
    title = lazy("This link is closed")
    say = lazy(
        "It may have been used, or its time ran out, or it was copied with a piece missing. "
        "Ask the person who gave it to you for a new one."
    )


class KeyDoesNotFit(PortalError):
    """The public key beside the name is not the half of the private one: somebody changed it in the database."""

    status = 409
    title = lazy("Something does not fit with this account")
    say = lazy(
        "Your words are right. But somebody who can write to the database has changed the key with which others "
        "share with you. Nothing was opened. Please tell the people at your table, and the person who runs the portal."
    )


class SealBroken(PortalError):
    """A sealed text was changed, cut or moved to another place."""

    status = 409
    title = lazy("Something here does not fit")
    say = lazy(
        "A part of this page was changed by somebody who can write to the database, so it does not open. You did "
        "nothing wrong. Please tell the others, and the person who runs the portal."
    )
