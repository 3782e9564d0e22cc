from django.urls import path

from pledges import views

app_name = "pledges"
urlpatterns = [
    path("", views.sign, name="sign"),
    path("sent/<slug:handle>/", views.sent, name="sent"),
    path("confirm/<slug:token>/", views.confirm, name="confirm"),
    # What a mail program may make of the link: cut off, or with a sign of the sentence at its end.
    path("confirm/", views.confirm, {"token": ""}),
    path("confirm/<path:token>", views.confirm),
    path("thank-you/", views.thank_you, name="thank_you"),
    path("supporters/", views.supporters, name="supporters"),
    path("organisations/", views.organisations_list, name="organisations"),
    path("organisations/sign/", views.organisations_sign, name="organisations_sign"),
    path("organisations/thank-you/", views.organisations_thank_you, name="organisations_thank_you"),
]
