"""The guide: lessons, handouts and activities, one module per subject, all on one blueprint."""

from portal.curriculum.views import (  # noqa: F401  each hangs its addresses on the blueprint
    activities,
    booklets,
    favorites,
    lessons,
    letters,
    mine,
    modules,
    offline,
    own,
    paths,
    reflections,
    searching,
)
from portal.curriculum.views.blueprint import bp as bp
