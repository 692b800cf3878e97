"""An address as a square that a phone's camera reads, drawn into the page itself."""

from markupsafe import Markup, escape

from portal.web.language import _

CORRECTION = "m"  # 15 % may be smudged: it is printed at home and photographed off a screen


def qr_svg(address: str, label: str | None = None) -> Markup:
    """An inline SVG of class `qr` that carries no style and no size; the stylesheet gives both."""
    import segno  # only where a square is drawn

    drawn = segno.make(address, error=CORRECTION, micro=False).svg_inline(omitsize=True, svgclass="qr", lineclass=None)
    said = label or _("The same address as a square, to be read by a phone’s camera")
    return Markup(drawn.replace("<svg ", f'<svg role="img" aria-label="{escape(said)}" ', 1))  # noqa: S704  numbers, and a label that is escaped
