"""What can go wrong with a calendar's address, by name."""

from portal.errors import PortalError
from portal.web.language import lazy


class TooManyFeeds(PortalError):
    status = 409
    title = lazy("You have five addresses already")
    say = lazy("Nothing was made. If you no longer use one of them, end it first, and then make the new one.")
