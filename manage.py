#!/usr/bin/env python
import os
import sys

from django.conf import settings
from django.core.management import execute_from_command_line

# What a key holder runs on a computer where there is no site: no settings, no database.
OFFLINE = {"campaign_keys", "open_export", "send_update"}

if __name__ == "__main__":
    if OFFLINE.intersection(sys.argv[1:2]):
        settings.configure(INSTALLED_APPS=["pledges.offline"])
    else:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign.settings")
    execute_from_command_line(sys.argv)
