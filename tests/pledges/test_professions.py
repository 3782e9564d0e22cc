import pytest

from pledges.professions import SUGGESTIONS, Profession, profession_of


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
        ("", Profession.OTHER),
    ],
)
def test_an_occupation_becomes_a_group(occupation, group):
    assert profession_of(occupation) is group


def test_whatever_we_suggest_has_a_group():
    assert [name for name in SUGGESTIONS if profession_of(str(name)) is Profession.OTHER] == []
