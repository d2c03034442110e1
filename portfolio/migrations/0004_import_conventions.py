from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0003_shipped_lists")]

    operations = [
        migrations.RenameField("importjob", "orders", "conventions"),
        migrations.AlterField(
            "importjob",
            "conventions",
            models.JSONField(
                default=dict,
                help_text="By column, what its cells agree on: which number is the month, what parts units.",
            ),
        ),
    ]
