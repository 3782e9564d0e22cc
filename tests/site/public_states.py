"""The HTML of every public page, and of its states after a form, a link or the campaign's end."""

import re
from collections.abc import Iterator
from datetime import datetime
from unittest import mock
from urllib.parse import urlencode

from django.conf import settings
from django.core.management import call_command
from django.test import Client, RequestFactory, override_settings
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone, translation

from campaign.http import errors, unsent_form
from pledges.crypto import tokens
from pledges.crypto.tokens import TokenPurpose
from pledges.languages import TRANSLATED
from pledges.models import Organisation
from pledges.models.answers import ConfirmChoices
from pledges.public_forms import rate_limits
from pledges.signing import service as signing
from reports import load_content
from tests.makers import ALICE, BOB, CHARLIE, answers, organisation_answers, signed, token_of

ENGLISH = settings.LANGUAGE_CODE
FORM = "application/x-www-form-urlencoded"
SIGN = {"email": "dora@example.org", "by_email": "no", "pledge_text": "1"}
NO_PAGE = re.compile(r"/(static|admin|demo)/|\.\w+$")
FORMS = [
    "/pledge/",
    "/pledge/organisations/sign/",
    "/pledge/stall/",
    "/pledge/mine/",
    "/privacy/complaint/",
    "/pledge/report-name/",
    "/cy/pledge/",
    "/cy/pledge/organisations/sign/",
    "/cy/pledge/mine/",
]
# Pages that are reached by a search, a form or a link in an email; and one that does not exist.
NOT_LINKED = [
    "/report/search/?q=NRPF",
    "/report/search/?q=polise",
    "/report/search/?q=zzzz",
    "/nothing/",
    "/pledge/organisations/?q=zzzz",
    "/pledge/organisations/?q=food",
    "/pledge/supporters/?page=99",
    "/pledge/sent/0123456789abcdef/",
    "/pledge/thank-you/",
    "/pledge/organisations/thank-you/",
    "/pledge/confirm/unknown/",
    "/pledge/mine/unknown/",
    "/pledge/mine/sent/",
    "/pledge/stall/next/",
    "/share/poster/",
    "/share/hand-out/",
    "/share/paper/",
    "/privacy/complaint/00000000-0000-4000-8000-000000000000/",
    "/pledge/report-name/thank-you/",
]
CHOICES = ConfirmChoices(public_name="Bob Example", post={"address": "1 Example Street"})


def pages() -> dict[str, str]:
    """Returns the HTML by address or name of the state. Writes the report, samples and signatures into the database."""
    load_content.load()
    call_command("load_samples", "--although-debug-is-off", verbosity=0)
    client = Client(raise_request_exception=False)
    return dict(_linked(Client())) | states() | dict(_away(client)) | dict(_after_the_end(client))


def states(language: str = ENGLISH) -> dict[str, str]:
    """Returns the HTML by name of the state, of the states that exist in this language. Writes signatures."""
    found = _states(Client(raise_request_exception=False), timezone.now(), language)
    return {name: html for name, html in found if html}


def path_in(language: str, path: str) -> str:
    """Returns the path of this English page in another language; "" if it is not translated into it."""
    if language == ENGLISH or path.startswith(f"/{language}/"):
        return path
    route, mark, query = path.partition("?")
    try:
        match = resolve(route)
    except Resolver404:
        return f"/{language}{path}"
    if language not in TRANSLATED.get(match.view_name, ()):
        return ""
    with translation.override(language):
        return reverse(match.view_name, args=match.args, kwargs=match.kwargs) + mark + query


