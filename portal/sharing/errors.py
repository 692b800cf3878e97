"""What can go wrong with a piece, by name."""

from portal.errors import PortalError
from portal.web.errors import NotHere
from portal.web.language import lazy


class WallFull(PortalError):
    """The circle's pictures fill the room that the portal has for them."""

    status = 507
    title = lazy("There is no room for more pictures here")
    say = lazy(
        "The pictures of this table fill the room that the portal has for them. Erase one of yours to make room, "
        "or ask the person who runs the portal for more. Writing can still be kept."
    )


class TableChanged(PortalError):
    """Someone came or left while the author was deciding, so it is not the table they said yes to."""

    status = 409
    title = lazy("The table has changed")
    say = lazy("Someone came or left while this page was open, so nothing is shared yet. This is how it reads now.")


class KeptAlone(NotHere):
    """The author's seat ended while a piece was on its way to the wall: it is among their own things all the same."""

    leads_to = "/me/things"
    say = lazy("Your piece is not lost: it is kept for you alone, under “My things”.")
