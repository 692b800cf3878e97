"""For a host that brings its own server and finds the application by this file. `portal serve` does not need it."""

from portal import create_app, serving, upgrade
from portal.db import db, utcnow

serving.keep_to_itself()
app = create_app()
upgrade.migrate(db, utcnow())
db.close()  # a server that forks must not share the connection
