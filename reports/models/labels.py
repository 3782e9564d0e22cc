"""Short labels of the report's content, so that they can be translated: Welsh pages show them too.

They are written as in `content/`. A label that an editor changes in the admin stays English on a Welsh page.
"""

from django.utils.translation import gettext_lazy as _

SECTORS = (_("Education"), _("Policing"), _("Health"), _("Data protection"))
ARRANGEMENTS = (_("Schools"), _("NHS"), _("Police"), _("Councils"))
