"""All URLs of the site."""

from django.conf import settings
from django.contrib import admin
from django.http import Http404
from django.urls import include, path, re_path

from campaign import sharing, views
from campaign.demo import inbox
from campaign.http import errors
from campaign.monitoring import health
from pledges.complaints import views as complaints
from pledges.languages import translated
from reports import views as reports
from reports.open_data import sitemap

urlpatterns = [
    # First, since patterns are tried in turn: signing and confirming are what is asked most, and never cached.
    path("", include("pledges.urls")),
    path(translated("", "home"), views.home, name="home"),
    path("about/", views.about, name="about"),
    path(translated("safety/", "safety"), views.safety, name="safety"),
    path(translated("share/", "share"), sharing.share, name="share"),
    path(translated("share/poster/", "share_poster"), sharing.poster, name="share_poster"),
    path(translated("share/hand-out/", "share_handout"), sharing.handout, name="share_handout"),
    path(translated("share/paper/", "share_paper"), sharing.paper, name="share_paper"),
    path("share/count.svg", sharing.count_image, name="share_count"),
    path(translated("privacy/", "privacy"), views.privacy, name="privacy"),
    path("privacy/data/", views.data, name="data"),
    path("privacy/data.json", views.data_json, name="data_json"),
    path("privacy/complaint/", complaints.ask, name="complaint"),
    path("privacy/complaint/<uuid:ref>/", complaints.received, name="complaint_received"),
    path("report/", include("reports.urls")),
    path("press/", reports.press, name="press"),
    path("sitemap.xml", sitemap.sitemap, name="sitemap"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("robots.txt", sitemap.robots, name="robots"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("demo/inbox/", inbox.inbox, name="demo_inbox"),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("readyz.json", health.readyz_json, name="readyz_json"),
]
if settings.DEBUG:  # in the demo too, an unknown address gets the site's own page
    urlpatterns.append(re_path(r".*/$", errors.not_found, {"exception": Http404()}))

handler400 = "campaign.http.errors.bad_request"
handler403 = "campaign.http.errors.forbidden"
handler404 = "campaign.http.errors.not_found"
handler500 = "campaign.http.errors.server_error"
