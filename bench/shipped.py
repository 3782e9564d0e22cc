"""Runs the site as it is shipped on this machine, and what it is compared with.

The site: deploy/nginx.conf with TLS, gunicorn (2 processes of 4 threads), collected static files, DEBUG off. Compared
with: a bare WSGI application, and nginx with files.
"""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from django.conf import settings
from django.db import connection

from bench.load import HOST
from tests.chaos.serving import Gunicorn, production
from tests.chaos.test_nginx import NGINX, OPENSSL, configure, free_port, make_certificate

IS_HERE = bool(NGINX and OPENSSL)
FILES = """
server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {folder}/fullchain.pem;
    ssl_certificate_key {folder}/privkey.pem;
    ssl_session_tickets off;
    access_log {folder}/files.log anonymous buffer=64k flush=1s;
    open_file_cache max=2000 inactive=60s;
    root {folder}/files;
}}
"""


class Shipped:
    """The addresses of the parts: `site` through nginx, `files` of nginx alone, `app` and `bare` of gunicorn alone."""

    def __init__(self, folder: Path, pages: dict[str, str], many_clients: bool = False) -> None:
        """`pages`: the address of each page, by the name of the file that its bytes are written to.

        `many_clients`: nginx takes the client's address from X-Forwarded-For, so that its limits for one client do not
        apply to others.
        """
        self.folder, self.pages, self.many_clients = folder, pages, many_clients
        (folder / "files").mkdir()
        self.app_process = Gunicorn(folder / "app.log", **with_static_files(folder))
        self.app = "http://{}:{}".format(*self.app_process.address)
        for file, path in pages.items():
            (folder / "files" / file).write_bytes(self._get(path))
        self.bare_process = Gunicorn(folder / "bare.log", application="bench.bare", BARE_FOLDER=str(folder / "files"))
        self.bare = "http://{}:{}".format(*self.bare_process.address)
        self._start_nginx()

    def _get(self, path: str) -> bytes:
        asking = HTTPConnection(*self.app_process.address, timeout=60)
        asking.request("GET", path, headers={"Host": HOST, "X-Forwarded-Proto": "https"})
        answer = asking.getresponse()
        body = answer.read()
        asking.close()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}; see {self.folder}/app.log")
        return body

    def _start_nginx(self) -> None:
        tls, files = free_port(), free_port()
        make_certificate(self.folder, HOST)
        configuration = configure(self.folder, self.app_process.address[1], free_port(), tls)
        site = self.folder / "site.conf"
        # The load generator sends no host name in its TLS handshake.
        text = re.sub(r"    listen .* ssl default_server;\n|    ssl_reject_handshake on;\n", "", site.read_text())
        if self.many_clients:
            text = "set_real_ip_from 127.0.0.1;\nreal_ip_header X-Forwarded-For;\n" + text
        site.write_text(text + FILES.format(port=files, folder=self.folder))
        self.nginx_process = subprocess.Popen([NGINX, "-e", "stderr", "-c", configuration])
        self.site, self.files = f"https://127.0.0.1:{tls}", f"https://127.0.0.1:{files}"
        time.sleep(1)

    def end(self) -> None:
        self.nginx_process.terminate()
        self.nginx_process.wait()
        self.app_process.end()
        self.bare_process.end()


@contextmanager
def shipped(folder: Path, pages: dict[str, str], many_clients: bool = False) -> Iterator[Shipped]:
    parts = Shipped(folder, pages, many_clients)
    try:
        yield parts
    finally:
        parts.end()


def with_static_files(folder: Path) -> dict[str, str]:
    """Returns `environment(folder)`, with the static files collected, without which no page can be rendered."""
    variables = environment(folder)
    collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0"]
    subprocess.run(collect, env=production(**variables), cwd=settings.BASE_DIR, check=True)
    return variables


def environment(folder: Path) -> dict[str, str]:
    """Returns the environment in which gunicorn uses the database of this process."""
    database = connection.settings_dict
    return {
        "DJANGO_SETTINGS_MODULE": "tests.collected",
        "STATIC_ROOT": str(folder / "static"),
        "DATABASE_URL": f"postgres://{database['USER']}@/{database['HOST']}/{database['NAME']}",
        "TRUSTED_PROXIES": "1",
        "WEB_CONCURRENCY": "2",
    }
