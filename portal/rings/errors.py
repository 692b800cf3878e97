"""What a ring refuses, by name."""

from portal.errors import PortalError
from portal.web.errors import NotHere
from portal.web.language import lazy


class Closed(NotHere):
    """Not for these keys: no grant, no wrap, a seat or an invitation that has ended. The same answer as not there."""


class Refused(PortalError):
    """A key, an epoch or a root that no member made. Nothing is changed, and the circle is told."""

    status = 409
    title = lazy("This was not saved")
    say = lazy(
        "Something in the records of your table does not fit together, so nothing new is written under it. "
        "Nothing was changed. Tell the others and the person who runs the portal."
    )


class ReadersChanged(PortalError):
    """Someone named as a reader does not sit here now. Nothing is shared."""

    status = 409
    title = lazy("The people at your table have changed")
    say = lazy("Someone you named is no longer at the table. Nothing was shared. Please choose again who may read it.")
