from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from reports import share_image_drawing, share_images

SITE = share_image_drawing.Card("A school is not a border post.")


class Command(BaseCommand):
    help = "Draw the share images whose words have changed. The worker does the same every minute."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--site", action="store_true", help="also the site's own, a file of the project")

    def handle(self, *args: object, site: bool, **options: object) -> None:
        drawn = share_images.redraw()
        if site:
            Path(settings.BASE_DIR, "static", "img", "share.png").write_bytes(share_image_drawing.png(SITE))
        self.stdout.write(f"Share images drawn: {drawn}.")
