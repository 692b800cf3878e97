"""What every answer carries, and which requests are refused before a view sees them."""

from urllib.parse import urlsplit

from flask import Flask, Response, request

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
    )
)
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
SAFE = ("GET", "HEAD", "OPTIONS")


def refuse_foreign_forms() -> None:
    """A form on another site must not act in a person's name, even if it had the token (SAFETY C1)."""
    if request.method in SAFE:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("same-origin", "none"):
        raise FromElsewhere
    origin = request.headers.get("Origin")
    if site is None and origin is not None and host_of(origin) != request.host:
        raise FromElsewhere


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
