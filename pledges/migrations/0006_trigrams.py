from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    """To find names that are nearly alike. It comes with PostgreSQL; a database's owner may switch it on."""

    dependencies = [("pledges", "0005_hiding_names")]
    operations = [TrigramExtension()]
