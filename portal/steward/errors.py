"""What can go wrong while a portal is set up, by name."""

from portal.accounts.errors import LinkClosed
from portal.web.language import lazy


class SetUpLinkClosed(LinkClosed):
    """Made up, expired or ended by a newer one, while nobody has set the portal up yet."""

    say = lazy(
        "It works for two days, and a newer one ends it. On the computer that runs this place, "
        "the command “portal setup-link” makes a new one."
    )
