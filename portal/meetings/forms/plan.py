"""What is written down for one meeting: where, the blocks of its plan, and notes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import g, request
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from portal.meetings.access.papers import NAMES, Choice, Offered
from portal.meetings.forms.dates import Minutes, PlaceForm
from portal.meetings.plan import (
    MOST_BLOCKS,
    MOST_MINUTES,
    STEP,
    TEXT_LENGTH,
    WORDS_LENGTH,
    Block,
    Kind,
    can_fit,
    coded,
    fitted,
)
from portal.web.forms import AtMost, Form, trimmed
from portal.web.language import _, lazy

Row = dict[str, str]  # what, minutes and words of one block, as they were typed
COLUMNS = ("what", "minutes", "words")
ACTIVITY = re.compile(r"guide:[a-z0-9-]{1,80}|own:[a-z2-7]{26}")
NEW = 10  # minutes of a block that is added
GONE = lazy("An activity that is no longer there")


@dataclass(frozen=True)
class Start:
    """A plan to begin from; its minutes are fitted to the meeting."""

    name: Any
    about: Any
    blocks: tuple[tuple[Kind, int, Any], ...]

    def rows(self, minutes: int) -> list[Row]:
        blocks = [Block(kind, its, str(words)) for kind, its, words in self.blocks]
        return [as_row(block) for block in (fitted(blocks, minutes) if can_fit(blocks, minutes) else blocks)]


STARTS = {
    "ordinary": Start(
        lazy("An ordinary meeting"),
        lazy("Everyone says how they come in, then you do one thing together."),
        (
            (Kind.ARRIVAL, 10, lazy("Tea or water. Nobody needs to talk yet.")),
            (Kind.FREE, 5, lazy("What we agreed, read aloud\nOne line each, around the room.")),
            (Kind.CHECK_IN, 20, lazy("One word for how you come in, then a little more. Passing is an answer.")),
            (Kind.ACTIVITY, 40, ""),
            (Kind.FREE, 10, lazy("What helped, what to change\nFor whoever facilitates next.")),
            (Kind.CLOSING, 5, lazy("One breath together, then coats.")),
        ),
    ),
    "first": Start(
        lazy("A first meeting"),
        lazy("Names, what you promise one another, and how you go on. Little else."),
        (
            (Kind.ARRIVAL, 15, lazy("Someone at the door says hello to each who comes.")),
            (Kind.FREE, 10, lazy("Who we are\nThe name you would like to be called. No story is asked for.")),
            (Kind.FREE, 20, lazy("What we agreed, read aloud\nSlowly, with a stop wherever somebody has a question.")),
            (Kind.PAUSE, 5, ""),
            (Kind.CHECK_IN, 20, lazy("What made you come? One sentence is enough. Passing is an answer.")),
            (Kind.FREE, 15, lazy("How we go on\nThe next date, who holds what, and how to say “I can’t come”.")),
            (Kind.CLOSING, 5, lazy("Each says one thing they take home, or nods.")),
        ),
    ),
    "making": Start(
        lazy("Making something together"),
        lazy("A long, quiet stretch for hands, and some time to look."),
        (
            (Kind.ARRIVAL, 10, lazy("Paper and pens lie on the table. Anyone may begin to touch them.")),
            (Kind.CHECK_IN, 10, lazy("One word each, or a color.")),
            (Kind.ACTIVITY, 40, lazy("Each at their own pace. Talk or be quiet.")),
            (Kind.PAUSE, 5, ""),
            (Kind.FREE, 20, lazy("Looking together\nLay yours down if you like. Say what you see, not what it means.")),
            (Kind.CLOSING, 5, lazy("Everyone takes theirs home, or tears it up. Both are fine.")),
        ),
    ),
}  # fmt: skip


def as_row(block: Block) -> Row:
    return {"what": block.what, "minutes": str(block.minutes), "words": block.words}


def typed_rows(typed: Mapping[str, str]) -> list[Row]:
    """The rows of a form that was sent, or that was kept while its writer signed in again."""
    return [
        {column: typed.get(f"{n}-{column}", "") for column in COLUMNS}
        for n in range(MOST_BLOCKS)
        if f"{n}-what" in typed
    ]


def moved(rows: Sequence[Row], verb: str, at: int) -> list[Row]:
    """The rows with one of them moved or taken out; what cannot be done is left undone."""
    if not 0 <= at < len(rows):
        return list(rows)
    rest = [*rows[:at], *rows[at + 1 :]]
    if verb == "out":
        return rest
    place = max(0, at + {"up": -1, "down": 1}.get(verb, 0))
    return [*rest[:place], rows[at], *rest[place:]]


def added(rows: Sequence[Row], what: str, minutes: int = NEW) -> list[Row]:
    """The rows with one more of them: before the closing, where that is the last."""
    at = len(rows) - 1 if rows and rows[-1]["what"] == Kind.CLOSING.value else len(rows)
    row = {"what": what, "minutes": str(minutes), "words": ""}
    return [*rows[:at], row, *rows[at:]] if len(rows) < MOST_BLOCKS else list(rows)


def put_in(rows: Sequence[Row], activity: str, minutes: int) -> list[Row]:
    """The rows with an activity: in the first one that waits for it, else in one more."""
    for at, row in enumerate(rows):
        if row["what"] == Kind.ACTIVITY.value:
            return [*rows[:at], {**row, "what": coded(activity)}, *rows[at + 1 :]]
    return added(rows, coded(activity), minutes)


class BlockForm(Form):
    """One row of the plan. It goes with the form that it stands in, whose token is its own."""

    class Meta(Form.Meta):
        csrf = False

    what = SelectField(lazy("What"), validate_choice=False)
    minutes = Minutes(lazy("Minutes"), [InputRequired(lazy("Please give a number of minutes, such as 90."))])
    words = TextAreaField(lazy("In your own words, if you like"), [AtMost(WORDS_LENGTH)])

    def __init__(self, row: Row, number: int, titles: Mapping[str, str]) -> None:
        super().__init__(MultiDict({f"{number}-{name}": text for name, text in row.items()}), prefix=f"{number}-")
        self.what.choices = [(kind.value, str(name)) for kind, name in NAMES.items()]
        if ACTIVITY.fullmatch(self.what.data):
            self.what.choices.append((self.what.data, titles.get(self.what.data) or GONE))

    def validate_what(self, field: SelectField) -> None:
        if field.data not in dict(field.choices):
            raise ValidationError(_("Please choose one."))

    def validate_minutes(self, field: Minutes) -> None:
        if field.data is not None and not 1 <= field.data <= MOST_MINUTES:
            raise ValidationError(_("Please choose 1 to 480 minutes."))

    @property
    def block(self) -> Block:
        return Block.of(self.what.data, self.minutes.data, trimmed(self.words.data).replace("\r\n", "\n"))


class PlanForm(PlaceForm):
    """Where, the blocks and the notes. Every button sends all of it, and only “Save” keeps it."""

    seen = HiddenField()
    do = HiddenField()  # which button was pressed
    activity = SelectField(lazy("An activity"), validate_choice=False)
    text = TextAreaField(lazy("Notes"), [AtMost(TEXT_LENGTH)])

    def __init__(self, blocks: Sequence[Block], minutes: int, offered: Offered, **given: Any) -> None:
        super().__init__(**given)
        self.minutes = minutes
        self.activity.choices = {name: [(one.code, one.spanned) for one in found] for name, found in offered.items()}
        self.offered: dict[str, Choice] = {one.code: one for found in offered.values() for one in found}
        typed = request.form if self.is_submitted() else g.get("kept")
        self.use([as_row(block) for block in blocks] if typed is None else typed_rows(typed))

    def use(self, rows: Sequence[Row]) -> None:
        self.rows = list(rows)
        titles = {coded(code): one.title for code, one in self.offered.items()}
        self.blocks = [BlockForm(row, number, titles) for number, row in enumerate(rows)]
        for form in self.blocks:
            form.meta.form = self

    def validate(self, extra_validators: Any = None) -> bool:
        return all([super().validate(extra_validators), self.is_whole()])

    def is_whole(self) -> bool:
        return all([form.validate() for form in self.blocks])

    @property
    def errors(self) -> dict[Any, Any]:
        return super().errors | {form.what.name: form.errors for form in self.blocks if form.errors}

    def first_wrong(self) -> str | None:
        inside = [field for form in self.blocks for field in form]
        return next((field.id for field in (self.place, self.link, *inside, self.text) if field.errors), None)

    @property
    def chosen(self) -> tuple[Block, ...]:
        return tuple(form.block for form in self.blocks)

    @property
    def free(self) -> int:
        """Minutes of the meeting that no block has; below nought where the blocks last longer."""
        return self.minutes - sum(form.minutes.data or 0 for form in self.blocks)

    @property
    def fits(self) -> bool:
        """Whether “Fit it” would help."""
        return bool(self.free) and STEP * len(self.blocks) <= self.minutes and bool(self.blocks)

    @property
    def has_room(self) -> bool:
        return len(self.blocks) < MOST_BLOCKS

    @property
    def saves(self) -> bool:
        return self.do.data in (None, "", "save")

    def press(self) -> None:
        """Do to what stands in the form what a button says that saves nothing."""
        verb, _sep, which = (self.do.data or "").partition("-")
        if verb == "fit":
            self.fit()
        elif verb == "start" and which in STARTS:
            self.use(STARTS[which].rows(self.minutes))
        elif verb == "put":
            if found := self.offered.get(self.activity.data):
                self.use(put_in(self.rows, found.code, found.minutes[0]))
        elif verb == "add":
            self.use(added(self.rows, Kind.FREE.value))
        else:
            self.use(moved(self.rows, verb, int(which) if which.isdecimal() else -1))

    def fit(self) -> None:
        if self.is_whole() and can_fit(self.chosen, self.minutes):
            self.use([as_row(block) for block in fitted(self.chosen, self.minutes)])
