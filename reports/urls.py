"""The URLs of the report."""

from django.urls import path, reverse_lazy
from django.views.generic import RedirectView

from reports import views
from reports.open_data import feeds
from reports.search import views as search

app_name = "reports"
urlpatterns = [
    path("", views.report, name="report"),
    path("document/", views.document, name="document"),
    path("progress/", views.overview, name="progress"),
    path("search/", search.search, name="search"),
    path("words/", RedirectView.as_view(url=reverse_lazy("reports:glossary"), permanent=True)),
    path("glossary/", views.glossary, name="glossary"),
    path("data/", views.data, name="data"),
    path("recommendations.json", feeds.recommendations_json, name="json"),
    path("recommendations.csv", feeds.recommendations_csv, name="csv"),
    path("updates.csv", feeds.updates_csv, name="updates_csv"),
    path("updates.atom", feeds.updates_atom, name="atom"),
    path("images/<slug:name>.png", views.share_image, name="share_image"),
    path("asked-of/<slug:slug>/", views.asked_of, name="asked_of"),
    # This comes last, because a sector may have any name that is not used above.
    path("<slug:slug>/", views.sector, name="sector"),
    path("<slug:slug>/<int:number>/", views.recommendation, name="recommendation"),
    path("<slug:slug>/<int:number>/updates.atom", feeds.recommendation_atom, name="recommendation_atom"),
]
