from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from reports.share_images import drawing

SITE = drawing.Card("A school is not a border post.")


class Command(BaseCommand):
    help = "Draw static/img/share.png, the site's own share image. The report's are drawn when they are asked for."

    def handle(self, *args: object, **options: object) -> None:
        Path(settings.BASE_DIR, "static", "img", "share.png").write_bytes(drawing.png(SITE))
        self.stdout.write("static/img/share.png is drawn.")
