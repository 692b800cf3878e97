"""What every answer carries, and which requests are refused before a view sees them."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request

from portal.web.errors import FromElsewhere

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "worker-src 'none'",
    )
)
MAY_START_A_WORKER = CONTENT_SECURITY_POLICY.replace("worker-src 'none'", "worker-src 'self'")
POLICY_OF_A_WORKER = "default-src 'none'; script-src 'self'; connect-src 'self'"
USUAL = {  # a view may say otherwise
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "same-origin",  # no-referrer would make Chromium post `Origin: null`
    "Cache-Control": "no-store",
}
ALWAYS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
View = TypeVar("View", bound=Callable[..., Any])
SAFE = ("GET", "HEAD", "OPTIONS")


def from_anywhere(view: View) -> View:
    """Let this view be asked from other sites, too: it acts by the secret in its address, never in who is signed in."""
    view.from_anywhere = True  # type: ignore[attr-defined]
    return view


def refuse_foreign_forms() -> None:
    """A form on another site must not act in a person's name, even if it had the token (SAFETY C1)."""
    if request.method in SAFE or getattr(asked_view(), "from_anywhere", False):
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("same-origin", "none"):
        raise FromElsewhere
    origin = request.headers.get("Origin")
    if site is None and origin is not None and host_of(origin) != request.host:
        raise FromElsewhere


def asked_view() -> object:
    return current_app.view_functions.get(request.endpoint) if request.endpoint else None


def host_of(address: str) -> str | None:
    """Host and port of an address; None where it is none."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        return None


def harden(response: Response) -> Response:
    for name, value in USUAL.items():
        response.headers.setdefault(name, value)
    response.headers.extend(ALWAYS)  # without looking for each: nobody else sets them
    return response


def init_app(app: Flask) -> None:
    app.before_request(refuse_foreign_forms)
    app.after_request(harden)
