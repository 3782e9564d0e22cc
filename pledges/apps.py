from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PledgesConfig(AppConfig):
    name = "pledges"

    def ready(self) -> None:
        chain = import_module(
            "pledges.privacy.digest_key_chain"
        )  # needs the models, which are loaded only now
        post_migrate.connect(chain.record_first_keys, sender=self)
