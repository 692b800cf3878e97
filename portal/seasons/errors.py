"""What can go wrong around a season, by name."""

from portal.errors import PortalError
from portal.web.language import lazy


class SeasonChanged(PortalError):
    """Somebody wrote something else down meanwhile: nothing was changed, and the page shows what stands now."""

    status = 409
    title = lazy("Somebody wrote it down while you read")
    say = lazy("Nothing of yours was saved yet. Please look at the season once more.")
