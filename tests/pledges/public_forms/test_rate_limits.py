import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from django.core.cache import caches
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from django.utils import timezone

from campaign import rate_limit_cache
from campaign.models import RateLimitCount, RateLimitSalt
from pledges.models import PendingSignature
from pledges.public_forms import rate_limits
from tests.pledges.signing.test_forms import ORGANISATION, SIGN


@pytest.fixture(autouse=True)
def standing_clock(time_machine):
    """Stops the clock, so that no window ends and no client gets another hash (at midnight) during a test."""
    time_machine.move_to(timezone.now(), tick=False)


EDGE = rate_limits.LIMITS["complaint"]


def asks(address="203.0.113.9", group="complaint", times=1, **headers):
    """Sends this many requests; returns the last answer."""
    request = RequestFactory().post("/", REMOTE_ADDR=address, headers=headers)
    return [rate_limits.exceeded(request, group) for _ in range(times)][-1]


def of(address):
    return rate_limits.client(RequestFactory().get("/", REMOTE_ADDR=address))


@pytest.mark.django_db
def test_requests_up_to_the_limit_pass_and_the_next_is_told_how_long_to_wait():
    assert asks(times=EDGE) == 0
    assert 0 < asks() <= 3600


@pytest.mark.django_db
def test_another_client_and_another_group_have_counts_of_their_own():
    asks(times=EDGE + 1)
    assert asks("203.0.113.10") == 0
    assert asks(group="sign") == 0


@pytest.mark.django_db
def test_a_subject_is_counted_in_the_place_of_the_client():
    request = RequestFactory().post("/", REMOTE_ADDR="203.0.113.9")
    other = RequestFactory().post("/", REMOTE_ADDR="203.0.113.10")
    for _ in range(EDGE):
        rate_limits.exceeded(request, "complaint", "alice@example.org")
    assert rate_limits.exceeded(other, "complaint", "alice@example.org")
    assert not rate_limits.exceeded(other, "complaint", "bob@example.org")


HEADERS = ["X-Forwarded-For", "X-Real-IP", "Forwarded", "X_Forwarded_For", "Client-IP", "True-Client-IP"]
HEADERS += ["CF-Connecting-IP", "X-Client-IP", "X-Cluster-Client-IP", "X-Original-Forwarded-For"]


@pytest.mark.django_db
@pytest.mark.parametrize("proxies", [0, 1, 2])
def test_forged_headers_are_one_client(settings, proxies):
    settings.TRUSTED_PROXIES = proxies
    behind = ["203.0.113.9", "10.0.0.2"][:proxies]  # what our own proxies append
    seen = set()
    for header in HEADERS:
        for forged in range(10):
            sent = {header: f"198.51.100.{forged}"}
            chain = ", ".join([*filter(None, [sent.get("X-Forwarded-For")]), *behind])
            sent |= {"X-Forwarded-For": chain} if chain else {}
            request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.9", headers=sent)
            seen.add(rate_limits.client(request))
    assert seen == {of("203.0.113.9")}


@pytest.mark.django_db
def test_a_chain_shorter_than_our_proxies_is_the_direct_peer(settings):
    settings.TRUSTED_PROXIES = 2
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.2", headers={"X-Forwarded-For": "198.51.100.1"})
    assert rate_limits.client(request) == of("10.0.0.2")


@pytest.mark.django_db
def test_a_thousand_addresses_of_one_64_are_one_client():
    assert len({of(f"2001:db8:1:2:{n:x}::{n:x}") for n in range(1000)}) == 1
    assert of("2001:db8:1:3::1") != of("2001:db8:1:2::1")
    assert of("::ffff:203.0.113.9") == of("203.0.113.9") != of("::ffff:203.0.113.8")


@pytest.mark.django_db
def test_all_networks_of_one_48_have_four_times_what_one_has():
    for client in range(rate_limits.WIDER):
        assert asks(f"2001:db8:1:{client}::1", times=EDGE) == 0
    assert asks("2001:db8:1:ffff::1") > 0
    assert asks("2001:db8:2::1") == 0


@pytest.mark.django_db
def test_a_network_is_an_ipv6_48_or_one_ipv4_address_and_no_clients_hash():
    def network(address):
        return rate_limits.network(RequestFactory().get("/", REMOTE_ADDR=address))

    assert network("2001:db8:1:2::1") == network("2001:db8:1:ffff::9") != network("2001:db8:2::1")
    assert network("203.0.113.9") == network("::ffff:203.0.113.9") != network("203.0.113.8")
    assert network("203.0.113.9") != of("203.0.113.9")


