import pytest
from django.core.mail import EmailMultiAlternatives, get_connection


@pytest.fixture
def demo(settings, tmp_path):
    """Runs the site as the demo does, with one email sent."""
    settings.DEBUG = True
    settings.EMAIL_FILE_PATH = str(tmp_path)
    email = EmailMultiAlternatives(
        "Please confirm", "Open https://pledge.example.org/x/ <b>\n" + "é" * 200, to=["alice@example.org"]
    )
    email.attach_alternative("<p>Open</p>", "text/html")
    get_connection("django.core.mail.backends.filebased.EmailBackend").send_messages([email])


def test_the_demos_emails_are_shown_on_this_machine(demo, client):
    page = client.get("/demo/inbox/").content.decode()
    assert "To alice@example.org" in page
    assert 'href="https://pledge.example.org/x/"' in page
    assert "&lt;b&gt;" in page
    assert "é" * 200 in page


def test_an_empty_inbox_says_so(demo, client, settings, tmp_path):
    settings.EMAIL_FILE_PATH = str(tmp_path / "none")
    assert b"No emails yet" in client.get("/demo/inbox/").content


@pytest.mark.parametrize("address", ["203.0.113.9", "2001:db8::1", ""])
def test_the_demo_inbox_refuses_other_machines(demo, client, address):
    assert client.get("/demo/inbox/", REMOTE_ADDR=address).status_code == 404


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via", "X-Real-IP", "CF-Connecting-IP"]
)
def test_the_demo_inbox_refuses_proxied_requests(demo, client, settings, header):
    settings.TRUSTED_PROXIES = 1
    assert client.get("/demo/inbox/", headers={header: "127.0.0.1"}).status_code == 404


def test_outside_the_demo_there_is_no_inbox(demo, client, settings):
    settings.DEBUG = False
    assert client.get("/demo/inbox/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(("debug", "shown"), [(True, True), (False, False)])
@pytest.mark.parametrize("path", ["/pledge/sent/0123456789abcdef/", "/pledge/mine/sent/"])
def test_only_in_the_demo_do_inbox_pages_link_to_the_demo_inbox(client, settings, path, debug, shown):
    settings.DEBUG = debug
    page = client.get(path).content.decode()
    assert ("/demo/inbox/" in page) is shown
