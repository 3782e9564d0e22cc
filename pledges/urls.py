from collections.abc import Callable

from django.http import HttpResponse
from django.urls import URLPattern, path

from pledges.lists import views as lists
from pledges.my_pledge import views as my_pledge
from pledges.signing import views as signing
from pledges.statistics import views as statistics


def from_an_email(
    route: str, secret: str, view: Callable[..., HttpResponse], name: str = ""
) -> list[URLPattern]:
    """The paths of a link in emails: as it was sent, cut off, and with text of the sentence after it, since mail
    programs change links. The view finds the token or key in what it gets (`tokens.token_in`, `tokens.link_key_in`).
    """
    return [
        path(f"{route}/<str:{secret}>/", view, name=name or route),
        path(f"{route}/", view, {secret: ""}),
        path(f"{route}/<path:{secret}>", view),
    ]


app_name = "pledges"
urlpatterns = [
    path("", signing.sign, name="sign"),
    path("sent/<slug:handle>/", signing.sent, name="sent"),
    *from_an_email("confirm", "token", signing.confirm),
    path("stall/", signing.stall, name="stall"),
    path("stall/next/", signing.stall_next, name="stall_next"),
    path("thank-you/", signing.thank_you, name="thank_you"),
    path("supporters/", lists.supporters, name="supporters"),
    path("organisations/", lists.organisations, name="organisations"),
    path("report-name/", lists.report_name, name="report_name"),
    path("report-name/thank-you/", lists.name_reported, name="name_reported"),
    path("organisations/sign/", signing.organisations_sign, name="organisations_sign"),
    path("organisations/thank-you/", signing.organisations_thank_you, name="organisations_thank_you"),
    path("numbers/", statistics.numbers, name="numbers"),
    path("numbers.json", statistics.numbers_json, name="numbers_json"),
    path("numbers.csv", statistics.numbers_csv, name="numbers_csv"),
    path("mine/", my_pledge.ask, name="mine"),
    path("mine/sent/", my_pledge.sent, name="mine_sent"),
    path("mine/<str:key>/wish/", my_pledge.remove, name="mine_remove"),
    path("mine/<str:key>/download/", my_pledge.download, name="mine_download"),
    path("mine/<str:key>/organisation/<uuid:ref>/", my_pledge.entry, name="mine_entry"),
    path(
        "mine/<str:key>/organisation/<uuid:ref>/withdraw/",
        my_pledge.withdraw_entry,
        name="mine_withdraw_entry",
    ),
    *from_an_email("mine", "key", my_pledge.opened, name="mine_opened"),
    *from_an_email("never", "key", my_pledge.never),
    *from_an_email("allow", "key", my_pledge.allow),
    *from_an_email("yearly", "key", my_pledge.yearly),
    *from_an_email("unsubscribe", "token", my_pledge.unsubscribe),
]
