"""A WSGI application that only answers with the bytes of the files in BARE_FOLDER, for comparison."""

import os
from pathlib import Path

PAGES = {f"/{file.name}": file.read_bytes() for file in Path(os.environ["BARE_FOLDER"]).iterdir()}


def application(environ, start_response):
    body = PAGES[environ["PATH_INFO"]]
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]
