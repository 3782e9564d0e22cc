"""Requests /healthz, or another path, of the web server on this machine or container: exit code 0 if it answers 200.

deploy/alive.py [/readyz]
"""

import sys
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from campaign.settings_file import env

connection = HTTPConnection("127.0.0.1", env.int("PORT", default=8000), timeout=5)
path = sys.argv[1] if sys.argv[1:] else "/healthz"
connection.request("GET", path, headers={"Host": urlsplit(env.str("SITE_ORIGIN")).netloc})
sys.exit(connection.getresponse().status != 200)
