"""Where Leave may lead: a plain https address of somebody else's site, one that anybody might have open."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

OFFERED = ("https://www.weather.gov/", "https://www.wikipedia.org/", "https://apnews.com/")
LENGTH = 200  # characters
LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
PLAIN = re.compile(rf"https://(?:{LABEL}\.)+[a-z]{LABEL}(?::\d{{1,5}})?(?:[/?#][!-~]*)?", re.IGNORECASE)


def completed(typed: str) -> str:
    """What was typed, as an address: people write weather.gov."""
    typed = typed.strip()
    return typed if not typed or "://" in typed else f"https://{typed}"


def unfit(address: str, our_hosts: Collection[str]) -> str | None:
    """Why Leave can't lead there, or None: "insecure", "ours", "long" or "unclear"."""
    if len(address) > LENGTH:
        return "long"
    if address.lower().startswith("http://"):
        return "insecure"
    if not PLAIN.fullmatch(address):
        return "unclear"
    return "ours" if urlsplit(address).hostname in our_hosts else None


def said(address: str) -> str:
    """The address as people say it: weather.gov."""
    return (urlsplit(address).hostname or address).removeprefix("www.")
