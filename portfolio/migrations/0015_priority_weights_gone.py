from django.db import migrations


class Migration(migrations.Migration):
    """The weights are a kind of configuration now."""

    dependencies = [("portfolio", "0014_shipped_configuration")]

    operations = [migrations.DeleteModel("PriorityWeights")]
