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
if not settings.DEBUG:  # while DEBUG is on, an edited page shows at once
    application = import_module("campaign.http.page_cache").PageCache(application)
# Rather no site than one with a key missing: the server stops here and names the reason. Of the database only our
# own checks ask, which take it to be away for a while; Django's of the models would stop the server for that.
call_command("check", stdout=io.StringIO())
call_command("check", databases=["default"], tags=[Tags.database], stdout=io.StringIO())
connections.close_all()  # this thread asks nothing more
