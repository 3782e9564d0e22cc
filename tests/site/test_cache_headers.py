"""The Cache-Control header of every URL, and that campaign.http.page_cache agrees with it."""

import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from campaign.http import page_cache
from campaign.http.middleware import PUBLIC
from reports.models import Report
from reports.share_images import images
from tests.site.test_every_view import views


@pytest.fixture
def said(db):
    """The Cache-Control of every view by its name, for a GET, with invented parameters."""
    client = Client(raise_request_exception=False)
    found = [path for path, _ in views(get_resolver()) if "(" not in path]
    return {get_resolver().resolve(path).view_name: client.get(path)["Cache-Control"] for path in found}


def test_every_url_says_public_for_seconds_or_is_not_stored(said):
    count_to_embed = said.pop("share_count")  # a file on other people's sites
    assert count_to_embed == "public, max-age=3600"
    assert set(said.values()) == {"no-store", PUBLIC}


def test_every_view_that_answers_in_public_is_stored(said):
    public = {name for name, cache_control in said.items() if cache_control == PUBLIC}
    assert {"home", "pledges:sign", "reports:search", "reports:atom"} <= public
    assert public <= page_cache.ROUTES.keys() <= said.keys()


def test_no_view_that_knows_a_person_or_staff_is_public(said):
    private = ("admin:", "demo_", "complaint_", "healthz", "readyz", "pledges:sent", "pledges:confirm")
    mine = {"pledges:mine_opened", "pledges:mine_download", "pledges:never"}
    names = {name for name in said if name.startswith(private)} | mine
    assert {said[name] for name in names} == {"no-store"}
    assert not names & page_cache.ROUTES.keys()


def test_an_image_to_share_is_stored_by_browsers_and_may_be_taken_back(client, db):
    report = Report.objects.create(key="r", title="R", dated_on=timezone.localdate(), published_at=timezone.now())
    said = client.get(images.share_image_of(report).get_absolute_url())["Cache-Control"]
    assert {"public", "immutable", "s-maxage=2"} <= set(said.split(", "))
