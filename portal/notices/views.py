"""The pages about mail: one's own, the two that a link in a mail opens, and the steward's."""

import secrets

from flask import Blueprint, current_app, flash, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.accounts.access import signed_in, steward_only
from portal.accounts.neutral import telling_word
from portal.db import utcnow
from portal.notices import tokens
from portal.notices.delivery import is_set_up, office, post_of
from portal.notices.errors import MailLinkClosed
from portal.notices.forms import AddressForm, WishesForm
from portal.notices.letters import KINDS, About, Preview, Recipient, example, message, trial
from portal.notices.models import Address, Wishes
from portal.notices.post import Answer
from portal.web.errors import TooManyTries
from portal.web.forms import trimmed
from portal.web.headers import from_anywhere
from portal.web.language import _
from portal.web.models import Try
from portal.web.page import go, page

bp = Blueprint("notices", __name__)


@bp.route("/me/notices", methods=["GET", "POST"])
@signed_in
def show() -> Response:
    """Of what one wants mail, and what it looks like."""
    if request.method == "POST":
        return keep(asks=bool(trimmed(request.form.get("email"))))
    wishes = Wishes.of(current_user.id)
    return whole_page(wishes, WishesForm.about(wishes), AddressForm(), 200)


def keep(*, asks: bool) -> Response:
    """What is wished for; and ask at the address, if one is given.

    Both stand in one form, so that whichever of its buttons is pressed loses nothing of the other half. The button that
    asks once more sends an address alone.
    """
    wishes, wishes_too = Wishes.of(current_user.id), "early" in request.form or not asks
    form = WishesForm.about(wishes) if wishes_too else WishesForm.about(wishes, formdata=None)
    address_form = AddressForm() if asks else AddressForm(formdata=None)
    right = [not wishes_too or form.validate(), not asks or address_form.validate()]
    if not all(right) or (asks and is_hasty(address_form)):
        return whole_page(wishes, form, address_form, 422)
    if wishes_too:
        form.take_into(wishes)
        wishes.keep(utcnow())
    if asks:
        Address.ask(current_user.id, address_form.address, utcnow())
    else:
        flash(_("Kept. So it looks from now on."))
    return go(url_for("notices.show"))


def whole_page(wishes: Wishes, form: WishesForm, address_form: AddressForm, status: int) -> Response:
    address, now = Address.of(current_user.id), utcnow()
    return page(
        "notices/show.html",
        status=status,
        form=form,
        address_form=address_form,
        address=address,
        ran_out=address is not None and address.ran_out(now),
        refused=address.refused_at if address else None,
        zone=current_user.person.zone,
        previews=previews(wishes, address),
        set_up=is_set_up(),
    )


def previews(wishes: Wishes, address: Address | None) -> list[Preview]:
    """Each mail that these wishes allow, written as it would be sent."""
    person, now = current_user.person, utcnow()
    to = Recipient(person.id, address.email if address else "", person.language, person.zone, wishes.says_time)
    about = [About(kind, example(now)) for kind in KINDS if getattr(wishes, kind)]
    if wishes.digest and about:
        return [Preview.of(message(to, about, office(), at=now, as_digest=True))]
    return [Preview.of(message(to, [one], office(), at=now)) for one in about]


@bp.post("/me/notices/address")
@signed_in
def ask() -> Response:
    """Ask at an address whether it is theirs: nobody signs up somebody else."""
    return keep(asks=True)


def is_hasty(form: AddressForm) -> bool:
    """Whether too many mails were asked for lately, by this person or to this address; counts this one where not."""
    secret, now = current_app.config["SECRET_KEY"], utcnow()
    keys = {
        "asker": Try.key_of(secret, "asker", current_user.id),
        "mailbox": Try.key_of(secret, "mailbox", form.address.casefold()),
    }
    try:
        Try.refuse_haste(keys, now)
    except TooManyTries:
        form.refuse("email", _("Several mails were asked for in a short time. Wait a while, then ask again."))
        return True
    Try.count(keys, now)
    return False


@bp.post("/me/notices/forget")
@signed_in
def forget() -> Response:
    Address.forget(current_user.id)
    flash(_("No mail comes to you any more, and your address is erased here."))
    return go(url_for("notices.show"))


@bp.route("/confirm/<token>", methods=["GET", "POST"])
def confirm(token: str) -> Response:
    """What the first mail leads to. Opening it says nothing yet: programs open links, too."""
    address = asked_for(token)
    if request.method == "POST":
        address.confirm(utcnow())
        return go(url_for("notices.confirm", token=token))
    return page("notices/confirm.html", done=address.confirmed_at is not None)


def asked_for(token: str) -> Address:
    """The address that the mail with this token went to. Raises MailLinkClosed."""
    address = Address.of(tokens.person_of_confirm(token) or "")
    if address is None or address.ran_out(utcnow()):
        raise MailLinkClosed
    ours = tokens.confirm_token(current_app.config["SECRET_KEY"], address.person_id, address.email, address.asked_at)
    if not secrets.compare_digest(ours.encode(), token.encode()):
        raise MailLinkClosed
    return address


@bp.route("/off/<token>", methods=["GET", "POST"])
@from_anywhere
def off(token: str) -> Response:
    """What every mail ends with; a mail program may press the button by itself (RFC 8058), so no redirect follows.

    The page is the same whether or not the person still has mail, or an account.
    """
    secret = current_app.config["SECRET_KEY"]
    found = tokens.read_off(secret, token)
    if found is None:
        raise MailLinkClosed
    if request.method == "POST":
        address = Address.of(found[0])
        if address and secrets.compare_digest(tokens.mailbox(secret, address.email), found[1]):
            Address.forget(address.person_id)
    return page("notices/off.html", done=request.method == "POST")


@bp.record_once
def let_mail_programs_in(state: BlueprintSetupState) -> None:
    state.app.extensions["csrf"].exempt(off)


@bp.route("/steward/mail", methods=["GET", "POST"])
@steward_only
def steward_mail() -> Response:
    """Whether mail goes out from here, and a way to try it. No address of anybody stands here."""
    form, answer = AddressForm(), None
    if form.validate_on_submit() and not is_hasty(form):
        answer = try_out(form.address)
    settings, sender = current_app.config["PORTAL"], office()
    return page(
        "notices/steward_mail.html",
        status=form.status,
        form=form,
        answer=answer,
        settings=settings,
        sender=sender,
        telling=[word for word in (telling_word(sender.sender), telling_word(sender.host)) if word],
        set_up=is_set_up(),
    )


def try_out(email: str) -> Answer | None:
    """Send one mail and wait for what the mail server says to it."""
    sender = office()
    post = post_of(current_app.config["PORTAL"], sender.host)
    if post is None:
        return None
    with post:
        return post.send(trial(email, sender, at=utcnow(), letter=secrets.token_hex(8)))
