"""The lines of the help page: trying them, and lists of one's own."""

from flask import Response as File
from flask import flash, request, url_for
from werkzeug.wrappers import Response

from portal.accounts.access import steward_only
from portal.resources import access
from portal.resources.comparison import compare
from portal.resources.models import HelpCheck
from portal.resources.pack import Pack
from portal.steward.forms import KeepListForm, ListForm
from portal.steward.views.blueprint import bp
from portal.web.errors import NotHere
from portal.web.language import _
from portal.web.page import go, page

MOST_FAULTS = 40  # that are shown at once
TYPES = {"yaml": "application/yaml", "csv": "text/csv"}


@bp.get("/steward/help")
@steward_only
def help_lines() -> Response:
    """Every line with what its last check says. Among those that wait stand those of today, to be taken back."""
    return page(
        "steward/help.html",
        packs=access.packs(),
        checks=access.checks(),
        own=access.own(),
        needed={place for place in access.own() if access.needs(place)},
        fault=access.fault(),
        today=access.today(),
        waiting="waiting" in request.args,
    )


def back_to(entry: str) -> Response:
    """The line in the list that the steward was going through: whoever tries twenty lines keeps their place."""
    return go(url_for("steward.help_lines", waiting="1" if "waiting" in request.args else None, _anchor=entry))


@bp.post("/steward/help/lines/<entry>/check")
@steward_only
def check_line(entry: str) -> Response:
    HelpCheck.note(access.entry_or_404(entry), access.today())
    return back_to(entry)


@bp.post("/steward/help/lines/<entry>/check-again")
@steward_only
def uncheck_line(entry: str) -> Response:
    HelpCheck.take_back(access.entry_or_404(entry), access.today())
    return back_to(entry)


@bp.get("/steward/help/lists/<place>.<any(yaml, csv):kind>")
@steward_only
def help_file(place: str, kind: str) -> Response:
    """The list to keep, to change, or to give to another neighborhood."""
    file = File(access.written(access.pack_or_404(place), kind), content_type=f"{TYPES[kind]}; charset=utf-8")
    file.headers["Content-Disposition"] = f'attachment; filename="{place}.{kind}"'
    return file


@bp.route("/steward/help/import", methods=["GET", "POST"])
@steward_only
def import_list() -> Response:
    """Look at a list before it is kept: nothing is saved here."""
    form = ListForm()
    if not form.validate_on_submit():
        return page("steward/help_import.html", form=form, faults=(), status=form.status)
    found = access.receive(form.sent)
    if not found.whole:
        return page("steward/help_import.html", form=form, faults=found.faults[:MOST_FAULTS], status=422)
    return preview(found.whole)


def preview(pack: Pack, *, changed_meanwhile: bool = False) -> Response:
    was = next((one for one in access.packs() if one.place == pack.place), None)
    form = KeepListForm(formdata=None, data={"pack": access.written(pack), "was": access.version(pack.place)})
    return page(
        "steward/help_preview.html",
        form=form,
        pack=pack,
        changes=compare(was, pack),
        replaces_ours=was is not None and pack.place not in access.own(),
        changed_meanwhile=changed_meanwhile,
        status=409 if changed_meanwhile else 200,
    )


@bp.post("/steward/help/import/keep")
@steward_only
def keep_list() -> Response:
    """The list that was looked at goes on the help page, whole, in every process."""
    form = KeepListForm()
    pack = access.receive((form.pack.data or "").encode()).whole
    if not pack:
        return go(url_for("steward.import_list"))
    if not access.keep(pack, form.was.data or ""):
        return preview(pack, changed_meanwhile=True)
    flash(_("Kept. The help page shows it from now on."))
    return go(url_for("steward.help_lines"))


@bp.post("/steward/help/lists/<place>/remove")
@steward_only
def remove_list(place: str) -> Response:
    if place not in access.own() or access.needs(place):
        raise NotHere
    access.remove(place)
    flash(_("That list is gone from the help page."))
    return go(url_for("steward.help_lines"))
