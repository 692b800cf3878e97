"""The text of a piece as a page shows it: Markdown to HTML, escaped first and cleaned after, once for each text."""

import re
from functools import cache

import mistune
import nh3
from markupsafe import Markup

from portal.curriculum.marks import curly
from portal.curriculum.pieces import Source, Text

FOOTNOTE = re.compile(r"\[\^([\w-]+)\]")
NUMBERED = r"\[\^(?P<source_number>\d+)\]"
SOURCE = {"en": "Source", "es": "Fuente"}  # read aloud before the number of a footnote

TAGS = {"p", "br", "h2", "h3", "ul", "ol", "li", "blockquote", "strong", "em", "hr", "a", "sup"}
ATTRIBUTES = {"a": {"href", "aria-label"}, "ol": {"start"}}


class Renderer(mistune.HTMLRenderer):
    def __init__(self, language: str) -> None:
        super().__init__(escape=True)
        self.label = SOURCE[language]

    def source(self, number: str) -> str:
        return f'<sup><a href="#source-{number}" aria-label="{self.label} {number}">{number}</a></sup>'


def footnotes(md: mistune.Markdown) -> None:
    """A plugin: `[^2]` leads to the second of the sources."""

    def found(_inline, match, state) -> int:
        state.append_token({"type": "source", "raw": match["source_number"]})
        return match.end()

    md.inline.register("source", NUMBERED, found, before="link")


@cache
def markdown(language: str) -> mistune.Markdown:
    return mistune.Markdown(Renderer(language), plugins=[footnotes])


@cache
def rendered(text: Text, sources: tuple[Source, ...]) -> Markup:
    numbers = {source.id: str(number) for number, source in enumerate(sources, 1)}
    numbered = FOOTNOTE.sub(lambda found: f"[^{numbers[found[1]]}]", text.body)
    html = str(markdown(text.language)(curly(numbered)))
    clean = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"https", "http"}, link_rel="noreferrer")
    return Markup(clean)  # noqa: S704  nh3 has just cleaned it
