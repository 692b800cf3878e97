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
    ("rings", "resources", "notices"),
    ("circles",),
    ("sharing", "curriculum"),
    ("meetings", "times"),
    ("feeds", "seasons"),
    ("home", "steward"),
    ("demo",),
)
# Below all rooms.
GROUND = {"accents", "clocks", "config", "db", "disk", "errors", "jobs", "paths", "upgrade", "waiting"}
# What runs the whole house; of the rooms, only demo's command runs it, too.
ABOVE = {"answering", "checks", "connections", "serving", "commands"}
# What is no rule; in a room that has grown, a drawer is a folder with one module for each subject.
DRAWERS = {"models", "forms", "views", "access", "commands", "errors", "__init__", "__main__"}
PLUMBING = {"web"}  # its modules are the web itself
NO_ROOMS = {"migrations", "locale"}
RULE_LIBRARIES = {
    "vault": {"nacl"},
    "media": {"PIL"},
    "curriculum": {"markupsafe", "mistune", "nh3"},
    "meetings": {"dateutil"},
}
KEYS = "portal.rings.OwnKeys portal.rings.SeatKeys portal.rings.accept portal.rings.invitation_keys portal.rings.start"
MAKE_KEYS = {*KEYS.split(), "portal.circles.access.opened"}
MAY_MAKE_KEYS = {
    "circles/access.py": {"portal.rings.OwnKeys", "portal.rings.SeatKeys"},
    "circles/models.py": {"portal.rings.accept", "portal.rings.invitation_keys", "portal.rings.start"},
    "feeds/access.py": {"portal.rings.invitation_keys"},
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
    assert set(rooms()) == {room for storey in STOREYS for room in storey}


@pytest.mark.parametrize("room", rooms())
def test_a_room_imports_only_from_the_storeys_below(room):
    for path in files(room):
        for module, line in imports(path):
            parts = module.split(".")
            if parts[0] != "portal" or len(parts) < 2 or parts[1] in GROUND or parts[1] == room:
                continue
            if (PORTAL / parts[1]).is_dir():
                assert storey_of(parts[1]) < storey_of(room), f"{path}:{line} looks up to {module}"


def test_every_module_outside_the_rooms_has_its_place():
    assert {path.stem for path in PORTAL.glob("*.py")} == GROUND | ABOVE | {"__init__", "__main__"}


@pytest.mark.parametrize("name", sorted(GROUND | ABOVE - {"commands"}))
def test_what_stands_outside_the_rooms_knows_no_room(name):
    """Only the commands, which stand above everything, do."""
    path, known = PORTAL / f"{name}.py", GROUND if name in GROUND else GROUND | ABOVE
    for module, line in imports(path):
        parts = module.split(".")
        assert parts[0] != "portal" or len(parts) < 2 or parts[1] in known, f"{path}:{line} looks up to {module}"


@pytest.mark.parametrize("room", rooms())
def test_no_room_knows_what_runs_the_house(room):
    for path in files(room):
        found = {module.split(".")[1] for module, _line in imports(path) if module.startswith("portal.")}
        runs = found & (ABOVE | {"create_app"})
        assert not runs or (room, path.stem) == ("demo", "commands"), f"{path} looks up to {runs}"


def drawer(room: str, path: Path) -> str:
    """Which part of its room a file is: a drawer, or the subject of a rule."""
    return Path(path.relative_to(PORTAL / room).parts[0]).stem


def rules() -> list[tuple[str, Path]]:
    return [
        (room, path)
        for room in rooms()
        if room not in PLUMBING | {"demo"}
        for path in files(room)
        if drawer(room, path) not in DRAWERS and path.name not in IMPURE.get(room, ())
    ]


# Modules outside the drawers that do something, and why each is none: see docs/architecture.md.
IMPURE: dict[str, tuple[str, ...]] = {
    "media": ("child.py", "worker.py", "store.py", "space.py", "refusals.py"),
    "notices": ("post.py", "delivery.py"),
}


@pytest.mark.parametrize(("room", "path"), rules(), ids=lambda value: getattr(value, "stem", value))
def test_a_rule_is_pure(room, path):
    allowed = RULE_LIBRARIES.get(room, set())
    for module, line in imports(path):
        top = module.partition(".")[0]
        if top == "portal":
            used = module.split(".")[2] if len(module.split(".")) > 2 else ""
            assert used not in DRAWERS - {"errors"}, f"{path}:{line} is a rule and imports {module}"
        else:
            assert top in sys.stdlib_module_names | allowed, f"{path}:{line} is a rule and imports {module}"


def test_nothing_is_excepted_that_is_not_there():
    for room, libraries in RULE_LIBRARIES.items():
        found = {
            module.partition(".")[0] for where, path in rules() if where == room for module, _line in imports(path)
        }
        assert libraries <= found, f"no rule of {room} imports {libraries - found}"
    assert all((PORTAL / room / name).exists() for room, names in IMPURE.items() for name in names)


@pytest.mark.parametrize("room", rooms())
def test_models_know_nothing_of_the_web(room):
    allowed = {"flask_login"} if room == "accounts" else set()
    for path in files(room):
        for module, line in imports(path) if drawer(room, path) == "models" else ():
            assert module.partition(".")[0] not in WEB_LIBRARIES - allowed, (
                f"{path}:{line} is a model and imports {module}"
            )


def known_as(tree: ast.Module) -> dict[str, str]:
    """What a file calls what it imports, and what that is."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.asname: alias.name for alias in node.names if alias.asname}
        elif isinstance(node, ast.ImportFrom):
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return names


def used(path: Path) -> set[str]:
    """All that a file uses of what it imports, under its full name. What it says of types is not use."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names, types = known_as(tree), set()
    for node in ast.walk(tree):
        for said in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            types |= {id(inner) for inner in ast.walk(said)} if isinstance(said, ast.AST) else set()
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Name | ast.Attribute) and id(node) not in types)
    written = (ast.unparse(node).partition(".") for node in found)
    return {names.get(first, first) + dot + rest for first, dot, rest in written}


