"""The charts of the numbers stay within their frame."""

import pytest

from pledges.inputs.regions import Region
from pledges.statistics import charts
from pledges.statistics.weekly import Cell


def cells(*numbers):
    return [Cell(f"part-{n}", f"{n} Jan 2026", number) for n, number in enumerate(numbers)]


@pytest.mark.parametrize("numbers", [[0], [10], [170, 180], [10] * 30, [9_990, 100_000, 1_234_560]])
def test_the_columns_are_within_their_frame(numbers):
    drawn = charts.columns(cells(*numbers))
    for brick in drawn["bricks"]:
        assert charts.SCALE_WIDTH <= brick.x <= 400 - brick.length
        assert drawn["top"] < brick.y < brick.y + brick.high <= 0


def test_the_columns_are_as_high_as_their_numbers():
    drawn = charts.columns(cells(50, 100))
    heights = {brick.x: 0.0 for brick in drawn["bricks"]}
    for brick in drawn["bricks"]:
        heights[brick.x] += brick.high + charts.JOINT
    low, high = heights.values()
    assert high == 2 * low


def test_a_brick_of_a_chart_never_represents_fewer_than_ten():
    assert charts.each(cells(10)) == 10
    assert charts.each(cells(3_400)) == 200


def test_every_region_has_a_tile_and_the_small_ones_no_colour():
    tiles = charts.tiles([Cell(region, region, 10 * n) for n, region in enumerate(Region.values)])
    assert len(tiles) == len(Region)
    assert len({(tile.x, tile.y) for tile in tiles}) == len(Region)
    strengths = {tile.cell.key: tile.strength for tile in tiles}
    assert (strengths["north-east"], strengths["elsewhere"]) == (0, 4)


def test_rows_run_from_the_largest_and_end_with_who_did_not_say():
    named = [Cell("other", "Other", 90), Cell("law", "Law", 10), Cell("health", "Health", 20), Cell("not-said", "", 99)]
    assert [cell.key for _, cell, _ in charts.rows(named)] == ["health", "law", "other", "not-said"]
    for _, _, bricks in charts.rows(named):
        assert all(brick.x + brick.length <= charts.ROW_WIDTH for brick in bricks)


def test_nothing_to_draw_is_no_error():
    assert charts.columns([])["bricks"] == []
    assert all(not bricks for _, _, bricks in charts.rows(cells(0, 0)))
