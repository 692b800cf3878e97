"""Errors of the plumbing itself."""

from typing import ClassVar

from portal.errors import PortalError
from portal.web.language import lazy, ngettext


class NotHere(PortalError):
    """Not there, or not this person's: the same answer for both."""

    status = 404
    leads_to: ClassVar[str] = ""  # the address where what was sent is after all
    title = lazy("There is nothing to see at this address")
    say = lazy(
        "Perhaps it was taken down, perhaps it never was, perhaps it isn’t yours to open. "
        "We give the same answer for all three."
    )


class FromElsewhere(PortalError):
    status = 400
    gives_back = False  # the words are another site's, and one press here would send them in the reader's name
    title = lazy("This came from another site")
    say = lazy("We only take what is sent from our own pages. Open the page here and send it again.")


class PageGrewOld(PortalError):
    status = 400
    title = lazy("This page had grown old")
    say = lazy("It was opened before you last signed in or out. Nothing was changed yet.")


class TooManyTries(PortalError):
    status = 429
    title = lazy("Please wait a little")
    say = lazy("There were many tries in a short time. Nothing is locked.")

    @classmethod
    def until(cls, seconds: int) -> "TooManyTries":
        """Say how long to wait, in minutes."""
        return cls(
            ngettext(
                "There were many tries that did not fit. Nothing is locked: wait a minute, then try again.",
                "There were many tries that did not fit. Nothing is locked: wait %(num)s minutes, then try again.",
                max(1, round(seconds / 60)),
            )
        )


class Busy(PortalError):
    status = 503
    title = lazy("A moment, please")
    say = lazy("Many people came at the same time. Wait a minute, then try again. Nothing is lost.")


class DiskFull(PortalError):
    status = 507
    title = lazy("There is no room to keep this")
    say = lazy(
        "The disk of this portal is full, so nothing was saved. Copy what you wrote to a safe place "
        "and tell the person who runs the portal. Reading still works."
    )
