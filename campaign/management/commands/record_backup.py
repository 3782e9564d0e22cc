from django.core.management.base import BaseCommand
from django.utils import timezone

from campaign.models import Backup


class Command(BaseCommand):
    help = "Stores that a backup was made now, for the overview of staff. Call it after a backup has succeeded."

    def handle(self, *args, **options) -> None:
        Backup.objects.create(made_at=timezone.now())
