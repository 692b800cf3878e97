"""An allow-list of what is ever logged: event, route, status, milliseconds and a name for the day of who came."""

import hashlib
import hmac
import logging
import secrets
import time
import traceback
from datetime import UTC, date, datetime
from types import TracebackType

from flask import Flask, Response, g, request

log = logging.getLogger("portal")

Caught = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]


class Names:
    """A name for each person that tells their lines of one day apart, by a salt that is never written down."""

    def __init__(self) -> None:
        self.day, self.salt = date.min, b""

    def of(self, person: str, today: date) -> str:
        if today != self.day:
            self.day, self.salt = today, secrets.token_bytes(16)
        return hmac.new(self.salt, person.encode(), hashlib.sha256).hexdigest()[:8]


def route() -> str:
    return request.url_rule.rule if request.url_rule else "-"


class Logs:
    def __init__(self, app: Flask) -> None:
        self.names = Names()
        app.before_request(self.begin)
        app.after_request(self.line)
        app.log_exception = self.broke  # type: ignore[method-assign]

    def begin(self) -> None:
        g.began = time.monotonic()

    def line(self, response: Response) -> Response:
        took = int(1000 * (time.monotonic() - g.began)) if "began" in g else 0
        who = self.names.of(g.person_id, datetime.now(UTC).date()) if g.get("person_id") else "-"
        log.info("request %s %s %s %dms %s", request.method, route(), response.status_code, took, who)
        return response

    def broke(self, exc_info: Caught) -> None:
        """Where it broke, without the message: that may hold what somebody wrote."""
        kind, _, trace = exc_info
        frames = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(trace)][-6:]
        log.error("broke %s %s %s", kind.__name__ if kind else "-", route(), " ".join(frames))


def init_app(app: Flask) -> None:
    Logs(app)
    if not log.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    for noisy in ("waitress", "waitress.queue", "werkzeug"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)  # they log addresses and paths
