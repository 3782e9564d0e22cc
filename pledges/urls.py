"""The URLs of pledges."""

from collections.abc import Callable

from django.http import HttpResponse
from django.urls import URLPattern, path

from pledges.languages import TRANSLATED, translated
from pledges.lists import views as lists
from pledges.my_pledge import views as my_pledge
from pledges.signing import views as signing
from pledges.statistics import views as statistics

app_name = "pledges"


def page(route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
    """Returns the path of the page `name`, with the prefix of the active language if it is translated into it."""
    return path(_route(route, name), view, name=name)


def _route(route: str, name: str) -> str:
    name = f"{app_name}:{name}"
    return translated(route, name) if name in TRANSLATED else route


def from_an_email(route: str, secret: str, view: Callable[..., HttpResponse], name: str = "") -> list[URLPattern]:
    """Returns the paths of a link in emails: as it was sent, cut off, and with text of the sentence after it.

    Mail programs change links in these ways. The view finds the token or key in what it gets (`tokens.token_in`,
    `tokens.link_key_in`).
    """
    name = name or route
    return [
        page(f"pledge/{route}/<str:{secret}>/", view, name),
        path(_route(f"pledge/{route}/", name), view, {secret: ""}),
        path(_route(f"pledge/{route}/<path:{secret}>", name), view),
    ]


urlpatterns = [
    page("pledge/", signing.sign, "sign"),
    page("pledge/sent/<slug:handle>/", signing.sent, "sent"),
    *from_an_email("confirm", "token", signing.confirm),
    page("pledge/stall/", signing.stall, "stall"),
    page("pledge/stall/next/", signing.stall_next, "stall_next"),
    page("pledge/thank-you/", signing.thank_you, "thank_you"),
    page("pledge/supporters/", lists.supporters, "supporters"),
    page("pledge/organisations/", lists.organisations, "organisations"),
    page("pledge/report-name/", lists.report_name, "report_name"),
    page("pledge/report-name/thank-you/", lists.name_reported, "name_reported"),
    page("pledge/organisations/sign/", signing.organisations_sign, "organisations_sign"),
    page("pledge/organisations/thank-you/", signing.organisations_thank_you, "organisations_thank_you"),
    page("pledge/numbers/", statistics.numbers, "numbers"),
    page("pledge/numbers.json", statistics.numbers_json, "numbers_json"),
    page("pledge/numbers.csv", statistics.numbers_csv, "numbers_csv"),
    page("pledge/mine/", my_pledge.ask, "mine"),
    page("pledge/mine/sent/", my_pledge.sent, "mine_sent"),
    page("pledge/mine/<str:key>/change/", my_pledge.remove, "mine_remove"),
    page("pledge/mine/<str:key>/download/", my_pledge.download, "mine_download"),
    page("pledge/mine/<str:key>/organisation/<uuid:ref>/", my_pledge.entry, "mine_entry"),
    page("pledge/mine/<str:key>/organisation/<uuid:ref>/withdraw/", my_pledge.withdraw_entry, "mine_withdraw_entry"),
    *from_an_email("mine", "key", my_pledge.opened, name="mine_opened"),
    *from_an_email("never", "key", my_pledge.never),
    *from_an_email("allow", "key", my_pledge.allow),
    *from_an_email("yearly", "key", my_pledge.yearly),
    *from_an_email("unsubscribe", "token", my_pledge.unsubscribe),
]
