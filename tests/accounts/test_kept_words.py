"""Words that were being typed when the phone went quiet: whose they are, how long they wait, what is never kept."""

from datetime import timedelta

import pytest

from portal import vault
from portal.accounts.models.kept import Kept, KeptForm
from portal.accounts.views import end_old_sessions, forget_old_forms
from portal.db import utcnow
from tests.accounts.doors import ahead, own_phone
from tests.cast import PASSPHRASE

SECRETS = {"passphrase": "Canary-1", "offered": "Canary-2", "current": "Canary-3", "code": "Canary-4"}


@pytest.fixture
def form(cast) -> str:
    return f"/c/{cast.table}/people/name"


def kept(cast, path: str) -> dict | None:
    found = KeptForm.take(cast["Ana"].id, path, cast["Ana"].private, utcnow())
    return dict(found.fields) if found else None


def test_they_wait_until_they_were_sent_and_no_longer(ana, form):
    with ahead(minutes=20):
        led = ana.post(form, data={"my_name": "Ana from the corner"})
        back = ana.post(led.location, data={"name": "Ana", "passphrase": PASSPHRASE})
        assert KeptForm.select().count() == 1
        ana.get(back.location)
        assert ana.post(form, data={"my_name": ""}).status_code == 422
        assert KeptForm.select().count() == 1, "what was refused is not sent yet"
        assert ana.post(form, data={"my_name": "Ana from the corner"}).status_code == 303
        assert KeptForm.select().count() == 0


def test_sending_one_form_lets_go_of_no_other(ana, form, cast):
    with ahead(minutes=20):
        ana.post(form, data={"my_name": "Ana from the corner"})
        ana.post("/me/settings", data={"language": "es", "zone": "UTC"})
        ana.post("/enter", data={"name": "Ana", "passphrase": PASSPHRASE})
        ana.post("/me/settings", data={"language": "en", "zone": "UTC"})
        assert kept(cast, form) == {"my_name": "Ana from the corner"}
        assert KeptForm.select().count() == 1


def test_after_eight_hours_they_are_gone(app, ana, form):
    with ahead(minutes=20):
        ana.post(form, data={"my_name": "Ana from the corner"})
    for hours, left in ((7, 1), (9, 0)):
        with ahead(hours=hours), app.app_context():
            end_old_sessions(utcnow())
            forget_old_forms(utcnow())
            assert KeptForm.select().count() == left, hours


def test_a_phone_that_was_quiet_for_longer_than_eight_hours_keeps_nothing(app, ana, form):
    mine = own_phone(app, "Ana")
    for client, quiet in ((ana, {"hours": 9}), (mine, {"days": 31})):
        with ahead(**quiet):
            led = client.post(form, data={"my_name": "Ana from the corner"}).location
            assert led.startswith("/enter")
            assert "kept=1" not in led
    assert KeptForm.select().count() == 0


def test_a_passphrase_a_code_and_offered_words_are_never_among_them(ana, form, cast):
    with ahead(minutes=20):
        ana.post("/me/passphrase", data={"which": "own", **SECRETS})
        ana.post(form, data={"my_name": "Ana from the corner", "csrf_token": "Canary-5", **SECRETS})
    assert kept(cast, form) == {"my_name": "Ana from the corner"}
    assert (kept(cast, "/me/passphrase") or {}).keys() <= {"which"}


def test_a_form_of_nothing_but_secrets_is_not_kept_at_all(ana):
    with ahead(minutes=20):
        assert "kept=1" not in ana.post("/me/code", data=SECRETS).location
    assert KeptForm.select().count() == 0


# Who can write in the database puts nobody's words anywhere else.

AGREEMENT, NOTE = "/c/x/about", "/c/x/works/new"
ELSEWHERE = bytes(16)


@pytest.fixture
def row(cast) -> KeptForm:
    """What Ana was writing, for herself, on one page."""
    KeptForm.keep(cast["Ana"].person, NOTE, {"text": "For nobody else."}, utcnow())
    return KeptForm.get()


def move(row: KeptForm, **columns) -> None:
    KeptForm.update(**columns).where(KeptForm.id == row.id).execute()


def test_they_open_where_they_were_typed(row, cast):
    assert kept(cast, NOTE) == {"text": "For nobody else."}


def test_moved_to_another_page_they_open_nowhere(row, ana, cast):
    move(row, place=ELSEWHERE)
    assert kept(cast, AGREEMENT) is None
    assert_nothing_breaks(ana)


def test_moved_to_another_page_by_their_own_row_they_do_not_open_either(row, cast):
    """As a row of its own, beside what stood there."""
    KeptForm.create(person=row.person, place=ELSEWHERE, kept_at=utcnow(), sealed_fields=row.sealed_fields)
    assert kept(cast, AGREEMENT) is None
    assert kept(cast, NOTE) == {"text": "For nobody else."}


def test_a_box_swapped_with_another_of_the_same_person_opens_neither(row, ana, cast):
    KeptForm.keep(cast["Ana"].person, AGREEMENT, {"name": "Our table"}, utcnow())
    other = KeptForm.get(KeptForm.id != row.id)
    move(row, sealed_fields=other.sealed_fields)
    move(other, sealed_fields=row.sealed_fields)
    assert (kept(cast, NOTE), kept(cast, AGREEMENT)) == (None, None)
    assert_nothing_breaks(ana)


