from importlib import import_module

from django.apps import AppConfig

from campaign import checks  # noqa: F401  registers them


class CampaignConfig(AppConfig):
    name = "campaign"

    def ready(self) -> None:
        import_module("campaign.postgresql.roles")
        import_module("campaign.postgresql.checks")  # more checks, which need the tables
