"""Members of staff see their own sessions, and end them."""

import pytest
from django.test import Client

from campaign.staff import sessions
from tests.staff_accounts import sign_in, staff

pytestmark = pytest.mark.django_db
SESSIONS, END = "/admin/sessions/", "/admin/sessions/end/"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
FAMILIES = {
    CHROME: "Chrome",
    f"{CHROME} Edg/140.0.0.0": "Edge",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": "Firefox",
    "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15": "Safari",
    "curl/8": "",
}


@pytest.fixture
def two():
    """Two browsers in which Mona is signed in, in the first a moment ago; and one of Noor's."""
    mona, first, second, noors = staff(), Client(), Client(), Client()
    sign_in(first, mona, again=True)
    sign_in(second, mona)
    sign_in(noors, staff("noor@example.org"))
    for client in (first, second, noors):
        client.get("/admin/")
    return first, second, noors


@pytest.mark.parametrize("agent", FAMILIES)
def test_a_browser_is_known_by_its_family_alone(agent):
    assert sessions.browser_family(agent) == FAMILIES[agent]


def test_a_sign_in_notes_the_browsers_family(client):
    staff()
    sent = {"username": "mona@example.org", "password": "a brick is two units long"}
    client.post("/admin/login/", sent, headers={"user-agent": CHROME})
    assert client.session[sessions.BROWSER] == "Chrome"


def test_the_list_shows_ones_own_sessions_and_never_a_key(two):
    first, second, _noors = two
    page = first.get(SESSIONS)
    assert [own.is_this for own in page.context["sessions"]] == [True, False]
    assert first.session.session_key not in page.text
    assert second.session.session_key not in page.text


def test_one_session_is_ended_from_another(two):
    first, second, _noors = two
    other = first.get(SESSIONS).context["sessions"][1]
    first.post(END, {"session": other.name})
    assert second.get("/admin/").status_code == 302
    assert first.get("/admin/").status_code == 200


def test_a_screen_left_unlocked_ends_no_session(two):
    first, second, _noors = two
    answer = second.post(END, {"session": "others"})
    assert answer.url.startswith("/admin/factor/again/")
    assert first.get("/admin/").status_code == 200


def test_all_others_are_ended_at_once_and_nobody_elses(two):
    first, second, noors = two
    first.post(END, {"session": "others"})
    assert [client.get("/admin/").status_code for client in (first, second, noors)] == [200, 302, 200]


def test_a_session_of_somebody_else_is_not_ended_by_its_name(two):
    first, _second, noors = two
    name = noors.get(SESSIONS).context["sessions"][0].name
    first.post(END, {"session": name})
    assert noors.get("/admin/").status_code == 200


def test_sessions_that_a_change_of_the_factor_ended_are_not_listed(two):
    first, _second, _noors = two
    user = first.get(SESSIONS).wsgi_request.user
    user.session_version += 1
    user.save()
    sign_in(first, user)
    assert len(first.get(SESSIONS).context["sessions"]) == 1


def test_signing_out_ends_the_session_on_the_server_and_clears_the_browser(client):
    sign_in(client, staff())
    stolen = client.cookies["__Secure-session"].value
    answer = client.post("/admin/logout/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    thief = Client(headers={"Cookie": f"__Secure-session={stolen}"})
    assert thief.get(SESSIONS).status_code == 302


def test_the_id_of_a_session_is_random_and_long(two):
    ids = {client.cookies["__Secure-session"].value for client in two}
    assert len(ids) == 3
    assert min(len(id) for id in ids) >= 25  # of 36 characters each: 128 bits
