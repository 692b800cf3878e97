"""How a template reaches what it asks for: as Jinja does, without looking for what ours never have."""

from collections.abc import MutableMapping
from types import FunctionType, MethodType
from typing import Any

import flask.templating
from jinja2.runtime import Context, Macro
from jinja2.utils import internalcode

OURS = (FunctionType, MethodType, Macro)


class DirectContext(Context):
    """Calls a function or a macro straight away, where Jinja asks it three times whether it wants the context.

    A page makes 130 calls. A macro takes its own word for escaping then, which is that of every template here.
    """

    @internalcode
    def call(self, what: Any, /, *args: Any, **given: Any) -> Any:  # type: ignore[override]
        if type(what) not in OURS or hasattr(what, "jinja_pass_arg"):
            return super().call(what, *args, **given)
        if given:
            given.pop("_loop_vars", None)  # Jinja’s compiler adds these two for functions that want the context
            given.pop("_block_vars", None)
        return what(*args, **given)


class Environment(flask.templating.Environment):
    context_class = DirectContext

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals themselves, where a template has none of its own: a chain of two is looked through in Python."""
        return super().make_globals(d) if d else self.globals
