"""The portal: a private page for each circle of a neighborhood."""

import gc
import os
from datetime import timedelta

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined

from portal import config, db, paths
from portal.web import addresses, assets, cookies, error_pages, filters, headers, incoming, language, logs, templates

MEGABYTE = 1024 * 1024
TEXT_ROOM = 2 * MEGABYTE  # for the words of one form; Flask's own limit of 500 kB would refuse a long story


def create_app(settings: config.Settings | None = None) -> Flask:
    """The application over `settings` (default: file and environment). Raises BadSetting."""
    os.umask(0o077)
    settings = settings or config.Settings.load()
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    db.open_database(settings.database)
    app = Flask(
        __name__,
        instance_path=str(settings.data_dir.resolve()),
        template_folder=str(paths.TEMPLATES),
        static_folder=str(paths.STATIC),
    )
    app.request_class = incoming.InMemoryRequest
    app.jinja_environment = templates.Environment
    app.url_rule_class = addresses.LateRule
    app.config.from_mapping(flask_settings(settings))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.bytecode_cache = templates.compiled_beside(paths.PACKAGE)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    logs.init_app(app)
    headers.init_app(app)  # first: what another site sends is refused before anything looks at it
    CSRFProtect(app)
    for plumbing in (cookies, language, assets, filters, error_pages):
        plumbing.init_app(app)
    gc.disable()  # while the rooms are loaded there is nothing to collect, and looking takes a tenth of the start
    open_rooms(app)
    gc.freeze()  # what was loaded stays: no later look need go over it
    gc.enable()
    return app


def open_rooms(app: Flask) -> None:
    """The rooms, bottom to top: each may use only what stands above it in this list."""
    from portal.accounts.views import bp as accounts
    from portal.circles.views import bp as circles
    from portal.curriculum.views import bp as curriculum
    from portal.feeds.views import bp as feeds
    from portal.home.views import bp as home
    from portal.meetings.views import bp as meetings
    from portal.notices.views import bp as notices
    from portal.resources.views import bp as resources
    from portal.seasons.views import bp as seasons
    from portal.sharing.views import bp as sharing
    from portal.steward.views import bp as steward
    from portal.times.views import bp as times
    from portal.web.health import bp as health

    outside = (health, accounts, resources, notices)
    for room in (*outside, circles, sharing, curriculum, times, meetings, feeds, seasons, home, steward):
        app.register_blueprint(room)


def flask_settings(settings: config.Settings) -> dict[str, object]:
    return {
        "PORTAL": settings,
        "SECRET_KEY": config.secret_key(settings),
        "TRUSTED_HOSTS": list(settings.allowed_hosts),
        "MAX_CONTENT_LENGTH": (settings.upload_limit + 1) * MEGABYTE,
        "MAX_FORM_MEMORY_SIZE": TEXT_ROOM,
        "SESSION_COOKIE_NAME": "__Host-portal" if settings.is_https else "portal",
        "SESSION_COOKIE_SECURE": settings.is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=settings.own_phone_days),
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: a long piece of writing takes more than an hour
    }
