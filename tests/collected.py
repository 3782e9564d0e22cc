"""The site's settings, with its static files collected in the folder that STATIC_ROOT names in the environment."""

import os
from pathlib import Path

from campaign.settings import *  # noqa: F403

STATIC_ROOT = Path(os.environ["STATIC_ROOT"])
