import re
import uuid
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from pledges.lists import views as lists
from pledges.models import ListVisibility, Organisation, PledgeText, PublicName, Signature
from pledges.statistics import totals
from tests.makers import NOW

pytestmark = pytest.mark.django_db
TODAY, DAY = NOW.date(), timedelta(days=1)


def listed(name, day=TODAY, **signature):
    pledge_text = PledgeText.objects.get(number=1)
    one = Signature(digest=uuid.uuid4().bytes * 2, pledge_text=pledge_text, confirmed_on=day, **signature)
    one.save()
    return PublicName.objects.create(signature=one, name=name, listed_on=day)


def organisation(name, kind="union", **others):
    pledge_text = PledgeText.objects.get(number=1)
    plain = {"is_named": True, "confirmed_at": NOW, "approved_at": NOW}
    return Organisation.objects.create(name=name, kind=kind, pledge_text=pledge_text, **{**plain, **others})


def names(page):
    return re.findall(r"<bdi>(.*?)</bdi>", page.content.decode())


def next_page(page):
    found = re.search(r'href="(\?after=[^"]+)"', page.content.decode())
    return found and "/pledge/supporters/" + found[1]


def test_supporters_are_listed_newest_first_with_their_name_only(client):
    listed("Alice", profession="health", region="wales")
    listed("Bob", TODAY + DAY)
    page = client.get("/pledge/supporters/")
    assert names(page) == ["Bob", "Alice"]
    assert not {"Health", "Wales"} & set(re.split(r"[<>]", page.text.partition("register")[2]))
    assert "noindex" in page.content.decode()


def test_hidden_and_quarantined_names_and_samples_are_not_shown(client):
    PublicName.objects.filter(pk=listed("Hidden").pk).update(hidden_at=NOW)
    listed("Trapped", quarantined_on=TODAY)
    listed("Sample", sample=True)
    assert names(client.get("/pledge/supporters/")) == []


