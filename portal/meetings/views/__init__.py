"""The dates, one meeting, when a circle meets, and whose turn it is: one module per subject, all on one blueprint."""

from portal.meetings.views import (  # noqa: F401  each hangs its addresses on the blueprint
    dates,
    meeting,
    moving,
    papers,
    presence,
    printing,
    reminding,
    roles,
    turns,
)
from portal.meetings.views.blueprint import bp as bp
