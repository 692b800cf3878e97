"""One template for the whole page and for its fragments."""

from flask import make_response, redirect, render_template, request
from werkzeug.wrappers import Response


def page(template: str, fragments: tuple[str, ...] = (), status: int = 200, **context) -> Response:
    """The page, or the one block of it that htmx asks for and `fragments` allows.

    One name stands in three places: the element's id, the block and `fragments`.
    """
    asked = request.headers.get("HX-Target", "")
    partial = (
        "HX-Request" in request.headers
        and "HX-Boosted" not in request.headers
        and "HX-History-Restore-Request" not in request.headers
        and asked in fragments
    )
    response = make_response(render_template(template, fragment=asked if partial else None, **context), status)
    if fragments:
        response.vary.update(("HX-Request", "HX-Target"))
    return response


def go(address: str) -> Response:
    """Answer a change by leading on to `address`; htmx, too, then loads a whole page."""
    if "HX-Request" in request.headers:
        response = make_response("", 204)
        response.headers["HX-Redirect"] = address
        return response
    return redirect(address, 303)


def local(address: str | None) -> str | None:
    """`address` if it is a path of this portal, so that a link cannot lead a person elsewhere."""
    if not address or not address.startswith("/") or address.startswith("//") or not address.isprintable():
        return None
    return None if "\\" in address else address
