"""How a template reaches what it asks for: as Jinja does, without looking for what ours never have."""

import sys
import zlib
from collections.abc import MutableMapping
from contextlib import suppress
from pathlib import Path
from types import FunctionType, MethodType
from typing import Any

import flask.templating
import jinja2
from jinja2.bccache import Bucket, FileSystemBytecodeCache
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, Macro
from jinja2.utils import internalcode
from markupsafe import Markup, escape

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


def shown(value: Any) -> str:
    """What stands in the page for a value; the page joins it at once, so that it need not be marked as safe anew."""
    if type(value) is Markup:
        return value
    return str(value) if type(value) is int else escape(value)


class DirectCode(CodeGenerator):
    def _output_child_pre(self, node: Any, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.shown(")


class Environment(flask.templating.Environment):
    context_class = DirectContext
    code_generator_class = DirectCode
    shown = staticmethod(shown)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals themselves, where a template has none of its own: a chain of two is looked through in Python."""
        return super().make_globals(d) if d else self.globals


class CompiledBeside(FileSystemBytecodeCache):
    """Keeps compiled templates beside the package's own compiled modules: compiling is an eighth of a cold start.

    As with modules, a folder that can’t be written, or a full disk, means that they are compiled each time.
    """

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def compiled_beside(package: Path) -> CompiledBeside | None:
    """None where Python itself keeps no compiled modules. What compiles them is part of the folder's name."""
    if sys.dont_write_bytecode:
        return None
    compiler = zlib.crc32(Path(__file__).read_bytes() + jinja2.__version__.encode())
    folder = package / "__pycache__" / f"templates-{compiler:08x}"
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        return CompiledBeside(str(folder))
    return None
