"""Static files under an address that changes with their contents, so that a browser may keep them for a year."""

import hashlib
from functools import cache

from flask import Flask, Response, request, url_for

from portal.paths import STATIC

YEAR = 365 * 24 * 3600  # seconds


@cache
def fingerprint(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


@cache
def asset(name: str) -> str:
    return url_for("static", filename=name, v=fingerprint(name))


def may_be_kept(response: Response) -> Response:
    if request.endpoint == "static" and "v" in request.args and response.status_code == 200:
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response


def init_app(app: Flask) -> None:
    app.jinja_env.globals["asset"] = asset
    app.after_request(may_be_kept)
