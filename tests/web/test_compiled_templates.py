"""Compiled templates are kept as compiled modules are, and never make a page fail."""

import sys

import jinja2
import pytest
from flask import Flask

from portal.web.templates import Environment, compiled_beside


@pytest.fixture
def kept(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path


def drawn(folder, template: str) -> str:
    """By a process that has just started."""
    loader = jinja2.DictLoader({"page": template})
    environment = Environment(Flask(__name__), loader=loader, bytecode_cache=compiled_beside(folder), autoescape=True)
    return environment.get_template("page").render(name="<b>")


def test_a_template_compiled_before_is_drawn_the_same_and_one_that_changed_is_compiled_anew(kept):
    assert drawn(kept, "Hello {{ name }}") == drawn(kept, "Hello {{ name }}") == "Hello &lt;b&gt;"
    assert len(list(kept.rglob("*.cache"))) == 1
    assert drawn(kept, "Bye {{ name }}") == "Bye &lt;b&gt;"


def test_a_damaged_one_is_compiled_anew(kept):
    drawn(kept, "Hello {{ name }}")
    (file,) = kept.rglob("*.cache")
    file.write_bytes(b"nothing of the kind")
    assert drawn(kept, "Hello {{ name }}") == "Hello &lt;b&gt;"


def test_a_folder_that_cannot_be_written_keeps_nobody_from_reading(kept):
    (kept / "__pycache__").write_text("a file in the way")
    assert compiled_beside(kept) is None


def test_a_disk_that_is_full_keeps_nobody_from_reading(kept):
    cache = compiled_beside(kept)
    next(kept.rglob("templates-*")).rmdir()
    loader = jinja2.DictLoader({"page": "Hello"})
    assert Environment(Flask(__name__), loader=loader, bytecode_cache=cache).get_template("page").render() == "Hello"


def test_where_python_keeps_no_compiled_modules_no_templates_are_kept(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert compiled_beside(tmp_path) is None
