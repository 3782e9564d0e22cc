"""The report as shipped, compared with a table of the campaign's facts."""

import datetime

import pytest
from django.db.models import Q

from reports import load_content, progress
from reports.models import Arrangement, Body, GlossaryTerm, Recommendation, Report, Sector, Update

pytestmark = pytest.mark.django_db

RECOMMENDATIONS = {
    ("education", 1): ["Department for Education"],
    ("education", 2): ["Department for Education"],
    ("education", 3): ["The Government"],
    ("policing", 1): ["Police forces"],
    ("policing", 2): ["Police forces"],
    ("policing", 3): ["National Police Chiefs' Council"],
    ("policing", 4): ["Home Office", "Police forces"],
    ("policing", 5): ["The Government"],
    ("health", 1): ["Home Office", "Department of Health and Social Care"],
    ("health", 2): ["Home Office"],
    ("health", 3): ["NHS Digital", "Department of Health and Social Care"],
    ("data-protection", 1): ["The Government"],
    ("data-protection", 2): ["The Government"],
    ("data-protection", 3): ["The Government"],
    ("data-protection", 4): ["The Government"],
}
STATUSES = {
    ("education", 2): "met",
    ("education", 3): "met",
    ("policing", 5): "moved-backwards",
    ("data-protection", 2): "moved-backwards",
}
NOTES = {("education", 2): "as reported by one campaign group", ("education", 3): "in England, with limits on income"}
NPCC = "news.npcc.police.uk/releases/new-guidance-for-officers-on-sharing-information-with-immigration-enforcement"
# For each event, words that the address of each of its sources holds.
EVENTS = {
    ("education", 1, "19 July 2019"): ["detail/2019-07-09/HL17037"],
    ("education", 1, "18 December 2022"): ["defenddigitalme.org/2022/12/18/"],
    ("education", 2, "June 2018"): ["theregister.com/2018/06/28/"],
    ("education", 2, "2020"): ["defenddigitalme.org/my-school-records/boycottschoolcensus/"],
    ("education", 3, "9 April 2020"): ["covid19.cityofsanctuary.org/2020/04/09/"],
    ("education", 3, "24 March 2022"): [
        "leadershipupdate-rbwm.co.uk",
        "nrpfnetwork.org.uk/news/free-school-meals-april-2022",
    ],
    ("education", 3, "4 February 2026"): ["parallelparliament.co.uk/question/108605/"],
    ("policing", 1, "17 December 2020"): ["nipolicingboard.org.uk/node/2288"],
    ("policing", 2, "7 December 2018"): [NPCC],
    ("policing", 3, "7 December 2018"): [NPCC],
    ("policing", 3, "23 April 2020"): ["docslib.org/doc/9088790/"],
    ("policing", 2, "December 2018"): ["hmicfrs.justiceinspectorates.gov.uk"],
    ("policing", 2, "17 December 2020"): [
        "policeconduct.gov.uk",
        "gov.uk/government/publications/responses-to-safe-to-share",
    ],
    ("policing", 2, "21 April 2021"): ["parallelparliament.co.uk/mp/lord-parkinson-of-whitley-bay/"],
    ("policing", 2, "15 December 2021"): ["parallelparliament.co.uk/debate/2021-12-15/"],
    ("policing", 2, "9 November 2023"): ["domesticabusecommissioner.uk/?p=3218"],
    ("policing", 2, "30 April 2024"): ["domesticabusecommissioner.uk/peers-defy-government"],
    ("policing", 2, "18 December 2025"): ["southallblacksisters.org.uk"],
    ("policing", 4, "December 2014"): ["icinspector.independent.gov.uk/2014/12/04/"],
    ("policing", 4, "1 March 2024"): ["gov.uk/government/publications/powers-and-operational-procedure/"],
    ("policing", 5, "28 June 2022"): ["legislation.gov.uk/ukpga/2022/36/section/40", "npcc-msoicu.co.uk"],
    ("policing", 5, "2 December 2025"): ["legislation.gov.uk/id/ukpga/2025/31/section/21/5"],
    ("health", 1, "24 December 2024"): ["gov.uk/government/publications/nhs-cost-recovery-overseas-visitors/"],
    ("health", 3, "9 November 2018"): [
        "gov.uk/government/publications/information-requests-from-the-home-office-to-nhs-digital"
    ],
    ("data-protection", 1, "26 May 2021"): ["leighday.co.uk"],
    ("data-protection", 1, "11 December 2023"): ["caselaw.nationalarchives.gov.uk/ewca/civ/2023/1474"],
    ("data-protection", 1, "8 March 2024"): ["legislation.gov.uk/id/uksi/2024/342"],
    ("data-protection", 2, "5 February 2026"): ["bratby.law"],
    ("data-protection", 3, "3 August 2020"): ["ukhumanrightsblog.com/2020/08/06/"],
    ("data-protection", 3, "25 November 2025"): ["parallelparliament.co.uk/question/92650/"],
    ("data-protection", 4, "25 October 2019"): ["legislation.gov.uk/uksi/2019/1396/"],
    ("data-protection", 4, "2 July 2025"): ["gov.uk/government/consultations/civil-legal-aid"],
    ("data-protection", 4, "30 June 2026"): ["ein.org.uk"],
}
ARRANGEMENTS = {
    "Schools": (["Department for Education"], "July 2015", None),
    "NHS": (["NHS Digital", "Department of Health and Social Care"], "1 January 2017", datetime.date(2018, 11, 9)),
    "Police": (["Police forces"], "", None),
    "Councils": (["Local authorities"], "", None),
}
# Numbers and names that a text must hold, wherever the site's own wording puts them.
SAID = {
    ("education", 1): [
        *("memorandum of understanding", "1,500 children a month", "July 2015", "December 2016"),
        *("(https://defenddigitalme.com/timeline", "(https://questions-statements.parliament.uk/"),
    ],
    ("education", 2): ["nationality", "country of birth", "2016 to 2018", "false pretences"],
    ("education", 3): ["free school meals", "poverty or destitution", "no recourse to public funds"],
    ("policing", 5): ["civil", "Appendix A"],
    ("health", 2): [
        *("Secretary of State for Health", "NHS Digital", "destroy, and never use"),
        *("(https://publications.parliament.uk/", "(https://gov.uk/government/publications/"),
    ],
    ("data-protection", 1): ["Data Protection Act 2018", "Schedule 2, Part 1, paragraph 4"],
    ("data-protection", 2): ["meaningful human oversight", "appeal", "human rights"],
    ("data-protection", 4): ["legal aid", "appeal", "quality checks"],
}
TOLD = {
    ("education", 1, "19 July 2019"): ["HL17037", "name, sex, date of birth and address"],
    ("education", 3, "24 March 2022"): ["permanent", "England", "limits on income"],
    ("policing", 3, "23 April 2020"): ["we have found none"],
    ("policing", 2, "30 April 2024"): ["214 to 208"],
    ("education", 1, "18 December 2022"): ["6,883", "1,780"],
    ("policing", 2, "9 November 2023"): [
        "43 forces",
        "British Transport Police",
        "537 times",
        "April 2020 to March 2023",
    ],
    ("policing", 5, "28 June 2022"): ["Nationality and Borders Act 2022", "four years"],
    ("data-protection", 1, "26 May 2021"): ["[2021] EWCA Civ 800"],
    ("data-protection", 1, "11 December 2023"): ["[2023] EWCA Civ 1474"],
    ("data-protection", 1, "8 March 2024"): ["SI 2024/342"],
    ("data-protection", 2, "5 February 2026"): ["Data (Use and Access) Act 2025", "Articles 22A to 22D"],
}


