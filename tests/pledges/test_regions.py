import pytest

from pledges.regions import AREAS, Region, region_of


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
