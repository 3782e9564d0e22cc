import datetime
import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from reports.models import Body, GlossaryTerm, Recommendation, Report, Update


def more(schools, number):
    """Adds another recommendation like the first, with another body and an update."""
    copy = Recommendation.objects.create(
        sector=schools.sector,
        number=number,
        key=f"schools-{number}",
        title=f"Keep it {number}",
        text="Keep the NRPF there.",
        published_at=timezone.now(),
    )
    copy.asked_of.add(Body.objects.get_or_create(slug=f"body-{number}", name=f"Body {number}", position=number)[0])
    copy.asked_of.add(Body.objects.get(slug="example-body"))
    Update.objects.create(
        recommendation=copy,
        happened_on=datetime.date(2020, 1, number),
        what="x",
        source_name="x",
        source_url="https://x",
    )
    return copy


def queries(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    "address",
    ["/report/", "/report/schools/", "/report/schools/1/", "/report/progress/", "/report/asked-of/example-body/"],
)
def test_more_rows_need_no_more_queries(client, schools, happen, address):
    more(schools, 2)
    happen("2019-07-19")
    few = queries(client, address)
    for number in range(3, 9):
        more(schools, number)
        happen(f"2019-08-{number:02}")
        GlossaryTerm.objects.create(slug=f"t{number}", name=f"keep {number}", meaning="m", published_at=timezone.now())
    assert queries(client, address) == few


def test_a_recommendation_without_updates_says_so(client, schools):
    assert "We have found no update." in client.get("/report/schools/1/").content.decode()


def test_updates_before_the_report_are_apart(client, happen):
    happen("2018-11-09", what="Earlier.")
    happen("2019-07-19", what="Later.")
    html = client.get("/report/schools/1/").content.decode()
    assert html.index("Later.") < html.index("Before the report") < html.index("Earlier.")


def test_a_fact_that_only_campaigners_report_says_so(client, happen):
    happen("2020-01-01", precision="year", reported_by="An example group")
    assert "Reported by An example group:" in client.get("/report/schools/1/").content.decode()


@pytest.mark.parametrize("address", ["/report/schools/1/", "/report/progress/", "/report/document/"])
def test_every_page_that_tells_an_event_links_its_source(client, happen, address):
    happen("2019-07-19", source_url="https://example.org/told")
    assert '<a href="https://example.org/told">Example</a>' in client.get(address).text


def test_the_document_to_print_says_when_an_event_was_recorded(client, happen):
    happen("2019-07-19")
    assert f"We recorded this on {timezone.localdate():%-d %B %Y}." in client.get("/report/document/").text


def test_the_report_names_the_title_that_it_has_in_print(client, schools):
    report = schools.sector.report
    report.printed_title, report.page_url = "As printed", "https://example.org/report"
    report.save()
    assert "In print its title is <cite>As printed</cite>." in client.get("/report/").text


def test_a_corrected_update_stays_and_leads_to_its_correction(client, happen):
    wrong = happen("2019-07-19", what="Wrong.", status_after="met")
    right = happen("2019-06-19", what="Right.", supersedes=wrong)  # further down
    html = client.get("/report/schools/1/").content.decode()
    assert "Wrong." in html
    assert f'<a href="#update-{right.pk}">see the entry that corrects it</a>' in html
    assert f'<a href="#update-{wrong.pk}">This corrects another entry</a>' in html


def test_what_changed_and_who_must_act_are_one_press_away_on_the_progress_page(client, happen):
    page = client.get("/report/progress/").text
    for part in ("bodies", "nations", "latest"):
        assert page.index(f'href="#{part}"') < page.index('class="status-overview"') < page.index(f'id="{part}"')


# Each page that shows a status.
WITH_A_STATUS = ["/", "/report/", "/report/document/", "/report/schools/", "/report/schools/1/"]
WITH_A_STATUS += ["/report/progress/", "/report/asked-of/example-body/"]


@pytest.mark.parametrize("address", WITH_A_STATUS)
def test_a_status_is_marked_as_the_campaigns_judgement(client, happen, address):
    happen("2019-07-19")
    html = client.get(address).content.decode()
    assert "own judgement" in html
    assert "Last checked on 5 January 2026" in html
    assert f"{reverse('press')}#corrections" in html


@pytest.mark.parametrize("address", WITH_A_STATUS)
def test_a_status_note_is_beside_its_status(client, happen, address):
    happen("2019-07-19", status_after="met", status_note="in England")
    assert "Met (in England)" in strip_tags(client.get(address).content.decode())


