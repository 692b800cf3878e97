"""The text of a piece as a page shows it: Markdown to HTML, escaped first and cleaned after, once for each text."""

import re
from functools import cache

import mistune
import nh3
from markupsafe import Markup, escape

from portal.curriculum.bodies import FOOTNOTE, headings, place_of_question
from portal.curriculum.marks import curly
from portal.curriculum.pieces import Source, Term, Text

NUMBERED = r"\[\^(?P<source_number>\d+)\]"
SOURCE = {"en": "Source", "es": "Fuente"}  # read aloud before the number of a footnote
CLOSE = {"en": "Close", "es": "Cerrar"}

TAGS = {"p", "br", "h2", "h3", "ul", "ol", "li", "blockquote", "strong", "em", "hr", "a", "sup"}
ATTRIBUTES = {"a": {"href", "aria-label"}, "ol": {"start"}}
TAG = re.compile(r"(<[^>]+>)")
UNEXPLAINED = {"h2", "h3", "h4", "a", "sup"}  # no word is explained inside these
MARKS = re.compile(r"[*_`]")


class Renderer(mistune.HTMLRenderer):
    def __init__(self, language: str) -> None:
        super().__init__(escape=True)
        self.label = SOURCE.get(language, SOURCE["en"])

    def source(self, number: str) -> str:
        return f'<sup><a href="#source-{number}" aria-label="{self.label} {number}">{number}</a></sup>'


def footnotes(md: mistune.Markdown) -> None:
    """A plugin: `[^2]` leads to the second of the sources."""

    def found(_inline: mistune.InlineParser, match: re.Match[str], state: mistune.InlineState) -> int:
        state.append_token({"type": "source", "raw": match["source_number"]})
        return match.end()

    md.inline.register("source", NUMBERED, found, before="link")


@cache
def markdown(language: str) -> mistune.Markdown:
    return mistune.Markdown(Renderer(language), plugins=[footnotes])


@cache
def rendered(text: Text, sources: tuple[Source, ...], terms: tuple[Term, ...] = (), place: str = "") -> Markup:
    """The words of a piece. `place` sets its anchors apart from those of other pieces on one page."""
    numbers = {source.id: str(number) for number, source in enumerate(sources, 1)}
    numbered = FOOTNOTE.sub(lambda found: f"[^{numbers[found[1]]}]", text.body)
    html = str(markdown(text.language)(curly(numbered)))
    clean = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"https", "http"}, link_rel="noreferrer")
    anchored = with_anchors(clean.replace('href="#source-', f'href="#{place}source-'), place)
    return Markup(explained(anchored, terms, text.language, place))  # noqa: S704  nh3 has just cleaned it


def contents(text: Text) -> list[str]:
    """What the headings say, in the order of their anchors."""
    return [curly(MARKS.sub("", words)) for _, words in headings(text.body)]


def with_anchors(html: str, place: str = "") -> str:
    """Every heading can be linked to: part-1, part-2 and so on. Below a piece's own heading they stand a rank lower."""
    rank = "3" if place else "2"
    first, *rest = html.replace("h3>", "h4>").replace("</h2>", "</h3>").split("<h2>") if place else html.split("<h2>")
    return first + "".join(f'<h{rank} id="{place}part-{number}">{after}' for number, after in enumerate(rest, 1))


def after_the_question(html: Markup, text: Text) -> tuple[Markup, Markup]:
    """A lesson's text in two, with the break after its question to keep: there a reader may write."""
    number = place_of_question(text.body)
    if number is None:
        return html, Markup("")
    before, mark, after = html.partition(f'<h2 id="part-{number + 2}">')
    return Markup(before), Markup(mark + after)  # noqa: S704  parts of what was cleaned


def explained(html: str, terms: tuple[Term, ...], language: str, place: str) -> str:
    """The same with the first occurrence of each term made a button that shows its meaning over the page's foot."""
    pieces = TAG.split(html)
    for number, term in enumerate(terms, 1):
        if term.everyday:
            continue
        word = re.compile(rf"(?<!\w){re.escape(str(escape(curly(term.word))))}(?:s|es)?(?!\w)", re.IGNORECASE)
        for here in readable(pieces):
            text = pieces[here]
            found = word.search(text)
            if found:
                opens = meaning(f"{place}word-{number}", found[0], term, language)
                pieces[here : here + 1] = [text[: found.start()], *opens, text[found.end() :]]
                break
    return "".join(pieces).replace(" data-explains", "")


def readable(pieces: list[str]) -> list[int]:
    """Which of the pieces are text that is no heading, link or explanation."""
    inside: list[str] = []
    found: list[int] = []
    for place, piece in enumerate(pieces):
        if not piece.startswith("<"):
            found += [] if inside else [place]
            continue
        name = piece.strip("</>").split()[0]
        if piece.startswith("</") and inside and inside[-1] == name:
            inside.pop()
        elif name in UNEXPLAINED or "data-explains" in piece:
            inside.append(name)
    return found


def meaning(id: str, said: str, term: Term, language: str) -> list[str]:
    """The word as a button, and what it opens. A browser that knows no popover shows the bare word."""
    close = CLOSE.get(language, CLOSE["en"])
    hides = f'popovertarget="{id}" popovertargetaction="hide"'
    return [
        f'<button type="button" class="term" popovertarget="{id}" data-explains>',
        said,
        "</button>",
        f'<span class="meaning" id="{id}" popover data-explains>',
        f"<b>{escape(curly(term.word))}:</b> {escape(curly(term.meaning))}"
        f'<button type="button" class="plain" {hides}>{close}</button>',
        "</span>",
    ]
