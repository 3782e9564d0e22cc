import pytest

from pledges.inputs.regions import AREAS, Region, region_of
from tests import cases

POSTCODES = cases.read("postcodes.csv")


def test_every_area_of_the_royal_mail_has_a_region():
    assert len(AREAS - {"BF"}) == 124


@pytest.mark.parametrize(
    ("postcode", "region"),
    [
        ("SW1P 2HR", Region.LONDON),
        ("M1 1AE", Region.NORTH_WEST),
        ("ME1 1AA", Region.SOUTH_EAST),
        ("TD15 1AA", Region.NORTH_EAST),
        ("TD1 1AA", Region.SCOTLAND),
        ("CH7 1AA", Region.WALES),
        ("CH1 1AA", Region.NORTH_WEST),
        ("BT1 1AA", Region.NORTHERN_IRELAND),
        ("JE2 3AB", Region.ELSEWHERE),
    ],
)
def test_a_postcode_has_the_region_of_its_area_or_district(postcode, region):
    assert region_of(postcode) is region


@pytest.mark.parametrize("case", cases.read("sectors.csv"), ids=lambda case: case["sector"])
def test_a_sector_across_a_border_decides_over_its_district(case):
    assert region_of(f"{case['sector']}AA") == case["region"]


@pytest.mark.parametrize("case", cases.read("districts.csv"), ids=lambda case: case["outcode"])
def test_a_district_across_a_border_decides_over_its_area(case):
    sectors = {sector["sector"] for sector in cases.read("sectors.csv")}
    others = [digit for digit in range(10) if f"{case['outcode']} {digit}" not in sectors]
    assert {region_of(f"{case['outcode']} {digit}AA") for digit in others} == {case["region"]}


@pytest.mark.parametrize(("where", "bound"), [("random", 3), ("border", 1)])
def test_at_most_one_in_sixty_postcodes_lies_in_another_region(where, bound):
    wrong = [case for case in POSTCODES if case["where"] == where and region_of(case["postcode"]) != case["region"]]
    assert len(wrong) <= bound, wrong