def test_the_last_update_is_none_that_was_corrected(client, happen):
    wrong = happen("2020-01-01")
    happen("2019-07-19", supersedes=wrong)
    assert "<dt>Last update</dt><dd>19 July 2019" in client.get("/report/schools/1/").content.decode()


def test_a_recommendation_is_cited_by_its_report_and_no_title_of_ours(client, schools):
    Report.objects.update(author="Ann Example")
    cite = re.search(r'<p class="cite">(.*?)</p>', client.get("/report/schools/1/").content.decode())[1]
    assert re.sub("</?cite>|<wbr>", "", unescape(cite)) == (
        "Ann Example, report of the campaign Care Don't Share (Liberty, 3 December 2018), "
        "Schools, recommendation 1. https://pledge.example.org/report/schools/1/"
    )


def test_a_quotation_has_its_page_number(client, schools):
    schools.quotation, schools.quotation_page = "Their very words.", 12
    schools.save()
    html = client.get("/report/schools/1/").content.decode()
    assert "Their very words." in html
    assert "page 12" in html


def test_what_was_asked_of_a_body_is_asked_of_its_successor(client, schools):
    heir = Body.objects.create(slug="heir", name="Heir", position=9)
    schools.asked_of.update(successor=heir, exists_until=datetime.date(2023, 2, 1))
    assert "Keep it" in client.get("/report/asked-of/heir/").content.decode()
    assert "was abolished on 1 February 2023" in client.get("/report/asked-of/example-body/").content.decode()


def test_what_was_asked_of_a_body_stays_asked_through_all_its_successors(client, schools):
    last = Body.objects.create(slug="last", name="Last", position=8)
    until = {"exists_until": datetime.date(2023, 2, 1)}
    heir = Body.objects.create(slug="heir", name="Heir", position=9, successor=last, **until)
    schools.asked_of.update(successor=heir, **until)
    assert "Keep it" in client.get("/report/asked-of/last/").content.decode()


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ({"exists_from": "2013-04-01"}, "Example Body has existed since 1 April 2013."),
        ({"exists_until": "2023-02-01"}, "Example Body was abolished on 1 February 2023.</p>"),
        (
            {"exists_from": "2013-04-01", "exists_until": "2023-02-01"},
            "Example Body existed from 1 April 2013 and was abolished on 1 February 2023.</p>",
        ),
    ],
)
def test_a_body_says_from_when_until_when_it_exists(client, schools, days, told):
    schools.asked_of.update(**days)
    assert told in client.get("/report/asked-of/example-body/").content.decode()


@pytest.mark.parametrize(
    "address", ["/report/other/", "/report/schools/2/", "/report/other/1/", "/report/asked-of/nobody/"]
)
def test_unknown_addresses_answer_404(client, schools, address):
    assert client.get(address).status_code == 404


def test_a_published_text_is_shown(client, schools):
    client.get("/report/schools/1/")
    schools.text = "Keep it here."
    schools.save()
    assert "Keep it here." in client.get("/report/schools/1/").content.decode()


def test_the_printed_document_gives_each_address_in_full(client, schools):
    html = client.get("/report/document/").text.replace("<wbr>", "")
    assert "https://pledge.example.org/report/schools/1/" in html
    assert "https://pledge.example.org/press/" in html


@pytest.mark.parametrize("address", ["/report/schools/1/", "/report/progress/"])
def test_a_word_of_an_update_is_explained_on_its_page(client, happen, address):
    GlossaryTerm.objects.create(slug="b", name="border", meaning="A line on a map.", published_at=timezone.now())
    happen("2019-07-19", what="It crossed the border.")
    html = client.get(address).content.decode()
    assert '<dfn><a href="#term-b">border</a></dfn>' in html
    assert "A line on a map." in html


def test_a_recommendation_leads_to_its_own_feed(client, schools):
    link = '<a class="to-press" href="/report/schools/1/updates.atom">'
    assert link in client.get("/report/schools/1/").content.decode()


def test_a_withdrawn_recommendation_leaves_a_page_that_says_so(client, schools):
    schools.published_at = None
    schools.save()
    answer = client.get("/report/schools/1/")
    assert answer.status_code == 410
    assert "This text was withdrawn" in answer.text
    assert schools.title not in answer.text


def test_a_recommendation_that_never_was_public_has_no_page(client, schools):
    number = schools.number + 1
    Recommendation.objects.create(sector=schools.sector, number=number, key="new", title="New", text="x")
    assert client.get(f"/report/schools/{number}/").status_code == 404
