"""`manage.py nginx_conf`: prints nginx's configuration of this site, which is deploy/nginx.conf with values filled
in.
"""

from argparse import ArgumentParser
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand
from django.template import Context, Template

from campaign.http import proxy_errors

TEMPLATE = settings.BASE_DIR / "deploy" / "nginx.conf"


class Command(BaseCommand):
    help = "Prints nginx's configuration of this site, made from deploy/nginx.conf and the settings."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        folder = "folder with fullchain.pem and privkey.pem; default: Let's Encrypt's of this host"
        parser.add_argument("--certificate", metavar="FOLDER", help=folder)

    def handle(self, *args, certificate: str | None = None, **options) -> str:
        host = urlsplit(settings.SITE_ORIGIN).hostname
        values = {
            "host": host,
            "port": settings.PORT,
            "certificate": certificate or f"/etc/letsencrypt/live/{host}",
            "behind_others": _said_by_others(settings.TRUSTED_PROXIES - 1),
            "error": proxy_errors.parts(),
        }
        return Template(TEMPLATE.read_text()).render(Context(values, autoescape=False))


def _said_by_others(proxies: int) -> str:
    """Returns the pattern of X-Forwarded-For in which the first of so many proxies names its client; "" for none."""
    others = rf"(?:\s*,[^,]*){{{proxies - 1}}}" if proxies > 1 else ""
    return rf"~(?<said_client>[^,\s]+){others}\s*$" if proxies > 0 else ""
