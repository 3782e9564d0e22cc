import pytest

from pledges.inputs import professions
from pledges.inputs.professions import SUGGESTIONS, Profession, profession_of
from tests import cases


def wrong(name):
    """The cases of a file that get another group than theirs."""
    rows = cases.read(name)
    assert len(rows) > 100
    return [row for row in rows if profession_of(row["occupation"]) != row["group"]]


@pytest.mark.parametrize(
    ("occupation", "group"),
    [
        ("Primary school TEACHER", Profession.SCHOOLS),
        ("school nurse", Profession.HEALTH),
        ("Nursery worker", Profession.SCHOOLS),
        ("retired nurse", Profession.RETIRED),
        ("medical student", Profession.STUDENT),
        ("law lecturer", Profession.HIGHER_EDUCATION),
        ("council housing officer", Profession.HOUSING),
        ("councillor", Profession.PUBLIC_ADMINISTRATION),
        ("counsellor", Profession.HEALTH),
        ("baker", Profession.OTHER),
    ],
)
def test_an_occupation_becomes_a_group(occupation, group):
    assert profession_of(occupation) is group


def test_at_most_one_in_a_hundred_of_the_labelled_occupations_gets_another_group():
    assert len(wrong("occupations.csv")) <= 1, wrong("occupations.csv")


def test_at_most_one_in_a_hundred_of_our_own_occupations_gets_another_group():
    assert len(wrong("occupations-more.csv")) <= 5, wrong("occupations-more.csv")


@pytest.mark.parametrize(
    "spelling", ["care worker", "Care-Worker", "careworkers", "  CARE   WORKER. ", "care\u00adworker"]
)
def test_hyphens_spaces_and_capitals_make_no_difference(spelling):
    assert profession_of(spelling) is Profession.SOCIAL_CARE


@pytest.mark.parametrize("spelling", ["NHS", "N.H.S.", "n h s", "ＮＨＳ", "(NHS)"])
def test_an_abbreviation_is_found_with_and_without_points(spelling):
    assert profession_of(spelling) is Profession.HEALTH


@pytest.mark.parametrize("apostrophe", ["'", "’", ""])
def test_apostrophes_make_no_difference(apostrophe):
    assert profession_of(f"women{apostrophe}s refuge worker") is Profession.CHARITY


@pytest.mark.parametrize("slip", ["lawyre", "lwyer", "laawyer", "lawyar"])
def test_a_letter_swapped_missing_doubled_or_wrong_is_understood(slip):
    assert profession_of(slip) is Profession.LAW


def test_a_known_word_is_never_taken_for_a_slip_of_another():
    words = professions._entries(professions._TABLE["no_slips"])
    assert [word for word in words if profession_of(word) is not Profession.OTHER] == []


@pytest.mark.parametrize("text", ["", " ", "-", "none", "N/A", "prefer not to say"])
def test_an_occupation_that_says_nothing_is_in_no_group(text):
    assert profession_of(text) == ""


def test_no_entry_of_the_table_is_overruled_by_one_above_it():
    assert [
        (entry, section["name"])
        for section in professions._TABLE["group"]
        for entry in professions._entries(section["words"])
        if profession_of(entry.strip("=*")) != section["name"]
    ] == []


def test_every_group_has_words():
    assert {section["name"] for section in professions._TABLE["group"]} == set(Profession)


def test_a_long_text_of_any_letters_has_a_group():
    assert profession_of("ŵ" * 100) is Profession.OTHER
    assert profession_of("nurse " + "q w e r t y " * 12) is Profession.HEALTH


def test_whatever_we_suggest_has_a_group():
    assert [name for name in SUGGESTIONS if profession_of(str(name)) is Profession.OTHER] == []


def test_an_ampersand_is_an_and():
    assert profession_of("health & safety officer") is Profession.OTHER


@pytest.mark.parametrize("row", cases.read("occupations-languages.csv"), ids=lambda row: row["occupation"])
def test_an_occupation_in_another_language_is_understood_or_left_to_the_confirm_page(row):
    assert profession_of(row["occupation"]) == row["group"]
