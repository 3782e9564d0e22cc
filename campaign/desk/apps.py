from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    """Django's admin with our desk for its site: every `admin.site` is the desk."""

    default_site = "campaign.desk.site.Desk"
