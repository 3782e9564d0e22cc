from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("", views.report, name="report"),
    path("progress/", views.overview, name="progress"),
    path("search/", views.search, name="search"),
    path("words/", views.words, name="words"),
    path("asked-of/<slug:slug>/", views.asked_of, name="asked_of"),
    # Last: a sector may have any other name.
    path("<slug:slug>/", views.sector, name="sector"),
    path("<slug:slug>/<int:number>/", views.recommendation, name="recommendation"),
]
