"""A list of organisations from a spreadsheet: read in any format, compared, and entered once."""

import csv
import io
from collections import Counter
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from pledges.models import Organisation, OrganisationDecision
from pledges.organisations import pasted_list
from tests.staff_accounts import approved, sign_in, staff, waiting

pytestmark = pytest.mark.django_db
CASE = (Path(__file__).parents[2] / "cases/organisations-paste.txt").read_text("utf-8")
CELLS = list(csv.reader(io.StringIO(CASE, newline=""), delimiter="\t"))
PASTE = reverse("admin:pledges_organisation_paste")
STATES = {"new": 14, "repeated": 2, "alike": 11}


def parted(separator: str, rows=CELLS) -> str:
    table = io.StringIO()
    csv.writer(table, delimiter=separator).writerows(rows)
    return table.getvalue()


FORMS = {
    "tabs": CASE,
    "a byte-order mark": "\ufeff" + CASE,
    "CRLF": CASE.replace("\n", "\r\n"),
    "semicolons": parted(";"),
    "commas": parted(","),
    "an empty first column": parted("\t", [["", *row] for row in CELLS]),
    "an empty first column and no header": parted("\t", [["", *row] for row in CELLS[1:]]),
}


@pytest.fixture
def noor(client):
    sign_in(client, staff("noor@example.org", "view_organisation", "decide_organisation", "enter_organisation"))
    return client


def sent(lines: str = CASE, **others: object) -> dict:
    return {"lines": lines, "agreed_on": "2026-05-01", **others}


def decided(reading: pasted_list.Reading, act: str = "enter") -> dict[str, str]:
    return {f"line-{line.number}": f"{act} {line.answers['name']}" for line in reading.alike}


@pytest.mark.parametrize("form", FORMS)
def test_the_same_list_reads_the_same_in_every_form(form):
    reading = pasted_list.read(FORMS[form])
    assert Counter(line.state for line in reading.lines) == STATES
    assert (reading.has_header, reading.empty) == ("no header" not in form, 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_an_uploaded_file_is_read_in_its_encoding(noor, encoding):
    answer = noor.post(PASTE, sent("", file=SimpleUploadedFile("list.csv", CASE.encode(encoding))))
    assert "14 new, 2 repeated, 11 similar, 0 with an error." in answer.text
    assert "New Heath Women’s Institute</textarea>" not in answer.text
    assert "Élan Youth" in answer.context["form"]["lines"].value()


@pytest.mark.parametrize("raw", [b"PK\x03\x04 a workbook", "é".encode("utf-16") + b"\x00"])
def test_a_file_that_is_no_text_is_refused_with_the_reason(noor, raw):
    answer = noor.post(PASTE, sent("", file=SimpleUploadedFile("list.xlsx", raw)))
    assert answer.status_code == 422
    assert "CSV (UTF-8)" in answer.text


def test_names_are_stored_as_they_are_spelt_without_outer_and_double_spaces():
    names = {line.number: line.answers["name"] for line in pasted_list.read(CASE).lines}
    assert names[2] == "Planet & People, St. Swithin's Church"
    assert names[3] == "St Mary of the Lake, Oakham,"
    assert names[7] == "Marsh Climate Change Citizen's Jury"
    assert names[12] == "Harrowbourne.Earth"


def test_a_quoted_cell_is_one_cell_whatever_stands_in_it():
    [line] = pasted_list.read('"Tea, cake;\tand ""more""\nof it"\t\tfaith').lines
    assert line.answers["name"] == 'Tea, cake; and "more" of it'


def test_an_unclosed_quote_does_not_affect_other_lines():
    lines = pasted_list.read('"Tea and cake\t\tfaith\nExample Clinic\t\thealth').lines
    assert [line.answers.get("name") for line in lines] == ['"Tea and cake', "Example Clinic"]


def test_repeats_of_the_list_name_both_lines():
    repeats = {line.number: line.repeats for line in pasted_list.read(CASE).repeated}
    assert repeats == {16: "Line 16 repeats line 15 of this list.", 28: "Line 28 repeats line 27 of this list."}


def test_pairs_that_may_be_one_organisation_are_shown_side_by_side():
    pairs = {(line.number, other.number) for line in pasted_list.read(CASE).alike for other in line.alike}
    groups = [(4, 5, 6), (15, 17), (18, 19), (22, 23), (24, 25)]
    expected = {(one, other) for group in groups for one in group for other in group if one != other}
    assert pairs == expected


def test_columns_stand_in_any_order_below_a_header_and_others_are_named_as_not_read():
    reading = pasted_list.read("Type,Town,Organisation\nHealth,Leeds,Example Clinic")
    assert reading.lines[0].answers | {"is_named": True} == {
        "name": "Example Clinic",
        "website": "",
        "kind": "health",
        "is_named": True,
    }
    assert reading.unused == ["Town"]


def test_what_resembles_one_of_the_list_or_of_the_queue_waits_for_a_decision():
    approved("Example Teachers' Network", website="")
    waiting("Sample Carers", website="")
    lines = pasted_list.read(
        "Example Teachers Network;;union\nSample Carers Group;;health\nExample Clinic;;health"
    ).lines
    assert [line.state for line in lines] == ["alike", "alike", "new"]


@pytest.mark.parametrize("website", ["https://example.org/a", "https://lіberty.example"])
def test_one_with_the_website_of_another_or_lookalike_letters_waits_for_a_decision(website):
    approved("Another Body")
    [line] = pasted_list.read(f"Example Clinic;{website};health").lines
    assert line.state == "alike"


def test_one_that_waits_in_the_queue_is_left_to_the_queue():
    waiting("Example Clinic")
    [line] = pasted_list.read("example clinic;;health").lines
    assert line.repeats == "Waits in the queue already."


def test_nothing_is_entered_before_staff_decide_about_similar_names(noor):
    answer = noor.post(PASTE, sent(enter="yes"))
    assert answer.status_code == 422
    assert "Choose what to do with each of the 11 lines" in answer.text
    assert not Organisation.objects.exists()


def test_what_staff_leave_out_is_told(noor):
    answer = noor.post(PASTE, sent(enter="yes", **decided(pasted_list.read(CASE), "leave")), follow=True)
    assert "14 organisations are in the list." in answer.text
    assert "2 repeats were left out." in answer.text
    assert "“Smith &amp; Co Ltd”" in answer.text
    assert Organisation.objects.listed().count() == 14


def test_organisations_of_one_name_stand_side_by_side_once_staff_have_said_so(noor):
    noor.post(PASTE, sent(enter="yes", **decided(pasted_list.read(CASE))))
    same = Organisation.objects.listed().filter(key="new heath womens institute")
    assert sorted(same.values_list("namesake", flat=True)) == [0, 1, 2]
    assert OrganisationDecision.objects.filter(act="enter", reason="namesake").count() == 2 + 1 + 1 + 1


def test_a_decision_about_another_line_counts_for_nothing(noor):
    lines = "Example Clinic;;health\nThe Example Clinic;;health"
    stale = {"line-1": "enter Sample Clinic", "line-2": "enter Sample Clinic"}
    assert noor.post(PASTE, sent(lines, enter="yes", **stale)).status_code == 422


def test_a_list_pasted_again_enters_nothing(noor):
    for status in (302, 422):
        answer = noor.post(PASTE, sent("Example Clinic;;health\nSample Choir;;other", enter="yes"))
        assert answer.status_code == status
    assert "There is nothing to enter" in answer.text
    assert Organisation.objects.count() == 2
