"""Health check of the web container: the exit code is 0 where the web server answers, else 1."""

import sys
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from campaign.settings_file import env

host = urlsplit(env.str("SITE_ORIGIN")).netloc
connection = HTTPConnection("127.0.0.1", 8000, timeout=5)
connection.request("GET", "/healthz", headers={"Host": host})
sys.exit(connection.getresponse().status != 200)
