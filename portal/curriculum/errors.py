"""What the guide's pages may refuse."""

from portal.errors import PortalError
from portal.web.language import lazy


class WrittenElsewhere(PortalError):
    """Another device of the same person has written here meanwhile; the page shows both."""

    status = 409
    title = lazy("You wrote here on another device meanwhile")
    say = lazy("Nothing of yours was lost. Both are shown, so that you can put them together.")


class PathChanged(PortalError):
    """Somebody else has changed the circle's path; the page shows it and keeps what was typed."""

    status = 409
    title = lazy("Somebody changed the path while you wrote")
    say = lazy("Nothing of yours was saved. Below is what stands now.")


class OwnChanged(PortalError):
    """Somebody else changed the same activity of the circle's own, or took it away; the form shows both."""

    status = 409
    title = lazy("Somebody changed it while you wrote")
    say = lazy("Nothing of yours was saved yet. Copy your words, open the page again, and see what stands there now.")
