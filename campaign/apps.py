from django.apps import AppConfig

from campaign import checks  # noqa: F401  registers them


class CampaignConfig(AppConfig):
    name = "campaign"
