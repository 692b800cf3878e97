"""What can go wrong with mail, by name."""

from portal.errors import PortalError
from portal.web.language import lazy


class MailLinkClosed(PortalError):
    """Made up, cut, expired or for an address that has changed since: all the same, so that it tells nothing."""

    status = 404
    title = lazy("This link is closed")
    say = lazy("Its time may have run out, or it was copied with a piece missing. Nothing was changed.")
