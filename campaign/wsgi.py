import io
import os

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign.settings")
application = get_wsgi_application()
# Rather no site than one with a key missing: the server stops here and names the reason.
call_command("check", stdout=io.StringIO())