@pytest.fixture(autouse=True)
def loaded(db):
    load_content.load()


def where(recommendation: Recommendation) -> tuple[str, int]:
    return recommendation.sector.slug, recommendation.number


def when(update: Update) -> tuple[str, int, str]:
    return *where(update.recommendation), update.happened_text


def test_the_report_is_named_and_dated():
    report = Report.objects.current()
    assert (report.author, report.dated_on) == ("Gracie Mae Bradley", datetime.date(2018, 12, 3))
    assert all(
        words in report.text for words in ("pages 20 to 25", "pages 86 to 88", "Liberty launches #CareDontShare")
    )


def test_each_of_the_fifteen_is_asked_of_whom_the_report_asks():
    asked = {where(row): [body.name for body in row.asked_of.all()] for row in Recommendation.objects.published()}
    assert asked == RECOMMENDATIONS


def test_each_status_is_what_its_updates_say():
    moved = Recommendation.objects.exclude(status="not-met")
    assert {where(row): row.status for row in moved} == STATUSES
    assert {where(row): row.status_note for row in moved if row.status_note} == NOTES


def test_each_event_has_its_day_and_its_sources():
    events = {when(row): [source["url"] for source in row.sources] for row in Update.objects.published()}
    assert events.keys() == EVENTS.keys()
    wrong = {
        event: urls
        for event, urls in events.items()
        if len(urls) != len(EVENTS[event])
        or not all(held in url for held, url in zip(EVENTS[event], urls, strict=True))
    }
    assert wrong == {}


