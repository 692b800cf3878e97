"""Looking after a portal: one module per subject, all on one blueprint."""

from portal.steward.views import help, place  # noqa: F401  each hangs its addresses on the blueprint
from portal.steward.views.blueprint import bp as bp
