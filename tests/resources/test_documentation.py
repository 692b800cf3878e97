"""What docs/help-packs.md says holds."""

import re

import pytest

from portal.paths import TEMPLATES
from portal.resources.pack import GROUPS, KINDS
from portal.resources.received import received

PAGE = TEMPLATES.parent / "docs" / "help-packs.md"


@pytest.fixture(scope="module")
def text() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_its_example_is_a_list_that_can_be_brought_in(text):
    example = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)[1]
    assert received(example.encode()).whole


def test_it_names_every_kind_under_how_soon_it_is_needed(text):
    told = re.findall(r"^- \*\*[^*]+\*\*: (.*)$", text, re.MULTILINE)
    kinds = {group: re.findall(r"`([a-z-]+)`", line) for group, line in zip(GROUPS, told, strict=True)}
    assert {kind: group for group, found in kinds.items() for kind in found} == KINDS
