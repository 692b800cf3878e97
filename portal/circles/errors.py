"""What can go wrong around a table, by name."""

from portal.errors import PortalError
from portal.web.language import lazy


class CircleFull(PortalError):
    status = 409
    title = lazy("Every seat is taken")
    say = lazy(
        "This table has no free seat now. Your link is not used up: if a seat becomes free while it is open, "
        "it will work. You may also ask the person who gave it to you about another table."
    )


class SeatsTaken(PortalError):
    status = 422
    title = lazy("More people sit here")
    say = lazy("More people sit at your table than that. A seat is given up only by who sits on it.")


class StewardSitsNowhere(PortalError):
    status = 403
    title = lazy("This account runs the portal")
    say = lazy(
        "An account that runs the portal can sit at no table, so that nobody has to wonder what it can read. "
        "Take your seat with a second account, and tell the table that you also run the portal."
    )


class NotAHealer(PortalError):
    status = 403
    title = lazy("You cannot start a table yet")
    say = lazy("Ask the person who runs this portal: they can open that for your account.")


class TooManyInvitations(PortalError):
    status = 409
    title = lazy("There are many open invitations")
    say = lazy("Take one back first, or wait until one has run out.")


class AgreementChanged(PortalError):
    status = 409
    title = lazy("The agreement has changed")
    say = lazy("It was changed while you read. Please read the new one before you say yes.")
