"""From here on the database knows which digest keys it stands on: those that it is made with."""

from django.conf import settings
from django.db import migrations
from django.utils import timezone

from pledges import digesting


def write(apps, schema_editor):
    keys = settings.DIGEST_KEYS
    apps.get_model("pledges", "DigestChain").objects.create(
        keys=len(keys), fingerprint=digesting.fingerprint(keys), laid_at=timezone.now()
    )


class Migration(migrations.Migration):
    dependencies = [("pledges", "0011_digest_chain")]
    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
