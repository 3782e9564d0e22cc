"""The first text of the pledge and of its consents."""

from django.db import migrations
from django.utils import timezone

PLEDGE = """\
Everyone should be able to go to school, see a doctor or report a crime without fear of immigration enforcement.
Public services, and the government departments behind them, must commit to a data firewall: a guarantee that the \
personal information they hold will not be shared with the Home Office for immigration enforcement."""


def publish(apps, schema_editor):
    apps.get_model("pledges", "PledgeText").objects.create(
        number=1,
        language="en",
        pledge=PLEDGE,
        agreement="Yes, this is me. I sign, and agree that Care Don't Share records that I have signed.",
        email_consent="Yes, email me about this campaign. I can stop this at any time.",
        post_consent="Yes, you may write to me by post about this campaign, from time to time. I can stop this at any time.",
        public_name_consent="Yes, show my name in the public list of supporters. I know that anyone can see it.",
        declaration="I am authorised to sign this pledge for the organisation.",
        published_at=timezone.now(),
    )


class Migration(migrations.Migration):
    dependencies = [("pledges", "0002_triggers")]
    operations = [migrations.RunPython(publish, migrations.RunPython.noop)]
