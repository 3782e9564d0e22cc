"""Whether the web server of this container answers: the exit code says it."""

import os
import sys
from http.client import HTTPConnection
from urllib.parse import urlsplit

host = urlsplit(os.environ["SITE_ORIGIN"]).netloc
connection = HTTPConnection("127.0.0.1", 8000, timeout=5)
connection.request("GET", "/healthz", headers={"Host": host})
sys.exit(connection.getresponse().status != 200)
