"""Which names of organisations are the same, and how names are sorted."""

import pytest

from pledges.inputs.organisation_names import is_alike, key

SAME = [
    ("Café Trust", "Cafe Trust"),
    ("Café Trust", "Cafe\u0301 Trust"),
    ("New Heath Women’s Institute", "New Heath Women's Institute"),
    ("New Heath Women's Institute", "New Heath Womens Institute"),
    ("Smith & Co Ltd", "Smith and Co Limited"),
    ("A&B", "a and b"),
    ("The Harbour Trust", "Harbour Trust"),
    ("Solar Neighbours C.I.C", "Solar Neighbours CIC"),
    ("Solar Neighbours C. I. C.", "Solar Neighbours CIC"),
    ("St. Mary's", "St Mary’s"),
    ("Marsh  Jury", "Marsh\u00a0Jury"),
    ("“Quoted” Collective", "Quoted Collective"),
    ("Lіberty", "Liberty"),  # a Cyrillic i
    ("ОХFАМ Sample", "Oxfam Sample"),
    ("Ｌiberty", "Liberty"),
    ("Ægir", "Aegir"),
    ("Łódź", "Lodz"),
    ("УКРАЇНЦІ", "українці"),
    ("Crynwyr Tŷ Ŵyl", "Crynwyr Ty Wyl"),
]
ALIKE = [
    ("Oakham climate emergency", "Oakham Climate Emergency Group"),
    ("Example Teachers Network", "Example Teachers' Network, Leeds"),
    ("Exmaple Teachers", "Example Teachers"),
    ("Make.Ride CIC", "MakeRide CIC"),
    ("Examp1e Food Bank", "Example Food Bank"),
    ("Un10n of Porters", "Union of Porters"),
    ("Environment Oakham", "Environment Oakham Ltd."),
]
DIFFERENT = [
    ("Bank of the West", "Bank of the East"),
    ("Example One", "Example Two"),
    ("Care4Sampleton", "CareSampleton"),
    ("Unison Branch 4711", "Unison Branch 4712"),
    ("Environment Oakham Ltd.", "refill oakham limited"),
    ("Oakham", "21st Century Oakham Society"),
    ("कि", "कु"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_people_write_differently_is_one_name(one, other):
    assert key(one) == key(other)


@pytest.mark.parametrize(("one", "other"), [*SAME, *ALIKE])
def test_names_worth_comparing_are_alike_both_ways(one, other):
    assert is_alike(key(one), key(other))
    assert is_alike(key(other), key(one))


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_names_with_words_of_their_own_are_different(one, other):
    assert not is_alike(key(one), key(other))


def test_names_are_in_the_order_of_the_alphabet_digits_first():
    names = ["Zebra", "“Quoted”", "Östra", "Åland", "The Harbour Trust", "21st Century", "Ægir", "Alpha", "élan", "Elf"]
    in_order = [
        "21st Century",
        "Ægir",
        "Åland",
        "Alpha",
        "élan",
        "Elf",
        "The Harbour Trust",
        "Östra",
        "“Quoted”",
        "Zebra",
    ]
    assert sorted(names, key=key) == in_order


@pytest.mark.parametrize("name", ["The", "'", "²", "& " * 75, "\ufdfa" * 150])
def test_every_name_has_a_key_that_fits_into_an_index(name):
    assert 0 < len(key(name)) <= 300
