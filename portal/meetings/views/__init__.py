"""The dates, one meeting, when a circle meets, and whose turn it is: one module per subject, all on one blueprint."""

from portal.meetings.views import dates, meeting, papers, turns  # noqa: F401  each hangs its addresses on the blueprint
from portal.meetings.views.blueprint import bp as bp