def test_given_to_somebody_else_they_do_not_open(row, bo, cast):
    move(row, person=cast["Bo"].id)
    assert KeptForm.all_of(cast["Bo"].id, cast["Bo"].private, utcnow()) == []
    assert_nothing_breaks(bo)


def test_an_old_row_is_not_made_young_again(row, ana, cast):
    with ahead(hours=9):
        assert kept(cast, NOTE) is None
        move(row, kept_at=utcnow())
        assert kept(cast, NOTE) is None


@pytest.mark.parametrize("said", [b"no form", b"[]", b'{"page": "", "fields": {"text": 1}}', b'{"fields": {}}'])
def test_nonsense_in_a_box_that_fits_breaks_no_page(row, ana, cast, said):
    """Anyone can seal to a public key."""
    public = bytes(cast["Ana"].person.public)
    move(row, sealed_fields=vault.seal_to(public, vault.pad(said, vault.TEXT_STEP), row.bound_to))
    assert kept(cast, NOTE) is None
    assert_nothing_breaks(ana)


@pytest.mark.parametrize("damaged", [b"", b"\x01", b"\x01" + bytes(100), b"\x09" * 4200])
def test_a_damaged_row_breaks_no_page_and_hides_no_other(row, ana, cast, damaged):
    KeptForm.keep(cast["Ana"].person, AGREEMENT, {"name": "Our table"}, utcnow())
    move(row, sealed_fields=damaged)
    assert_nothing_breaks(ana)
    assert "Our table" in ana.get("/me/kept").text


def test_the_form_opens_empty_over_a_row_that_was_moved_there(ana, form, cast):
    KeptForm.keep(cast["Ana"].person, NOTE, {"my_name": "For nobody else."}, utcnow())
    KeptForm.update(place=ELSEWHERE).execute()
    page = ana.get(f"{form}?kept=1")
    assert page.status_code == 200
    assert "For nobody else." not in page.text
    assert 'value="Ana"' in page.text


def assert_nothing_breaks(client) -> None:
    for path in ("/me", "/me/kept", "/me/settings?kept=1"):
        assert client.get(path).status_code == 200, path


# The list of them.


def test_what_waits_for_its_form_is_among_the_list_and_leads_back_to_it(ana, form):
    with ahead(minutes=20):
        ana.post(form, data={"my_name": "Ana from the corner"})
        ana.post("/enter", data={"name": "Ana", "passphrase": PASSPHRASE})
        page = ana.get("/me/kept").text
        assert "Ana from the corner" in page
        assert f'href="{form}?kept=1">Go on where you were' in page
        assert 'value="Ana from the corner"' in ana.get(f"{form}?kept=1").text


def test_choices_alone_are_said_to_be_choices(ana):
    with ahead(minutes=20):
        ana.post("/me/settings", data={"language": "es", "zone": "UTC"})
        ana.post("/enter", data={"name": "Ana", "passphrase": PASSPHRASE})
        page = ana.get("/me/kept").text
        assert "Only choices, no words." in page
        assert "readonly" not in page


# What the row tells whoever has the disk.


def test_which_form_they_are_for_is_told_by_nothing_that_could_be_tried_out(cast):
    """Of one form, again and again, each row is like that of any other."""
    for _ in range(3):
        KeptForm.keep(cast["Ana"].person, NOTE, {"text": "For nobody else."}, utcnow())
    assert len({bytes(row.place) for row in KeptForm.select()}) == 3
    assert len(KeptForm.all_of(cast["Ana"].id, cast["Ana"].private, utcnow())) == 1, "shown is what was sent last"


def test_what_was_sent_before_from_a_page_goes_with_what_is_shown_of_it(ana, cast):
    for text in ("The first of them", "The second"):
        KeptForm.keep(cast["Ana"].person, NOTE, {"text": text}, utcnow())
    KeptForm.keep(cast["Ana"].person, AGREEMENT, {"name": "Our table"}, utcnow())
    shown = KeptForm.take(cast["Ana"].id, NOTE, cast["Ana"].private, utcnow())
    assert ana.post(f"/me/kept/{shown.id}/erase").status_code == 303
    page = ana.get("/me/kept").text
    assert "Our table" in page
    assert "The first of them" not in page
    assert "The second" not in page
    assert KeptForm.select().count() == 1


@pytest.mark.parametrize(
    "page", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", "/\\x.example"]
)
def test_no_row_laid_there_leads_out_of_the_portal(row, ana, cast, page):
    """Anyone can seal to a public key."""
    said = Kept({"text": "Look here"}, page).packed()
    move(
        row,
        sealed_fields=vault.seal_to(bytes(cast["Ana"].person.public), vault.pad(said, vault.TEXT_STEP), row.bound_to),
    )
    shown = ana.get("/me/kept").text
    assert "Look here" in shown
    assert "elsewhere" not in shown
    assert "Go on where you were" not in shown


def test_when_their_time_is_over_the_disk_forgets_them_too(app, row, home):
    sealed = bytes(row.sealed_fields)[40:80]
    with app.app_context():
        forget_old_forms(utcnow() + KeptForm.LASTS + timedelta(minutes=1))
    assert not [path for path in home.glob("portal.db*") if sealed in path.read_bytes()]
