"""YAML that people write by hand, read so that a mistake can be named by file and line. Knows nothing of Flask."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from portal.errors import Unfit

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C one where the wheel has it: ten times as fast
KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Part:
    """A value with its place. `value` is a plain scalar, a list of parts, or a dict of parts."""

    path: Path
    line: int
    value: Any

    def unfit(self, wrong: str) -> Unfit:
        return Unfit(self.path, self.line, wrong)

    def fields(self, needed: Collection[Any], allowed: Collection[Any] = ()) -> dict[Any, "Part"]:
        """The parts of a mapping that has every needed key and none that is unknown."""
        if not isinstance(self.value, dict):
            raise self.unfit("a mapping is wanted here, lines of “name: value”.")
        for name, part in self.value.items():
            if name not in needed and name not in allowed:
                known = ", ".join(sorted(map(str, {*needed, *allowed})))
                raise part.unfit(f"“{name}” is not known here. Known: {known}.")
        for name in needed:
            if name not in self.value:
                raise self.unfit(f"“{name}” is missing.")
        return self.value

    def parts(self) -> list["Part"]:
        if not isinstance(self.value, list):
            raise self.unfit("a list is wanted here.")
        return self.value

    def text(self, *, empty: bool = False) -> str:
        if not isinstance(self.value, str):
            raise self.unfit(f"text is wanted here, not {self.value!r}. Put it in quotation marks.")
        if not empty and not self.value.strip():
            raise self.unfit("this may not be empty.")
        return self.value.strip()

    def texts(self) -> tuple[str, ...]:
        return tuple(part.text() for part in self.parts())

    def key(self) -> str:
        if not KEY.fullmatch(self.text()):
            raise self.unfit(f"“{self.value}” is no key: small letters, digits and single hyphens only.")
        return self.value

    def keys(self) -> tuple[str, ...]:
        return tuple(part.key() for part in self.parts())

    def whole(self, least: int, most: int) -> int:
        if type(self.value) is not int or not least <= self.value <= most:
            raise self.unfit(f"a whole number from {least} to {most} is wanted here, not {self.value!r}.")
        return self.value

    def span(self, least: int, most: int) -> tuple[int, int]:
        """Two whole numbers, the smaller first."""
        numbers = tuple(part.whole(least, most) for part in self.parts())
        if len(numbers) != 2 or numbers[0] > numbers[1]:
            raise self.unfit("two numbers are wanted here, the smaller first: [5, 10].")
        return numbers

    def truth(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.unfit(f"true or false is wanted here, not {self.value!r}.")
        return self.value

    def one_of(self, known: Iterable[str]) -> str:
        if self.text() not in known:
            raise self.unfit(f"“{self.value}” is not one of: {', '.join(known)}.")
        return self.value

    def some_of(self, known: Collection[str]) -> tuple[str, ...]:
        return tuple(part.one_of(known) for part in self.parts())


DEEPEST = 12  # lists and mappings within one another
MOST = 60_000  # pieces of one file: scalars, beginnings and ends
LONGEST_NUMBER = 60  # characters; of a date, too
TEXT = "tag:yaml.org,2002:str"


def understand_strictly(path: Path, sent: bytes) -> Part:
    """What a stranger may have made: without aliases, which can blow a file up, or endless nesting. Raises Unfit."""
    text = decoded(path, sent)
    refuse_traps(path, text)
    return understand(path, text)


def decoded(path: Path, sent: bytes) -> str:
    """The text of a file, with or without a byte order mark. Raises Unfit."""
    try:
        text = sent.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = sent.count(b"\n", 0, error.start) + 1
        raise Unfit(path, line, "this is not UTF-8. Save the file once more, with the encoding UTF-8.") from error
    if "\0" in text:
        raise Unfit(
            path, text.count("\n", 0, text.index("\0")) + 1, "this is no text. Save the file once more, as text."
        )
    return text


def refuse_traps(path: Path, text: str) -> None:
    """Look the pieces over one by one, before anything is built of them. Raises Unfit."""
    depth = 0
    for count, (line, event) in enumerate(events(path, text)):
        if isinstance(event, yaml.AliasEvent):
            raise Unfit(path, line, "an alias (*name) is not taken here. Write the words out.")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST or count > MOST:
            raise Unfit(path, line, "there is too much in here for one file.")


def events(path: Path, text: str) -> Iterator[tuple[int, Any]]:
    """Each piece with its line."""
    try:
        for event in yaml.parse(text, Loader):
            yield event.start_mark.line + 1, event  # type: ignore[union-attr]
    except yaml.YAMLError as error:
        raise not_yaml(path, 0, error) from error


def not_yaml(path: Path, above: int, error: yaml.YAMLError) -> Unfit:
    mark = getattr(error, "problem_mark", None)
    wrong = getattr(error, "problem", None) or "there is a character in it that does not belong in a text"
    return Unfit(path, above + (mark.line if mark else 0) + 1, f"this is not YAML: {wrong}.")


def dumped(value: Any) -> str:
    """The value as YAML that people can read and that says the same when it is read again."""
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=120)


def read(path: Path) -> Part:
    """The whole file. Raises Unfit."""
    return understand(path, path.read_text(encoding="utf-8"))


def understand(path: Path, text: str, above: int = 0) -> Part:
    """`text`, which stands in `path` below `above` other lines. Raises Unfit."""
    loader = Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            raise Unfit(path, above + 1, "there is nothing here.")
        return part_of(path, loader, node, above)
    except yaml.YAMLError as error:
        raise not_yaml(path, above, error) from error
    finally:
        loader.dispose()


def part_of(path: Path, loader: Any, node: yaml.Node, above: int) -> Part:
    line = above + node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return Part(path, line, [part_of(path, loader, item, above) for item in node.value])
    if not isinstance(node, yaml.MappingNode):
        return Part(path, line, plain_value(path, line, loader, node))
    found: dict[Any, Part] = {}
    for name, value in node.value:
        name_part = part_of(path, loader, name, above)
        if isinstance(name_part.value, list | dict):
            raise name_part.unfit("a name is wanted here, before the colon.")
        if name_part.value in found:
            raise name_part.unfit(f"“{name_part.value}” stands here twice.")
        found[name_part.value] = part_of(path, loader, value, above)
    return Part(path, line, found)


def plain_value(path: Path, line: int, loader: Any, node: yaml.Node) -> Any:
    if node.tag != TEXT and len(node.value) > LONGEST_NUMBER:  # a number in base 60 would be reckoned with for minutes
        raise Unfit(path, line, "this looks like a very long number. Put it in quotation marks.")
    try:
        return loader.construct_object(node)
    except (ValueError, LookupError, AttributeError) as error:  # a thirteenth month; a tag on what does not fit it
        raise Unfit(path, line, "this looks like a date or number, and is none. Put it in quotation marks.") from error
