"""Rooms stand on storeys and import only downward; rules are pure; nothing is written past the mechanisms."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PORTAL = Path(__file__).parent.parent / "portal"
STOREYS = (
    ("web", "vault", "media"),
    ("accounts",),
    ("rings", "resources"),
    ("circles",),
    ("sharing", "curriculum"),
    ("meetings",),
    ("home", "steward"),
    ("demo",),
)
GROUND = {"db", "errors", "paths", "config", "jobs", "upgrade"}  # below all rooms
DRAWERS = {"models", "forms", "views", "access", "commands", "errors", "__init__", "__main__"}
PLUMBING = {"web"}  # its modules are the web itself
NO_ROOMS = {"migrations", "locale"}
RULE_LIBRARIES = {
    "vault": {"nacl"},
    "media": {"PIL"},
    "curriculum": {"markupsafe", "mistune", "nh3", "yaml"},
    "resources": {"yaml"},
}
WEB_LIBRARIES = {"flask", "flask_login", "flask_wtf", "wtforms", "werkzeug"}


def storey_of(room: str) -> int:
    return next(n for n, rooms in enumerate(STOREYS) if room in rooms)


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every module that a file imports, inside functions too, with its line. Not what only type checkers read."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    unread = {id(inner) for node in ast.walk(tree) if is_for_type_checkers(node) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in unread:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            yield str(node.module), node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def is_for_type_checkers(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def rooms() -> list[str]:
    found = (p.name for p in PORTAL.iterdir() if (p / "__init__.py").exists())
    return sorted(name for name in found if name not in NO_ROOMS)


def files(room: str) -> list[Path]:
    return sorted((PORTAL / room).rglob("*.py"))


def test_every_room_has_a_storey():
    assert set(rooms()) <= {room for storey in STOREYS for room in storey}


@pytest.mark.parametrize("room", rooms())
def test_a_room_imports_only_from_the_storeys_below(room):
    for path in files(room):
        for module, line in imports(path):
            parts = module.split(".")
            if parts[0] != "portal" or len(parts) < 2 or parts[1] in GROUND or parts[1] == room:
                continue
            if (PORTAL / parts[1]).is_dir():
                assert storey_of(parts[1]) < storey_of(room), f"{path}:{line} looks up to {module}"


@pytest.mark.parametrize("name", sorted(GROUND))
def test_the_ground_knows_no_room(name):
    path = PORTAL / f"{name}.py"
    for module, line in imports(path) if path.exists() else ():
        parts = module.split(".")
        assert parts[0] != "portal" or len(parts) < 2 or parts[1] in GROUND, f"{path}:{line} looks up to {module}"


def rules() -> list[tuple[str, Path]]:
    return [
        (room, path)
        for room in rooms()
        if room not in PLUMBING | {"demo", "steward"}
        for path in files(room)
        if path.stem not in DRAWERS and path.name not in IMPURE.get(room, ())
    ]


# Modules outside the drawers that do something, and why each is none: see docs/architecture.md.
IMPURE: dict[str, tuple[str, ...]] = {
    "media": ("child.py", "worker.py", "store.py", "space.py", "refusals.py"),
}


@pytest.mark.parametrize(("room", "path"), rules(), ids=lambda value: getattr(value, "stem", value))
def test_a_rule_is_pure(room, path):
    allowed = RULE_LIBRARIES.get(room, set())
    for module, line in imports(path):
        top = module.partition(".")[0]
        if top == "portal":
            drawer = module.split(".")[2] if len(module.split(".")) > 2 else ""
            assert drawer not in DRAWERS - {"errors"}, f"{path}:{line} is a rule and imports {module}"
        else:
            assert top in sys.stdlib_module_names | allowed, f"{path}:{line} is a rule and imports {module}"


@pytest.mark.parametrize("room", rooms())
def test_models_know_nothing_of_the_web(room):
    path = PORTAL / room / "models.py"
    for module, line in imports(path) if path.exists() else ():
        if room == "accounts" and module == "flask_login.UserMixin":
            continue
        assert module.partition(".")[0] not in WEB_LIBRARIES - {"flask_login" if room == "accounts" else ""}, (
            f"{path}:{line} is a model and imports {module}"
        )


def test_only_access_and_its_models_make_keys():
    """Code that has no Seat cannot open content: nobody else builds one out of ids."""
    may = {"circles/access.py", "circles/models.py"}
    for room in rooms():
        for path in files(room):
            calls = (
                node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
            )
            made = {ast.unparse(call.func) for call in calls}
            where = f"{room}/{path.name}"
            assert room in ("rings", "demo") or where in may or "SeatKeys" not in made, f"{where} makes keys of its own"


def test_no_rule_asks_the_clock_or_chance():
    for room, path in rules():
        if room in ("vault", "media"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            assert called not in ("utcnow", "datetime.now", "date.today", "time.time", "random.random"), (
                f"{path}: {called}()"
            )