def test_every_supporter_is_on_exactly_one_page_of_the_list(client, monkeypatch):
    monkeypatch.setattr(lists, "NAMES_ON_A_PAGE", 3)
    given = {f"N{n}" for n in range(10)}
    for n, name in enumerate(sorted(given)):
        listed(name, date(2026, 6, 1 + n // 4))
    seen, address = [], "/pledge/supporters/"
    while address and len(seen) <= len(given):
        page = client.get(address)
        seen += names(page)
        address = next_page(page)
    assert len(seen) == 10
    assert set(seen) == given


def test_a_page_key_shows_neither_day_nor_ref(client, monkeypatch):
    monkeypatch.setattr(lists, "NAMES_ON_A_PAGE", 1)
    first, second = listed("Alice"), listed("Bob")
    page = client.get("/pledge/supporters/")
    [key] = parse_qs(urlsplit(next_page(page)).query)["after"]
    assert not any(str(one.ref)[:8] in key for one in (first, second))
    assert next_page(client.get("/pledge/supporters/")) == next_page(page)


@pytest.mark.parametrize("key", ["x", "AAAA", "A" * 48, "é", "1", "=" * 9, "A" * 2000])
def test_a_page_key_that_is_none_of_ours_shows_the_beginning(client, key):
    listed("Alice")
    assert names(client.get("/pledge/supporters/", {"after": key})) == ["Alice"]


def test_a_page_deep_in_the_list_costs_no_more_queries(client, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(lists, "NAMES_ON_A_PAGE", 5)
    for n in range(12):
        listed(f"N{n}")
    second = next_page(client.get("/pledge/supporters/"))
    with django_assert_max_num_queries(3):
        client.get(second)


def test_organisations_are_listed_by_kind_and_name(client):
    for name, kind in [("example Zebras", "union"), ("Example Ants", "union"), ("Example Bees", "faith")]:
        organisation(name, kind)
    page = client.get("/pledge/organisations/").content.decode()
    places = [page.index(words) for words in (">Faith<", "Example Bees", ">Union<", "Example Ants", "example Zebras")]
    assert places == sorted(places)


def test_many_organisations_are_on_several_pages(client, monkeypatch):
    monkeypatch.setattr(lists, "ORGANISATIONS_ON_A_PAGE", 2)
    for name, kind in [("Example Ants", "faith"), ("Example Bees", "union"), ("Example Crows", "union")]:
        organisation(name, kind)
    totals.recount(NOW)
    first = client.get("/pledge/organisations/").content.decode()
    assert "3 organisations have signed the pledge" in first
    assert "Example Crows" not in first
    [later] = re.findall(r'rel="next" href="(.*?)"', first)
    second = client.get("/pledge/organisations/" + later).content.decode()
    assert re.findall(r">(Union|Faith)<", second) == ["Union"]
    assert "Example Crows" in second
    assert 'rel="prev" href="?page=1"' in second
    assert "noindex" in second


def test_a_search_keeps_its_words_on_the_next_page(client, monkeypatch):
    monkeypatch.setattr(lists, "ORGANISATIONS_ON_A_PAGE", 1)
    organisation("Example Ants")
    organisation("Example Bees")
    page = client.get("/pledge/organisations/", {"q": "example"}).content.decode()
    assert 'rel="next" href="?q=example&amp;page=2"' in page


@pytest.mark.parametrize("number", ["x", "-1", "999999999999999999999", "0", "é"])
def test_a_wrong_page_number_shows_an_existing_page(client, number):
    organisation("Example Ants")
    assert "Example Ants" in client.get("/pledge/organisations/", {"page": number}).content.decode()


def test_more_organisations_need_no_more_queries(client, django_assert_num_queries):
    for n in range(20):
        organisation(f"Example {n}", kind=["union", "faith"][n % 2])
    with django_assert_num_queries(4):  # visibility, these, totals, unnamed ones
        client.get("/pledge/organisations/")


def test_only_what_staff_approved_is_listed(client):
    organisation("Example Waiting", approved_at=None)
    organisation("Example Withdrawn", withdrawn_at=NOW)
    organisation("Example Sample", sample=True)
    organisation("Example Shy", is_named=False)
    page = client.get("/pledge/organisations/").content.decode()
    assert not re.search("Example (Waiting|Withdrawn|Sample|Shy)", page)
    assert "asked us not to show their names" in page


def test_the_heading_counts_organisations_that_are_not_named_too(client):
    organisation("Example Ants")
    organisation("Example Shy", is_named=False)
    totals.recount(NOW)
    assert "2 organisations have signed the pledge" in client.get("/pledge/organisations/").content.decode()


def test_organisations_are_found_by_a_part_of_their_name(client):
    organisation("Example Ants")
    organisation("Example Bees")
    page = client.get("/pledge/organisations/", {"q": "ANT"}).content.decode()
    assert "Example Ants" in page
    assert "Example Bees" not in page


def test_a_search_is_shown_escaped(client):
    page = client.get("/pledge/organisations/", {"q": "<script>{{7*7}}"}).content.decode()
    assert "“&lt;script&gt;{{7*7}}”" in page


@pytest.mark.parametrize("words", ["\u200bant\ufeff", "ＡＮＴ"])
def test_a_search_for_organisations_is_tidied_and_width_makes_no_difference(client, words):
    organisation("Example Ants")
    organisation("Example Bees")
    [found] = client.get("/pledge/organisations/", {"q": words}).context["page"].rows
    assert found.name == "Example Ants"


def test_too_long_a_search_says_so(client):
    answer = client.get("/pledge/organisations/", {"q": "x" * 101})
    assert answer.status_code == 422
    assert '<a href="#id_q">That is too long' in answer.content.decode()


def test_a_search_for_nothing_shows_all(client):
    organisation("Example Ants")
    answer = client.get("/pledge/organisations/", {"q": " "})
    assert answer.status_code == 200
    assert "Example Ants" in answer.content.decode()
    assert "Error:" not in answer.content.decode()


def test_a_website_is_linked_without_giving_it_weight(client):
    organisation("Example Ants", website="https://www.example.org")
    page = client.get("/pledge/organisations/").content.decode()
    assert '<a href="https://www.example.org" rel="noopener nofollow ugc"><bdi>Example Ants</bdi></a>' in page


@pytest.mark.parametrize("address", ["/pledge/supporters/", "/pledge/organisations/", "/pledge/organisations/?q=x"])
def test_hidden_lists_say_that_they_are_hidden_and_nothing_else(client, address):
    listed("Alice")
    organisation("Example x")
    ListVisibility.objects.create(lists_hidden=True, decided_at=NOW)
    text = client.get(address).text
    assert "We are not showing the list" in text
    assert not re.search("yet|No organisation|no name", text.split("<main")[1].split("</main>")[0], re.IGNORECASE)


def test_organisations_with_an_hour_to_come_are_not_shown_yet(client):
    organisation("Example")
    ListVisibility.objects.create(organisations_from=timezone.now() + DAY, decided_at=NOW)
    assert "We are not showing the list" in client.get("/pledge/organisations/").text


@pytest.mark.parametrize("address", ["/pledge/supporters/", "/pledge/organisations/"])
def test_after_the_campaign_the_lists_ask_nobody_to_sign(client, settings, time_machine, address):
    settings.CAMPAIGN_ENDS = "2026-05-01"
    time_machine.move_to(NOW, tick=False)
    totals.close(NOW)
    text = client.get(address).text.split("<main")[1]
    assert "/sign/" not in text
    assert "open place" not in text
    assert "first place" not in text


def test_before_names_are_shown_the_page_says_that_none_are_in_the_list_yet(client):
    listed("Alice", timezone.localdate())
    assert "No names are in the list yet" in client.get("/pledge/supporters/").text


def test_organisations_are_found_however_their_name_is_spelt(client):
    organisation("New Heath Women’s Café & Co Ltd.")
    for sought in ("womens cafe", "Women's Cafe", "& co limited", "HEATH  WOMEN"):
        assert "New Heath" in client.get("/pledge/organisations/", {"q": sought}).text


def test_organisations_stand_in_the_order_of_their_keys_and_the_page_says_so(client):
    for name in ("Zebra", "The Harbour Trust", "Élan", "Elan 2", "21st Century"):
        organisation(name)
    text = client.get("/pledge/organisations/").text
    places = [text.index(name) for name in ("21st Century", "Élan", "Elan 2", "The Harbour Trust", "Zebra")]
    assert places == sorted(places)
    assert "We ignore “The”" in text
