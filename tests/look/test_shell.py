"""The one frame around every page, the parts of a form, and the error page that gives the words back."""

import re

import pytest
from flask import Flask, flash, render_template, render_template_string
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined
from wtforms import BooleanField, PasswordField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from portal.circles.ring import Sitter, around
from portal.config import Settings
from portal.paths import STATIC, TEMPLATES
from portal.web import assets, language
from portal.web.typed import Sent

PAGE = (
    "{% extends 'layout.html' %}{% set here = 'guide' %}{% block title %}Guide{% endblock %}"
    "{% block text %}<h1>Guide</h1>{% block roster %}<ul id='roster'></ul>{% endblock %}{% endblock %}"
)
MACROS = "{% from '_forms.html' import field, choice, choices, acts, press, hidden %}"


class Writing(FlaskForm):
    class Meta(FlaskForm.Meta):
        csrf = False

    title = StringField("A title", [InputRequired("Please name it."), Length(max=80)])
    text = TextAreaField("Your words", [InputRequired("Please write something.")], description="As long as you like.")
    words = PasswordField("Passphrase")
    who = RadioField(
        "Who may read it?", choices=[SelectChoice("me", "Only me"), SelectChoice("table", "My table")], default="me"
    )
    shared = BooleanField("Others use this phone")

    def __init__(self, **given):
        super().__init__(**given)
        self.meta.form = self

    def first_wrong(self):
        return next((one.id for one in self if one.errors), None)


@pytest.fixture
def shell():
    """The templates with the plumbing they lean on, and no rooms."""
    app = Flask("shell", static_folder=str(STATIC), template_folder=str(TEMPLATES))
    app.config.update(SECRET_KEY="for this test only", PORTAL=Settings())
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    CSRFProtect(app)
    language.init_app(app)
    assets.init_app(app)
    with app.test_request_context("/c/x/works/new", method="POST"):
        yield app


def said(template: str, **context) -> str:
    return render_template_string(template, **context)


def test_help_and_leave_come_first_after_the_skip_link(shell):
    links = re.findall(r"<a [^>]*>", said(PAGE))
    assert links[:3] == ['<a class="skip" href="#main">', '<a href="/help">', '<a href="/leave" rel="noreferrer">']


@pytest.mark.parametrize(
    ("who", "ways"),
    [
        ({}, ["/guide", "/enter"]),
        ({"signed_in": True}, ["/", "/guide", "/me"]),
        ({"signed_in": True, "is_steward": True}, ["/", "/guide", "/me", "/steward"]),
    ],
)
def test_the_ways_in_the_header_are_those_that_the_reader_can_go(shell, who, ways):
    header = said(PAGE, **who).split('aria-label="Pages"')[1].split("</nav>")[0]
    assert re.findall(r'href="([^"]*)"', header) == ways
    assert re.findall(r'<a href="([^"]*)" aria-current="page">', header) == ["/guide"]


def test_the_title_ends_with_the_portals_name_and_stands_without_one(shell):
    class Named:
        name = "Elm Street"

    assert "<title>Guide · Elm Street</title>" in said(PAGE, portal=Named)
    assert "<title>Guide · Portal</title>" in said(PAGE)


def test_a_fragment_is_its_block_and_nothing_else(shell):
    assert said(PAGE, fragment="roster").strip() == "<ul id='roster'></ul>"


def test_only_pages_that_ask_for_htmx_load_it(shell):
    assert "htmx.min.js" not in said(PAGE)
    assert 'hx-history="false"' in said(PAGE)


def test_a_notice_is_said_once_at_the_top_of_the_text(shell):
    flash("That is kept.")
    assert '<p class="notice" role="status">That is kept.</p>' in said(PAGE)


def test_the_first_wrong_field_has_the_focus_and_names_what_is_wrong(shell):
    form = Writing()
    form.validate()
    page = said(MACROS + "{{ field(form.title) }}{{ field(form.text, rows=8) }}", form=form)
    title, text = re.findall(r"<input[^>]*>|<textarea[^>]*>", page)
    assert 'aria-invalid="true"' in title
    assert 'aria-describedby="title-wrong"' in title
    assert " autofocus" in title
    assert 'aria-describedby="text-wrong text-help"' in text
    assert " autofocus" not in text
    assert '<p class="wrong" id="title-wrong">Please name it.</p>' in page


