"""The keys of staff's apps move behind the server's own; in the library's column stays what opens nothing."""

from django.db import migrations
from django_otp.util import random_hex

from pledges import sealing


def lock(apps, schema_editor):
    CodeApp = apps.get_model("campaign", "CodeApp")
    for device in apps.get_model("otp_totp", "TOTPDevice").objects.filter(codeapp=None):
        CodeApp(totpdevice_ptr=device, locked_key=sealing.lock(device.key)).save_base(raw=True)
        device.key = random_hex(20)
        device.save(update_fields=["key"])


def unlock(apps, schema_editor):
    for app in apps.get_model("campaign", "CodeApp").objects.all():
        app.key = sealing.unlock(app.locked_key)
        app.save(update_fields=["key"])


class Migration(migrations.Migration):
    dependencies = [("campaign", "0007_code_apps")]
    operations = [migrations.RunPython(lock, unlock)]
