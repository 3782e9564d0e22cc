"""Joins the style sheets in static/css into one file for the public pages, when `collectstatic` runs.

Without `collectstatic` (in the demo and the tests) pages load each sheet by itself.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

BUNDLE = "css/site.css"
# In this order: the first declares the layers.
NAMES = ["tokens", "base", "layout", "frame", "wall", "form", "report", "status", "lists", "states", "print"]
SHEETS = [f"css/{name}.css" for name in NAMES]
COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)


class BundlingStorage(CompressedManifestStaticFilesStorage):
    """Whitenoise's storage (a hash in each name, compressed variants beside each file) that also writes the bundle."""

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if not dry_run:
            self.delete(BUNDLE)
            self._save(BUNDLE, ContentFile(self._bundle(paths)))
            paths[BUNDLE] = (self, BUNDLE)
        yield from super().post_process(paths, dry_run, **options)

    def _bundle(self, paths: dict[str, Any]) -> bytes:
        texts = []
        for sheet in SHEETS:
            storage, path = paths[sheet]
            with storage.open(path) as source:
                texts.append(COMMENT.sub("", source.read().decode()))
        return "".join(texts).encode()
