"""The rules of addresses, each made ready to write addresses when the first one is asked of it."""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule


class LateRule(Rule):
    """Werkzeug writes and compiles two functions for every rule: an eighth of a start, for pages nobody may open."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled = super()._compile_builder
        built: list[Callable[..., tuple[str, str]]] = []

        def build(rule: Rule, **values: Any) -> tuple[str, str]:
            if not built:
                built.append(compiled(append_unknown))
            return built[0](rule, **values)

        return build
