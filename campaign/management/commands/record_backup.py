from django.core.management.base import BaseCommand
from django.utils import timezone

from campaign.models import Backup


class Command(BaseCommand):
    help = "Notes that a backup was made just now, for the overview of staff. Call it when one has succeeded."

    def handle(self, *args, **options) -> None:
        Backup.objects.create(made_at=timezone.now())