def test_a_field_that_is_right_says_so_by_saying_nothing(shell):
    page = said(MACROS + "{{ field(form.title) }}", form=Writing())
    assert not re.findall("aria-invalid|aria-describedby|autofocus|wrong", page)


def test_no_field_cuts_what_is_pasted_or_offers_what_others_typed(shell):
    page = said(MACROS + "{{ field(form.title) }}{{ field(form.words, autocomplete='new-password') }}", form=Writing())
    assert "maxlength" not in page
    assert re.findall(r'autocomplete="([\w-]+)"', page) == ["off", "new-password"]


def test_answers_carry_what_follows_from_them(shell):
    page = said(MACROS + "{{ choices(form.who, helps={'me': 'Nothing changes.'}) }}", form=Writing())
    assert "<legend>Who may read it?</legend>" in page
    assert re.search(r'checked[^>]*value="me"><span>Only me<small>Nothing changes.</small></span>', page)


def test_a_single_button_is_a_whole_form_with_its_token(shell):
    page = said(MACROS + "{{ press('/c/x', 'Pass it on', facts={'meeting': 'abc'}) }}")
    assert page.startswith('<form class="acts" method="post" action="/c/x"><input type="hidden" name="csrf_token"')
    assert '<input type="hidden" name="meeting" value="abc">' in page
    assert '<button class="quiet">Pass it on</button>' in page


def error(**context) -> str:
    usual = {"title": "A moment, please", "say": "Wait.", "status": 503, "typed": [], "sendable": False}
    return render_template("error.html", **usual | context)


def test_an_error_page_gives_the_words_back_and_can_send_them_again(shell):
    written = "\nThe kettle is first.\n<b>It</b> says & waits."
    page = error(typed=[Sent("title", "Water, later"), Sent("text", written), Sent("who", "me")], sendable=True)
    form = page[page.index('<form method="post"') : page.index("</form>")]
    areas = dict(re.findall(r'name="(\w+)"[^>]* readonly>\n(.*?)</textarea>', form, flags=re.S))
    assert areas == {"title": "Water, later", "text": "\nThe kettle is first.\n&lt;b&gt;It&lt;/b&gt; says &amp; waits."}
    assert '<input type="hidden" name="who" value="me">' in form
    assert form.count("csrf_token") == 1
    assert "Send it again" in form


def test_what_cannot_be_sent_again_can_still_be_copied(shell):
    page = error(typed=[Sent("title", "Water"), Sent("text", "Later"), Sent("who", "me")])
    assert "Send it again" not in page
    assert page.count(" readonly>") == 2


def test_an_error_page_leads_back(shell):
    page = error(status=404)
    assert 'href="/">Back to the start' in page
    assert 'href="/help">I was looking for help' in page


def test_the_list_beside_the_ring_tells_what_the_ring_shows(shell):
    chairs = around(
        [
            Sitter("Ana", "turn", "asked to facilitate", you=True),
            Sitter("Bo", "away", "can’t come"),
            Sitter("", "free", "A free seat"),
        ]
    )
    page = said("{% from '_room.html' import room %}{{ room(chairs) }}", chairs=chairs)
    ring, beside = page.split("</svg>")
    assert (
        re.findall(r'class="chair (\w+)"', ring) == re.findall(r'<li class="(\w+)"', beside) == ["turn", "away", "free"]
    )
    assert '<b>Ana</b>, you <span class="mark">asked to facilitate</span>' in beside
    assert '<b>Bo</b> <span class="soft">can’t come</span>' in beside
    assert 'aria-hidden="true"' in ring


def test_several_free_seats_are_one_line_of_the_list(shell):
    chairs = around([Sitter("Ana", you=True), Sitter("", "free", "2 free seats"), Sitter("", "free")])
    ring, beside = said("{% from '_room.html' import room %}{{ room(chairs) }}", chairs=chairs).split("</svg>")
    assert ring.count('class="chair free"') == 2
    assert beside.count("<li") == 2


def test_nothing_is_lit_while_it_is_nobodys_turn(shell):
    page = said("{% from '_room.html' import room %}{{ room(chairs) }}", chairs=around([Sitter("Ana", you=True)]))
    assert 'class="day"' not in page
