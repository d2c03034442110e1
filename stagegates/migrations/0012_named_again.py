"""Whom the sponsor named may leave or become a party: another is named for the same body then."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("stagegates", "0011_higher_body")]

    operations = [migrations.RemoveConstraint(model_name="nameddecider", name="named_once_for_a_body")]
