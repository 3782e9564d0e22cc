"""gunicorn's settings (`gunicorn -c python:campaign.gunicorn_config`); it must run behind a proxy that buffers
requests.

Without a proxy, four half-sent POSTs block a worker. Two workers of four threads each use two cores.
"""

import gc
import importlib
import os
import sys
from typing import Any

from campaign import settings_file
from campaign.settings_file import env

wsgi_app = "campaign.wsgi"
bind = f"127.0.0.1:{env.str('PORT', default='8000')}"
worker_class = "gthread"
workers = env.int("WEB_CONCURRENCY", default=2)
threads = 4
timeout = 30
graceful_timeout = 20
keepalive = 75  # longer than the proxy's, so that gunicorn never closes a connection that the proxy is about to use
control_socket_disable = True
GARBAGE_COLLECTED_AFTER = 20_000  # objects made and not yet deleted
if os.access("/dev/shm", os.W_OK):  # noqa: S108  the heartbeat files of its workers need no disk, which may be full or read-only
    worker_tmp_dir = "/dev/shm"  # noqa: S108

# A search for a whole page of text gets our own page, not gunicorn's plain refusal of lines longer than 8 KB; nginx
# limits the address (16 KB). Our largest header is the cookie of a session.
limit_request_line = 0
limit_request_fields = 50
limit_request_field_size = 4096
# No header changes what gunicorn takes for the client's address; Django reads what nginx says (TRUSTED_PROXIES).
forwarded_allow_ips = ""
forwarder_headers = ""


def post_worker_init(worker: object) -> None:
    """Excludes from garbage collection what the site has loaded, because it stays as long as the process, and collects
    less often.

    A request makes several thousand objects, nearly all without cycles: with Python's own threshold of 700, looking for
    cycles took a twentieth of the time to accept a signature.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_COLLECTED_AFTER, 20, 20)


def on_reload(server: Any) -> None:
    """Reads the settings file and this package again when gunicorn reloads (`systemctl reload care-dont-share-web`).

    gunicorn's master has imported both, and its new processes inherit what it has imported: without this they would go
    on with the old settings until a restart, during which no request is answered.
    """
    for name in settings_file.names_read:
        os.environ.pop(name, None)
    for module in [name for name in sys.modules if name.partition(".")[0] == "campaign"]:
        del sys.modules[module]
    importlib.import_module(__name__)
    server.app.reload()
    server.setup(server.app)


# Django logs a line for each answer (campaign.http.middleware), with the route and without path or address.
accesslog = None