@pytest.mark.django_db
def test_five_hundred_people_behind_the_one_address_of_their_school_pass():
    assert asks(group="sign", times=500) == 0


@pytest.mark.django_db
def test_a_request_is_counted_by_one_statement(django_assert_num_queries):
    asks("2001:db8:1::1")
    with django_assert_num_queries(1):
        asks("2001:db8:1::1")


@pytest.mark.django_db
def test_a_client_over_its_limit_uses_up_nothing_of_its_48():
    asks("2001:db8:1::1", times=EDGE + 5)
    assert set(RateLimitCount.objects.values_list("value", flat=True)) == {EDGE + 5, EDGE}


@pytest.mark.django_db
def test_a_count_starts_again_after_the_seconds_to_wait(time_machine):
    time_machine.move_to(timezone.now(), tick=False)  # a second that ends between two requests counts as well
    asks(times=EDGE)
    seconds = asks()
    time_machine.shift(timedelta(seconds=seconds - 1))
    assert asks() == 1
    time_machine.shift(timedelta(seconds=1))
    assert asks(times=EDGE) == 0
    assert asks() == 3600


@pytest.mark.django_db
def test_the_setting_that_turns_django_ratelimit_off_turns_the_limits_off(settings):
    settings.RATELIMIT_ENABLE = False
    assert asks("2001:db8:1::1", times=EDGE + 1) == 0


@pytest.mark.django_db(transaction=True)
def test_fifty_parallel_requests_exceed_the_limit_by_at_most_one():
    asks(times=EDGE - 10)

    def once(_):
        try:
            return asks()
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as pool:
        passed = sum(not waited for waited in pool.map(once, range(50)))
    assert abs(passed - 10) <= 1


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["salt", "count"])
def test_without_the_database_no_request_passes(monkeypatch, act):
    def down(*args, **kwargs):
        raise OperationalError

    if act == "salt":
        monkeypatch.setattr(RateLimitSalt.objects, "filter", down)
    else:
        caches["limits"].salt(timezone.now().date())
        monkeypatch.setattr(rate_limit_cache.connection, "prepared_cursor", down)
    with pytest.raises(OperationalError):
        asks()


@pytest.mark.django_db
def test_the_address_is_neither_stored_nor_logged(caplog):
    caplog.set_level(logging.DEBUG)
    asks(times=EDGE + 1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key FROM campaign_ratelimitcount UNION ALL SELECT salt::text FROM campaign_ratelimitsalt"
        )
        stored = str(cursor.fetchall())
    assert "203.0.113" not in stored + caplog.text


@pytest.mark.django_db
def test_tomorrow_the_same_client_has_another_hash(time_machine):
    today = of("203.0.113.9")
    time_machine.shift(timedelta(days=1))
    assert of("203.0.113.9") != today


@pytest.mark.django_db
def test_the_tables_are_unlogged():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relpersistence = 'u' AND relkind = 'r' ORDER BY 1")
        assert [name for (name,) in cursor.fetchall()] == ["campaign_ratelimitcount", "campaign_ratelimitsalt"]


@pytest.mark.django_db
def test_a_salt_is_read_again_soon_since_a_crash_of_the_database_erases_it(monkeypatch):
    today, store = timezone.now().date(), caches["limits"]
    first = store.salt(today)
    RateLimitSalt.objects.all().delete()
    assert store.salt(today) == first
    monkeypatch.setattr(rate_limit_cache, "SALT_REMEMBERED_FOR", 0)
    assert store.salt(today) != first


@pytest.mark.django_db
def test_a_salt_is_drawn_once_for_a_day():
    store = caches["limits"]
    assert store.salt(date(2026, 11, 20)) == store.salt(date(2026, 11, 20)) != store.salt(date(2026, 11, 21))


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "fields"), [("/pledge/", SIGN), ("/pledge/organisations/sign/", ORGANISATION)])
def test_without_the_database_forms_are_refused_and_pages_shown(monkeypatch, path, fields):
    def down(*args):
        raise OperationalError

    client = Client(raise_request_exception=False)
    monkeypatch.setattr(caches["limits"], "add", down)
    answer = client.post(path, urlencode(fields), "application/x-www-form-urlencoded")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert fields["email"] in answer.content.decode()
    assert not PendingSignature.objects.exists()
    assert {client.get(page).status_code for page in ("/", path, "/about/", "/pledge/supporters/")} == {200}
