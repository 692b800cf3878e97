"""The plain page that a table's page is measured beside: the least that one would write by hand.

It has no permissions, no sealing, no CSRF tokens and no translation. The same rows are read in three ways: C with
Peewee and a connection per request, T with Peewee and a connection kept per thread, S with bare sqlite3.

    python -m tests.bench.reference.seed reference.db
    python -m tests.bench.reference.app C reference.db 8100

GET /sign-in-as/13 gives the cookie, GET /circle/2 is the page: 12.7 KB, five queries.
"""

import logging
import sys
from datetime import datetime
from functools import lru_cache
from types import ModuleType

from flask import Flask, current_app, render_template
from flask_login import LoginManager, login_required, login_user

THREADS = 4
NAV = [
    ("/", "Home"),
    ("/circle/1", "My circle"),
    ("/calendar", "Calendar"),
    ("/proposals", "Proposals"),
    ("/files", "Files"),
    ("/members", "Members"),
]


def create_app(mode: str, database: str) -> Flask:
    app = Flask(__name__)
    app.secret_key = "reference" * 4
    rows = rows_of(mode)
    rows.init_app(app, database, mode)
    app.config["ROWS"] = rows
    app.jinja_env.filters["nicedate"] = nicedate
    LoginManager(app).user_loader(rows.user)
    app.get("/sign-in-as/<int:key>")(sign_in)
    app.get("/circle/<int:key>")(circle)
    return app


def rows_of(mode: str) -> ModuleType:
    """Only the way that is measured is imported: the start is measured, too."""
    if mode == "S":
        from tests.bench.reference import plain

        return plain
    from tests.bench.reference import models

    return models


def sign_in(key: int) -> str:
    login_user(current_app.config["ROWS"].user(key))
    return "ok"


@login_required
def circle(key: int) -> str:
    found, meeting, members, posts = current_app.config["ROWS"].of_circle(key)
    return render_template(
        "circle.html", circle=found, meeting=meeting, members=members, posts=posts, nav=NAV, csrf="c" * 40
    )


@lru_cache(4096)
def nicedate(text: str) -> str:
    return datetime.fromisoformat(text).strftime("%a %d %b, %H:%M")


def main(mode: str, database: str, port: str) -> None:
    from waitress import serve

    logging.getLogger("waitress").setLevel(logging.ERROR)
    serve(create_app(mode, database), host="127.0.0.1", port=int(port), threads=THREADS, _quiet=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
