"""A question of the guide and what the reader writes to it, for themselves alone."""

from collections.abc import Iterator
from typing import Any

from flask import flash, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.accounts.access import signed_in
from portal.accounts.taking import Thing, gathers
from portal.circles.access import my_keys
from portal.curriculum import access
from portal.curriculum.errors import WrittenElsewhere
from portal.curriculum.forms.reflections import ReflectionForm
from portal.curriculum.models.reflections import Reflection, Thought
from portal.curriculum.prompts import place_of, prompt_in, prompt_of, question
from portal.curriculum.views.blueprint import bp
from portal.db import utcnow
from portal.web.errors import NotHere
from portal.web.forms import trimmed
from portal.web.language import _, language
from portal.web.page import go, page


@bp.route("/guide/<int:module>/<int:order>/reflection", methods=["GET", "POST"])
@signed_in
def reflection(module: int, order: int) -> Response:
    """What the reader writes to a lesson's question."""
    lesson = access.lesson_or_404(module, order)
    asked = Thought(prompt_of(lesson), question(lesson.text(language())))
    return writing(asked, url_for("curriculum.lesson", module=module, order=order, _anchor="question"))


@bp.route("/guide/<int:module>/questions/<prompt>", methods=["GET", "POST"])
@signed_in
def answer(module: int, prompt: str) -> Response:
    """What the reader writes to a question of a module."""
    found = access.guide().module(access.module_or_404(module), language())
    if prompt not in found.prompts:
        raise NotHere
    asked = Thought(prompt_in(module, prompt), found.prompts[prompt])
    return writing(asked, url_for("curriculum.module", module=module, _anchor="questions"))


def writing(asked: Thought, back: str) -> Response:
    """The page of one question. Sent with nothing in it, it erases what stood there; the page says so."""
    keys = my_keys()
    stands = Reflection.at(keys, asked.prompt)
    form = ReflectionForm(data={"text": stands.text, "seen": stands.seen} if stands else None)
    facts: dict[str, Any] = {"asked": asked, "back": back, "stands": stands, "zone": current_user.person.zone}
    if not form.validate_on_submit():
        return page("curriculum/reflection.html", form=form, late=None, status=form.status, **facts)
    thought = Thought(asked.prompt, asked.asked, trimmed(form.text.data))
    try:
        Reflection.write(keys, thought, form.seen.data or "", utcnow())
    except WrittenElsewhere as late:
        facts["stands"] = stands = Reflection.at(keys, asked.prompt)
        form.seen.data = stands.seen if stands else ""
        return page("curriculum/reflection.html", form=form, late=late, status=late.status, **facts)
    if thought.text or stands:
        flash(_("It is kept, for you alone.") if thought.text else _("It is erased."))
    return go(back)


@bp.get("/me/reflections")
@signed_in
def reflections() -> Response:
    """Everything the reader wrote in the guide."""
    thoughts = [(one, where(one)) for one in Reflection.all_of(my_keys())]
    return page("curriculum/reflections.html", thoughts=thoughts, zone=current_user.person.zone)


@bp.route("/me/reflections/<reflection>/erase", methods=["GET", "POST"])
@signed_in
def erase_reflection(reflection: str) -> Response:
    """Ask once, then erase for good."""
    keys = my_keys()
    thought = next((one for one in Reflection.all_of(keys) if one.id == reflection), None)
    if thought is None:
        raise NotHere
    if request.method != "POST":
        return page("curriculum/erase_reflection.html", thought=thought)
    Reflection.erase(keys, thought.prompt)
    flash(_("It is erased."))
    return go(url_for("curriculum.reflections"))


@gathers
def my_reflections() -> Iterator[Thing]:
    """What one wrote in the guide, each with its question."""
    for one in Reflection.all_of(my_keys()):
        said = f"{one.asked}\n\n{one.text}\n".encode()
        yield Thing(_("Guide"), one.asked, "txt", one.changed_at or utcnow(), said)


def where(thought: Thought) -> str | None:
    """Where its question stands in the guide; None when the guide has it no longer."""
    module, key = place_of(thought.prompt)
    if module is None:
        lesson = access.guide().lesson_named(key)
        return url_for("curriculum.reflection", module=lesson.module, order=lesson.order) if lesson else None
    known = access.guide().module(module, language()).prompts
    return url_for("curriculum.answer", module=module, prompt=key) if key in known else None
