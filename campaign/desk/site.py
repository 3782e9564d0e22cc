"""The staff's desk: Django's admin in the site's look."""

from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class Desk(AdminSite):
    site_header = _("Care Don't Share")
    site_title = _("Staff · Care Don't Share")
    index_title = _("Overview")
    enable_nav_sidebar = False
