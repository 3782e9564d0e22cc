"""The WSGI application: Django behind the page cache, after the system checks have passed."""

import io
import os
from importlib import import_module

from django.conf import settings
from django.core.checks import Tags
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connections

from campaign.postgresql.outage import outage

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign.settings")
application = get_wsgi_application()
outage.watch()
if not settings.DEBUG:  # with DEBUG, an edited page is shown at once
    application = import_module("campaign.http.page_cache").PageCache(application)
# The server does not start if a check fails, and says which. Of the database checks only our own run; they pass while
# the database does not answer.
call_command("check", stdout=io.StringIO())
call_command("check", databases=["default"], tags=[Tags.database], stdout=io.StringIO())
connections.close_all()  # this thread makes no more queries