def _linked(client: Client) -> Iterator[tuple[str, str]]:
    """Yields every page that is linked from the home page, the sharing page, or pages linked from them."""
    seen, waiting = set(), ["/", "/share/"]
    while waiting:
        path = waiting.pop()
        if path in seen or NO_PAGE.search(path):
            continue
        seen.add(path)
        html = client.get(path).content.decode()
        yield path, html
        waiting += [link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"#?]*)', html)]


def _states(client: Client, now: datetime, language: str) -> Iterator[tuple[str, str]]:
    def get(path: str) -> str:
        path = path_in(language, path)
        return client.get(path).content.decode() if path else ""

    def post(path: str, **fields: str) -> str:
        path = path_in(language, path)
        return client.post(path, urlencode(fields) or "nothing=", FORM).content.decode() if path else ""

    for path in FORMS:
        yield f"{path} with errors", post(path, email="alice@example")
    yield "/pledge/ asking about a slip", post("/pledge/", email="alice@gmial.com", by_email="no")
    with mock.patch.object(rate_limits, "exceeded", return_value=60):
        yield "/pledge/ sent too often", post("/pledge/", email="alice@example.org", by_email="no", pledge_text="1")
        yield "a code sent too often", post("/pledge/sent/0123456789abcdef/", code="7K3M9QXA")
    yield "a code that is wrong", post("/pledge/sent/0123456789abcdef/", code="7K3M9QXA")
    yield "a page that takes no form", post("/safety/")
    for path in NOT_LINKED:
        yield path, get(path)
    sent = client.post("/pledge/", urlencode(SIGN), FORM)["Location"]
    yield "sent, with the address", get(sent)
    yield "sent, with a wrong code", post(sent, code="7K3M 9QXA")
    yield "the form, to change the address", post(sent, change="yes")
    yield from _states_of_links(get, post, now)
    yield from _states_of_my_pledge(post, now)


def _states_of_links(get, post, now: datetime) -> Iterator[tuple[str, str]]:
    """Yields the pages that links in emails lead to: Alice has not confirmed, Bob has signed, Charlie is unknown."""
    new = f"/pledge/confirm/{token_of(signing.sign(answers(ALICE, by_email=True), now))}/"
    yield "to confirm", get(new)
    yield "to confirm, with errors", post(new, show_name="on")
    used = f"/pledge/confirm/{signed(BOB, CHOICES, now, by_email=True)}/"
    yield "confirmed already", get(used)
    again = f"/pledge/confirm/{token_of(signing.sign(answers(BOB), now))}/"
    yield "to confirm again, with earlier choices", post(again, earlier="show")
    handle = signing.sign(organisation_answers(BOB), now)
    yield "to confirm for an organisation", get(f"/pledge/confirm/{token_of(handle)}/")
    signed_for(handle, now)
    own = Organisation.objects.filter(digest=tokens.digest(BOB.identity)).get()
    mine, nothing = (f"/pledge/mine/{_key(TokenPurpose.MINE, one)}/" for one in (BOB, CHARLIE))
    yield "my pledge, to open", get(mine)
    yield "my pledge, not ticked", post(mine)
    yield "my pledge", post(mine, open="on")
    yield "my pledge, empty", post(nothing, open="on")
    yield "an organisation's entry", post(f"{mine}organisation/{own.ref}/")
    yield "an organisation's entry, with errors", post(f"{mine}organisation/{own.ref}/", save="yes", website="a b")
    for purpose in (TokenPurpose.NEVER, TokenPurpose.ALLOW, TokenPurpose.YEARLY):
        path = f"/pledge/{purpose.value}/{_key(purpose, CHARLIE)}/"
        yield f"{purpose.value}, to tick", get(path)
        yield f"{purpose.value}, not ticked", post(path)
        yield f"{purpose.value}, done", post(path, sure="on")
    unsubscribe = f"/pledge/unsubscribe/{'A' * 22}/"
    yield "unsubscribe", get(unsubscribe)
    yield "unsubscribed", post(unsubscribe, **{"List-Unsubscribe": "One-Click"})


def _states_of_my_pledge(post, now: datetime) -> Iterator[tuple[str, str]]:
    """Yields "My pledge" after each removal, for Bob, who has signed; at last his mailbox is blocked."""
    mine = f"/pledge/mine/{_key(TokenPurpose.MINE, BOB)}/"
    own = Organisation.objects.filter(digest=tokens.digest(BOB.identity)).get()
    yield "withdrawal not ticked", post(f"{mine}change/", kind="withdraw")
    for kind in ("hide-name", "stop-email", "stop-post"):
        yield f"after {kind}", post(f"{mine}change/", kind=kind)
    yield "the organisation withdrawn", post(f"{mine}organisation/{own.ref}/withdraw/", sure="on")
    for kind in ("withdraw", "never"):
        yield f"after {kind}", post(f"{mine}change/", kind=kind, sure="on")
    signing.sign(answers(BOB), now)
    yield "emails allowed, a form waits", post(f"/pledge/allow/{_key(TokenPurpose.ALLOW, BOB)}/", sure="on")


def _away(client: Client) -> Iterator[tuple[str, str]]:
    """Yields the answers to a form while the database is away: the form filled in, and a button to send it again."""
    request = RequestFactory().post("/pledge/", {"email": "alice@example.org"})
    yield "unavailable, without a form", errors.unavailable(request).text
    request.META[unsent_form.FORM_PAGE] = client.get("/pledge/").content
    yield "unavailable, with the form", errors.unavailable(request).text


def _after_the_end(client: Client) -> Iterator[tuple[str, str]]:
    with override_settings(CAMPAIGN_ENDS="2020-01-01"):
        for path in ("/", "/pledge/", "/cy/", "/ar/", "/share/", "/about/", "/report/policing/2/", "/pledge/numbers/"):
            yield f"{path} after the campaign's end", client.get(path).content.decode()


def signed_for(handle: str, now: datetime) -> None:
    """Confirms the organisation of this inbox page, which then waits for staff."""
    assert signing.confirm(token_of(handle), ConfirmChoices(), now)


def _key(purpose: TokenPurpose, mailbox) -> str:
    return tokens.link_key(purpose, tokens.digest(mailbox.identity))
