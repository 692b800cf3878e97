"""What stands in a mail is what was shown before, and tells nothing, in every language."""

import re
from email import message_from_bytes, policy

import pytest

from portal.accounts.models.people import Person
from portal.accounts.models.portals import Portal
from portal.accounts.neutral import telling_word
from portal.notices import letters
from portal.notices.letters import ASKED, CHANGED, KINDS, REMINDER, About, Office, Preview, Recipient, as_sent, message
from portal.notices.models import Outbox
from portal.web.language import LANGUAGES
from tests.cast import enter
from tests.notices.conftest import DAY, HOUR, NOON, remind, say_yes

OFFICE = Office("Elm Street", "post@elm.example", "https://elm.example.org", "secret" * 6)
DIFFERS = re.compile(rb"^(Date|Message-ID): .*\r\n", re.MULTILINE)


def to(**given) -> Recipient:
    return Recipient(**{"person_id": "a" * 26, "email": "ana@mail.example", "language": "en", "zone": "UTC", **given})


def every_mail():
    for code in LANGUAGES:
        for says_time in (False, True):
            about = [About(kind, NOON, "x") for kind in KINDS]
            person = to(language=code, says_time=says_time)
            yield from (message(person, [one], OFFICE, at=NOON) for one in about)
            yield message(person, about, OFFICE, at=NOON, as_digest=True)
            with letters.speaking(code):
                yield letters.confirmation(person, "t" * 52, OFFICE, at=NOON, letter="x")
                yield letters.trial("ana@mail.example", OFFICE, at=NOON, letter="x")


def test_no_word_of_any_mail_tells_what_kind_of_place_this_is():
    for mail in every_mail():
        seen = re.sub(r"https://\S+", "", f"{mail['From']} {mail['Subject']} {mail.get_content()}")
        assert telling_word(seen) is None, seen
        assert not re.search(r"\b(table|meeting|seat|facilitate|mesa|encuentro)", seen, re.IGNORECASE), seen
        assert len(mail.get_content().splitlines()) <= 8


def test_the_only_link_is_the_one_that_ends_or_confirms_it():
    for mail in every_mail():
        links = re.findall(r"https?://\S+", mail.get_content())
        assert all(re.fullmatch(r"https://elm\.example\.org/(off|confirm)/[a-z2-7]+", link) for link in links)
        assert len(links) == (0 if mail.get_content().count("\n") == 1 else 1), "only a steward’s test has none"


@pytest.mark.parametrize(("name", "sender"), [("Elm Street", "Elm Street <post@elm.example>"), ("Calle Ñandú", None)])
def test_the_places_name_stands_before_the_sender(name, sender):
    mail = message(to(), [About(REMINDER, NOON)], Office(name, *list(vars(OFFICE).values())[1:]), at=NOON)
    read = message_from_bytes(as_sent(mail), policy=policy.default)
    assert str(read["From"]) == (sender or f"{name} <post@elm.example>")
    assert as_sent(mail).isascii()


def test_a_name_that_tells_too_much_stands_in_no_mail():
    mail = message(to(), [About(REMINDER, NOON)], Office("Healing on Elm", *list(vars(OFFICE).values())[1:]), at=NOON)
    assert str(mail["From"]) == "post@elm.example"
    assert b"Healing" not in as_sent(mail)


def test_a_steward_is_told_of_a_sender_or_address_that_tells_too_much():
    assert OFFICE.says_nothing
    assert not Office("Elm", "circle@elm.example", "https://elm.example", "x").says_nothing
    assert not Office("Elm", "post@elm.example", "https://grief.example", "x").says_nothing


def test_the_same_thing_has_the_same_id_and_another_thing_another():
    def mark(*about):
        return message(to(), list(about), OFFICE, at=NOON)["Message-ID"]

    one, other = About(REMINDER, NOON, "one"), About(REMINDER, NOON, "other")
    assert mark(one) == mark(one)
    assert mark(one, other) == mark(other, one)
    assert len({mark(one), mark(other), mark(one, other)}) == 3


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("wishes", "kinds"),
    [
        ({}, [REMINDER]),
        ({"says_time": True}, [REMINDER]),
        ({"reminder": False}, [ASKED]),
        ({"reminder": False, "asked": False}, [CHANGED]),
        ({"digest": True}, [REMINDER, CHANGED, ASKED]),
    ],
)
def test_what_the_page_shows_is_what_arrives_byte_for_byte(app, cast, inbox, carried, wishes, kinds, language):
    """The same function writes both, from the same moment; only date and id differ."""
    ana = cast["Ana"]
    Person.update(language=language).where(Person.id == ana.id).execute()
    say_yes(ana, **wishes)
    at = NOON + 3 * DAY
    for kind in kinds:
        remind(ana, at, kind=kind, now=NOON)
    Outbox.update(due_at=NOON).execute()
    carried(NOON)
    with app.app_context():
        office = Office(Portal.current().name, "portal@localhost", "http://localhost:8080", app.config["SECRET_KEY"])
    zone = {"zone": "America/Chicago", "says_time": wishes.get("says_time", False)}
    shown = message(
        to(person_id=ana.id, language=language, **zone),
        [About(kind, at) for kind in kinds],
        office,
        at=NOON - HOUR,
        as_digest=wishes.get("digest", False),
    )
    (arrived,) = inbox.raw
    assert DIFFERS.sub(b"", arrived) == DIFFERS.sub(b"", as_sent(shown))


def test_the_page_shows_sender_subject_and_words_of_each_mail_that_was_chosen(app, cast):
    say_yes(cast["Ana"], changed=False)
    page = enter(app, "Ana").get("/me/notices").text
    assert page.count("From: Elm Street &lt;portal@localhost&gt;") == 2
    assert "Subject: For your calendar" in page
    assert "Subject: A question for you" in page
    assert "Subject: A date has changed" not in page
    assert "Something is on your calendar: " in page


def test_a_preview_is_taken_from_the_mail_itself():
    mail = message(to(), [About(REMINDER, NOON)], OFFICE, at=NOON)
    shown, read = Preview.of(mail), message_from_bytes(as_sent(mail), policy=policy.default)
    assert (shown.sender, shown.subject) == (str(read["From"]), str(read["Subject"]))
    assert shown.body.splitlines() == read.get_content().strip().splitlines()