def keys_made(path: Path) -> set[str]:
    """Which of the ways to keys a file goes; `portal.rings.access` is the same way as `portal.rings`."""
    return {name.replace("portal.rings.access.", "portal.rings.") for name in used(path)} & MAKE_KEYS


def test_keys_are_made_in_few_places():
    """Code that has no Seat cannot open content: nobody else builds one out of ids."""
    made = {f"{room}/{path.name}": keys_made(path) for room in rooms() if room != "rings" for path in files(room)}
    assert {where: found for where, found in made.items() if found} == MAY_MAKE_KEYS


@pytest.mark.parametrize(
    "code",
    [
        "from portal.rings import SeatKeys\nSeatKeys(1, 2, 3, 4)",
        "from portal.rings.access import SeatKeys as Chairs\nmake = Chairs",
        "from portal import rings\nrings.OwnKeys(1, 2)",
        "import portal.rings\nportal.rings.invitation_keys(1, 2, 3)",
        "from portal.circles import access\naccess.opened(seat, private)",
        "def view():\n    from portal.circles.access import opened\n    return opened(seat, private)",
    ],
)
def test_making_keys_is_seen_whatever_they_are_called(tmp_path, code):
    (tmp_path / "views.py").write_text(code)
    assert keys_made(tmp_path / "views.py")


def test_saying_that_something_takes_keys_makes_none(tmp_path):
    (tmp_path / "models.py").write_text("from portal.rings import SeatKeys\ndef verb(keys: SeatKeys) -> SeatKeys: ...")
    assert not keys_made(tmp_path / "models.py")


def test_no_rule_asks_the_clock_or_chance():
    for room, path in rules():
        if room in ("vault", "media"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            assert called not in ("utcnow", "datetime.now", "date.today", "time.time", "random.random"), (
                f"{path}: {called}()"
            )
