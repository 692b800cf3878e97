"""An allow-list of what is ever logged: event, route, status, milliseconds and a name for the day of who came."""

import hashlib
import hmac
import logging
import time
import traceback
from datetime import UTC, datetime
from types import TracebackType

from flask import Flask, Response, g, request

log = logging.getLogger("portal")

Caught = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]


def of_today(secret: str, person: str) -> str:
    """Eight characters that tell one person's lines apart within a day, and nothing after it."""
    day = datetime.now(UTC).date().isoformat()
    return hmac.new(secret.encode(), f"{day}|{person}".encode(), hashlib.sha256).hexdigest()[:8]


def route() -> str:
    return request.url_rule.rule if request.url_rule else "-"


class Logs:
    def __init__(self, app: Flask) -> None:
        self.secret = str(app.secret_key)
        app.before_request(self.begin)
        app.after_request(self.line)
        app.log_exception = self.broke  # type: ignore[method-assign]

    def begin(self) -> None:
        g.began = time.monotonic()

    def line(self, response: Response) -> Response:
        took = int(1000 * (time.monotonic() - g.began)) if "began" in g else 0
        who = of_today(self.secret, g.person_id) if g.get("person_id") else "-"
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
