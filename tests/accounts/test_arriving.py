"""What a newcomer reads at a link, what nobody is ever asked, and how someone with an account follows a link."""

import pytest
from wtforms import EmailField, TelField

from portal.accounts.models.links import FirstLink
from portal.accounts.models.people import Person
from portal.accounts.models.portals import Portal
from portal.db import utcnow
from portal.web.forms import Form
from tests.accounts.doors import healer_link
from tests.meetings.conftest import set_series
from tests.sharing.walls import put_up
from tests.walking import Input, forms_in, walk

GROWN_UP = "This place is for people of 18 and over. By going on you say that you are."
YOUNG = "This place is for young people. Two grown-ups who were checked sit with every table."
REACHING = ("email", "e-mail", "mail", "phone number", "telephone", "mobile", "tel")


@pytest.fixture(params=["a healer’s link", "an invitation"])
def arrival(request, cast) -> str:
    """The address of each page on which somebody makes an account."""
    if request.param == "a healer’s link":
        return healer_link()
    host = cast["Ana"].seat()
    return "/i/" + host.invite(utcnow()).link(host.keys.private)


def test_a_place_is_for_grown_ups_unless_its_steward_says_otherwise(nobody, arrival):
    page = nobody.get(arrival).text
    assert GROWN_UP in page
    assert YOUNG not in page


def test_a_place_for_young_people_says_so(nobody, arrival):
    Portal.update(ages="young").execute()
    page = nobody.get(arrival).text
    assert YOUNG in page
    assert GROWN_UP not in page


def test_both_pages_say_that_a_name_need_not_be_the_one_on_papers(nobody, arrival):
    assert "It need not be the name on your papers, and we ask for no email." in nobody.get(arrival).text


def asks_how_to_reach_somebody(found: Input) -> bool:
    if found.kind in ("checkbox", "radio", "hidden"):
        return False
    said = (found.name, found.label, found.given.get("autocomplete", ""), found.given.get("inputmode", ""))
    said = (*said, found.given.get("placeholder", ""))
    return found.kind in ("email", "tel") or any(word in part.lower() for part in said for word in REACHING)


def test_no_page_but_those_about_mail_asks_for_an_email_address_or_a_telephone_number(app, nobody, ana, stew, cast):
    host = cast["Ana"].seat()
    doors = (healer_link(), "/i/" + host.invite(utcnow()).link(host.keys.private), "/enter", "/lost")
    set_series(host, utcnow())
    put_up(ana, cast.table)
    pages = {**walk(nobody, *doors), **walk(ana, "/"), **walk(stew, "/", "/steward")}
    Portal.update(set_up_at=None).execute()
    Person.update(is_steward=False).execute()
    setup = "/setup/" + FirstLink.make("setup", utcnow())
    pages |= walk(app.test_client(), setup)
    found = [(path, each) for path, page in pages.items() for form in forms_in(page) for each in form.inputs]
    assert {"passphrase", "name", "my_name", "portal_name", "text", "place", "zone"} <= {each.name for _, each in found}
    assert {path for path, each in found if asks_how_to_reach_somebody(each)} == {"/me/notices", "/steward/mail"}
    assert "If you like, a short mail can remind you." in pages["/me/notices"]


def every_form(kind: type) -> list[type]:
    return [each for sub in kind.__subclasses__() for each in (sub, *every_form(sub))]


def test_no_form_but_those_about_mail_has_a_field_for_an_email_address_or_a_telephone_number(app):
    forms = [form for form in every_form(Form) if form.__module__ != "portal.notices.forms"]
    assert len(forms) > 12
    with app.test_request_context():
        for form in forms:
            for name in dir(form):
                field = getattr(form, name)
                if not hasattr(field, "field_class"):
                    continue
                assert not issubclass(field.field_class, EmailField | TelField), f"{form.__name__}.{name}"
                if name != "own_phone":  # a box to tick: whether others use it
                    said = f"{name} {' '.join(map(str, field.args[:1]))}".lower()
                    assert not [word for word in REACHING if word in said.replace("_", " ").split()], said
                    assert "phone" not in said, said


def test_someone_with_an_account_follows_a_healers_link_and_makes_no_second_one(bo, nobody, cast):
    link, people = healer_link(), Person.select().count()
    assert bo.get("/c/new").status_code == 403
    assert "can start a table of its own" in bo.get(link).text
    assert bo.get(f"{link}/healer").status_code == 405
    assert nobody.get(link).status_code == 200, "nothing is used up before they say yes"
    assert bo.post(f"{link}/healer").location == "/"
    assert cast["Bo"].person.is_healer
    assert bo.get("/c/new").status_code == 200
    assert Person.select().count() == people
    assert nobody.get(link).status_code == 404
    assert not FirstLink.select().exists()


def test_only_who_is_signed_in_says_yes_to_a_link_and_a_closed_one_makes_nobody_a_healer(bo, nobody, cast):
    link = healer_link()
    assert nobody.post(f"{link}/healer").location.startswith("/enter")
    assert nobody.get(link).status_code == 200
    assert bo.post("/join/nonsense/healer").status_code == 404
    assert not cast["Bo"].person.is_healer
