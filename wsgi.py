"""For a host that brings its own server and looks for the application in this file. `portal serve` does not use it."""

from portal import config, create_app, jobs, serving, upgrade
from portal.db import db, utcnow

serving.keep_to_itself()
settings = config.Settings.load()
app = create_app(settings)
upgrade.migrate(db, utcnow())
db.close()  # a server that forks must not share the connection
if settings.worker:
    jobs.start(app)
