from django.urls import path

from pledges.views import lists, mine, numbers, signing

app_name = "pledges"
urlpatterns = [
    path("", signing.sign, name="sign"),
    path("sent/<slug:handle>/", signing.sent, name="sent"),
    path("confirm/<slug:token>/", signing.confirm, name="confirm"),
    # What a mail program may make of the link: cut off, or with a sign of the sentence at its end.
    path("confirm/", signing.confirm, {"token": ""}),
    path("confirm/<path:token>", signing.confirm),
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
    path("mine/<str:key>/", mine.opened, name="mine_opened"),
    path("mine/<str:key>/wish/", mine.wish, name="mine_wish"),
    path("mine/<str:key>/download/", mine.download, name="mine_download"),
    path("mine/<str:key>/organisation/<uuid:ref>/", mine.entry, name="mine_entry"),
    path(
        "mine/<str:key>/organisation/<uuid:ref>/withdraw/",
        mine.withdraw_entry,
        name="mine_withdraw_entry",
    ),
    path("never/<str:key>/", mine.never, name="never"),
]
