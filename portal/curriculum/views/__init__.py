"""The guide: lessons, handouts and activities, one module per subject, all on one blueprint."""

from portal.curriculum.views import activities, lessons  # noqa: F401  each hangs its addresses on the blueprint
from portal.curriculum.views.blueprint import bp as bp
