from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate


class StaffConfig(AppConfig):
    name = "campaign.staff"

    def ready(self) -> None:
        """Imports modules that need the models, which are loaded only now."""
        import_module("campaign.staff.emails")  # registers how its emails are composed
        import_module("campaign.staff.sign_in_log")  # listens to Django's signals
        roles = import_module("campaign.staff.roles")
        post_migrate.connect(roles.grant, sender=self)


class StaffAdminConfig(AdminConfig):
    """Django's admin with our default site: every `admin.site` is a StaffAdminSite."""

    default_site = "campaign.staff.admin_site.StaffAdminSite"
