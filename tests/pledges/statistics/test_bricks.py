"""Drawings of bricks: the wall shows how many have signed, the flow what is shared."""

import re
from types import SimpleNamespace

import pytest
from django.template import engines

from pledges.statistics import bricks
from pledges.templatetags.drawings import MOST, each_brick, flow, wall


def kinds(people):
    return re.findall(r'class="brick(?: brick--(\w+))?"', wall(people))


def test_before_the_first_signature_only_the_outlined_brick_is_drawn():
    assert kinds(0) == ["open"]


def test_after_the_last_day_no_brick_waits_for_the_next_person(settings):
    settings.CAMPAIGN_ENDS = "2020-01-01"
    assert kinds(0) == []
    assert len(kinds(12)) == 12
    assert "open" not in kinds(12)


def test_few_people_are_a_brick_each():
    assert len(kinds(12)) == 12 + 1
    assert each_brick(12) == 1


@pytest.mark.parametrize(("people", "each"), [(84, 1), (85, 2), (8412, 100), (1_000_000, 20_000)])
def test_a_brick_stands_for_more_people_as_they_grow(people, each):
    assert each_brick(people) == each
    assert len(kinds(people)) <= MOST + 1


def test_bricks_are_inside_the_wall_and_never_overlap():
    wall, height = bricks.build_wall(40, width=200)
    for one in wall:
        assert 0 <= one.x < one.x + one.length <= 200
        assert 0 <= one.y < one.y + one.high <= height
    courses = {}
    for one in sorted(wall, key=lambda brick: brick.x):
        assert one.x >= courses.get(one.y, 0)
        courses[one.y] = one.x + one.length + bricks.JOINT


def arrangement(label, ended_on=None):
    return SimpleNamespace(label=label, tone="health", ended_on=ended_on, get_absolute_url=lambda: f"#{label}")


def test_every_stream_arrives_at_the_home_office_and_stays_in_the_drawing():
    streams = flow([arrangement("Schools"), arrangement("NHS"), arrangement("Police")])["streams"]
    assert [stream.arrangement.label for stream in streams] == ["Schools", "NHS", "Police"]
    for stream in streams:
        assert 0 <= stream.left < stream.left + stream.width <= 360
        assert 48 < stream.end < 312


def test_an_arrangement_that_ended_is_outlined_and_says_so():
    drawing = engines["django"].from_string("{% load drawings %}{% flow these %}")
    ended = arrangement("NHS", SimpleNamespace(year=2018))
    text = drawing.render({"these": [arrangement("Schools"), ended]})
    assert text.count("flow-line--ended") == 1
    assert "2018" in text
    assert 'href="#NHS"' in text


def test_a_flow_without_arrangements_is_no_error():
    assert flow([])["streams"] == []
