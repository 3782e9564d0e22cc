from collections.abc import Callable

from django.http import HttpResponse
from django.urls import URLPattern, path

from pledges.views import lists, mine, numbers, signing


def from_an_email(
    route: str, secret: str, view: Callable[..., HttpResponse], name: str = ""
) -> list[URLPattern]:
    """The paths of a link that stands in emails: whole, and as a mail program may leave it, cut off or with
    something of the sentence at its end. The view finds its token or key in what it is given (`links`).
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
    path("thank-you/", signing.thank_you, name="thank_you"),
    path("supporters/", lists.supporters, name="supporters"),
    path("organisations/", lists.organisations, name="organisations"),
    path("organisations/sign/", signing.organisations_sign, name="organisations_sign"),
    path("organisations/thank-you/", signing.organisations_thank_you, name="organisations_thank_you"),
    path("numbers/", numbers.numbers, name="numbers"),
    path("numbers.json", numbers.numbers_json, name="numbers_json"),
    path("numbers.csv", numbers.numbers_csv, name="numbers_csv"),
    path("mine/", mine.ask, name="mine"),
    path("mine/sent/", mine.sent, name="mine_sent"),
    path("mine/<str:key>/wish/", mine.wish, name="mine_wish"),
    path("mine/<str:key>/download/", mine.download, name="mine_download"),
    path("mine/<str:key>/organisation/<uuid:ref>/", mine.entry, name="mine_entry"),
    path(
        "mine/<str:key>/organisation/<uuid:ref>/withdraw/",
        mine.withdraw_entry,
        name="mine_withdraw_entry",
    ),
    *from_an_email("mine", "key", mine.opened, name="mine_opened"),
    *from_an_email("never", "key", mine.never),
    *from_an_email("allow", "key", mine.allow),
    *from_an_email("yearly", "key", mine.yearly),
]
