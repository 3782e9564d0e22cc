"""What the site's own pages show."""

import re
from datetime import date, datetime, timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape

from pledges.models import PledgeText, Totals
from reports import load_content
from reports.models import GlossaryTerm, Recommendation


@pytest.fixture
def report(db):
    load_content.load()


def page(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_home_shows_how_many_people_and_organisations(client, db):
    Totals.objects.create(pk=1, people=8410, exact_people=8412, organisations=64, counted_at=timezone.now())
    text = page(client, "/")
    assert ">8,410<" in text
    assert ">64<" in text


def test_home_says_beside_the_way_to_sign_how_many_have(client, db):
    assert "have signed." not in page(client, "/")
    Totals.objects.create(pk=1, people=8410, exact_people=8412, organisations=64, counted_at=timezone.now())
    assert "At least 8,410 people have signed." in page(client, "/")


def test_a_notice_of_the_operator_is_at_the_top_of_every_page(client, db, settings):
    settings.NOTICE = "Emails take an hour <today>."
    for path in ("/", "/pledge/", "/cy/pledge/", "/privacy/"):
        assert 'dir="ltr">Emails take an hour &lt;today&gt;.</p>' in page(client, path).partition('<main id="main">')[2]


def test_without_a_notice_a_page_begins_with_its_own_text(client, db):
    assert 'class="draft notice"' not in page(client, "/")


def test_home_shows_the_pledge_word_for_word(client, db):
    for commitment in PledgeText.objects.current(timezone.now()).commitments:
        assert escape(commitment) in page(client, "/")


def test_home_shows_every_recommendation_with_its_status(client, report):
    text = page(client, "/")
    for recommendation in Recommendation.objects.published():
        assert f'data-status="{recommendation.status}" href="{recommendation.get_absolute_url()}"' in text
    assert Recommendation.objects.published().count() == 15


def test_home_works_before_any_report_is_published(client, db):
    assert "/pledge/" in page(client, "/")


def test_home_needs_the_same_number_of_queries_with_more_rows(client, report, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        client.get("/")


def test_about_explains_every_word(client, report):
    text = page(client, "/about/")
    for term in GlossaryTerm.objects.published():
        assert escape(term.meaning) in text


@pytest.mark.parametrize(("path", "leads_to"), [("/safety/", "/pledge/"), ("/ar/safety/", "/ar/")])
def test_the_safety_page_says_who_can_sign_and_leads_on(client, db, path, leads_to):
    page = client.get(path).text.partition('<main id="main">')[2].partition("</main>")[0]
    assert f'<a href="{leads_to}">' in page
    assert ("whatever their nationality or immigration status" in page) == (path == "/safety/")


def test_privacy_shows_the_periods_of_the_settings(client, settings):
    settings.KEEP_CONTACT_MONTHS, settings.CAMPAIGN_ENDS = 18, "2030-06-30"
    text = page(client, "/privacy/")
    assert "18 months after" in text
    assert date(2030, 9, 30).strftime("%-d %B %Y") in text


def test_privacy_says_that_the_address_is_stored_where_its_owner_wants_email(client):
    text = page(client, "/privacy/")
    assert "we do not keep it" not in text
    assert "We store the address itself only if you say yes to email" in text
    assert "The address itself only in the sealed record, if you said yes to email" in text


def test_privacy_names_the_controller(client, settings):
    text = page(client, "/privacy/")
    for told in ["name", "address", "phone", "company", "ico"]:
        assert settings.CONTROLLER[told] in text.replace("\N{NON-BREAKING HYPHEN}", "-")


def test_canonical_links_use_the_configured_origin(client):
    text = client.get("/privacy/", headers={"Host": "localhost"}).content.decode()
    assert '<link rel="canonical" href="https://pledge.example.org/privacy/">' in text


def test_an_error_page_needs_neither_database_nor_request():
    assert "<h1" in render_to_string("campaign/error.html", {"title": "Oh", "text": "It broke."})


@pytest.mark.parametrize(
    ("path", "marked"), [("/report/", ["/report/"]), ("/report/progress/", ["/report/progress/"]), ("/privacy/", [])]
)
def test_the_header_marks_the_current_page(client, report, path, marked):
    ways = page(client, path).split("</header>")[0].split('<a href="')[1:]
    assert [way.split('"')[0] for way in ways if "aria-current" in way.split("</a>")[0]] == marked


def test_security_txt_names_a_mailbox_and_has_not_expired(client, settings):
    answer = client.get("/.well-known/security.txt")
    said = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert said["Contact"] == f"mailto:{settings.SECURITY_EMAIL}"
    assert said["Canonical"] == "https://pledge.example.org/.well-known/security.txt"
    left = datetime.fromisoformat(said["Expires"]) - timezone.now()
    assert timedelta(days=30) < left < timedelta(days=365)


INVITING = [
    *("/", "/about/", "/share/", "/safety/", "/press/", "/report/", "/report/progress/", "/report/education/"),
    *("/report/education/1/", "/report/glossary/", "/pledge/organisations/", "/pledge/supporters/"),
    *("/pledge/numbers/", "/pledge/mine/", "/pledge/confirm/unknown/", "/no/such/page/"),
    *("/pledge/thank-you/", "/pledge/organisations/thank-you/", "/pledge/stall/next/", "/ar/safety/"),
    "/pledge/sent/0123456789abcdef/",
]


@pytest.mark.parametrize("path", INVITING)
def test_after_the_last_day_no_page_invites_anyone_to_sign(client, report, settings, path):
    invitation = re.compile(
        r'href="(/pledge/((organisations/sign|stall)/)?|/share/)"(?! lang=)|Add your name'
        "|next person|Anyone can sign|brick-heading--open"
    )
    settings.CAMPAIGN_ENDS = timezone.localdate().isoformat()
    assert invitation.search(client.get(path).text)
    settings.CAMPAIGN_ENDS = (timezone.localdate() - timedelta(days=1)).isoformat()
    assert not invitation.search(client.get(path).text)


def test_browsers_find_icons_and_the_colour_of_the_page(client, db):
    assert client.get("/favicon.ico")["Location"] == "/static/img/favicon.ico"
    text = page(client, "/")
    assert 'rel="apple-touch-icon" href="/static/img/apple-touch-icon.png"' in text
    assert re.findall(r'name="theme-color" content="(#\w+)"', text) == ["#f4f1ea", "#16120f"]


def test_no_line_ends_inside_the_house_numbers_of_our_address(client, db):
    assert "26\N{NON-BREAKING HYPHEN}30 Strutton Ground" in page(client, "/")
