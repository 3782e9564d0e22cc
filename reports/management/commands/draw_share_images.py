from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from reports import share_image_drawing

SITE = share_image_drawing.Card("A school is not a border post.")


class Command(BaseCommand):
    help = "Draw static/img/share.png, the site's own share image. The report's are drawn when they are asked for."

    def handle(self, *args: object, **options: object) -> None:
        Path(settings.BASE_DIR, "static", "img", "share.png").write_bytes(share_image_drawing.png(SITE))
        self.stdout.write("static/img/share.png is drawn.")