def test_only_what_campaigners_alone_report_is_marked_so():
    reported = {when(row): row.reported_by for row in Update.objects.exclude(reported_by="")}
    assert reported == {
        ("education", 1, "18 December 2022"): "defenddigitalme",
        ("education", 2, "2020"): "defenddigitalme",
        ("policing", 2, "18 December 2025"): "Southall Black Sisters",
        ("data-protection", 4, "30 June 2026"): "EIN",
    }


def test_a_mirror_or_a_reprint_is_named_so():
    names = dict(Update.objects.values_list("source_url", "source_name"))
    copies = {url: name for url, name in names.items() if "docslib.org" in url or "parallelparliament" in url}
    assert len(copies) == 5
    assert [name for name in copies.values() if "mirror" not in name and "reprint" not in name] == []


def test_each_arrangement_has_a_source_and_a_box():
    assert not Arrangement.objects.filter(Q(source_url="") | Q(note="")).exists()


def test_the_printed_report_is_cited_by_its_title_and_its_pages(client):
    cite = client.get("/report/policing/2/").text.split('class="cite"')[1].split("</p>")[0]
    assert "Hostile environment data-sharing: why we need a firewall" in cite
    assert "Policing, recommendation 2, page 23" in cite


@pytest.mark.parametrize(
    ("nation", "number"), [("England", 15), ("Wales", 9), ("Scotland", 5), ("Northern Ireland", 5)]
)
def test_each_nation_has_the_recommendations_that_apply_there(nation, number):
    sectors = Sector.objects.published().with_recommendations()
    assert len(dict(progress.by_nation(sectors))[nation]) == number


def test_each_recommendation_holds_what_the_report_asks():
    said = {where(row): f"{row.text} {row.why}" for row in Recommendation.objects.all()}
    assert [(place, word) for place, words in SAID.items() for word in words if word not in said[place]] == []


def test_each_update_holds_what_its_source_tells():
    told = {when(row): row.what for row in Update.objects.all()}
    assert [(event, word) for event, words in TOLD.items() for word in words if word not in told[event]] == []


def test_the_four_arrangements_have_their_dates():
    told = {
        row.label: ([body.name for body in row.shared_by.all()], row.since_text, row.ended_on)
        for row in Arrangement.objects.published()
    }
    assert told == ARRANGEMENTS


def test_nhs_digital_gave_way_to_nhs_england():
    body = Body.objects.get(slug="nhs-digital")
    assert (body.exists_until, body.successor.name) == (datetime.date(2023, 2, 1), "NHS England")


def test_twelve_words_are_explained():
    shorts = {"MOU", "NRPF", "NPD", "DfE", "DHSC", "NPCC"}
    assert GlossaryTerm.objects.published().count() == 12
    assert shorts == set(GlossaryTerm.objects.exclude(short="").values_list("short", flat=True))


def test_no_quotation_is_shipped():
    assert not Recommendation.objects.exclude(quotation="").exists()
