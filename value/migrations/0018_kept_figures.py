"""Stages, owners and adoption kept for the dashboard."""

import django.db.models.deletion
from django.db import migrations, models
from aiso.tables_at_once import TablesAtOnce


# Adoption readings are marked as they are recorded; what was recorded before is counted by the next recompute.
MARKS = """
CREATE FUNCTION value_mark_readings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO value_keptmark (about, workflow_id, has_run_costs)
    SELECT DISTINCT 'readings', workflow_id, FALSE FROM new_rows;
    RETURN NULL;
END $$;
CREATE TRIGGER kept_marks AFTER INSERT ON value_adoptionreading
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION value_mark_readings();
INSERT INTO value_keptmark (about, has_run_costs) VALUES ('all', FALSE);
"""
NO_MARKS = """
DROP TRIGGER kept_marks ON value_adoptionreading;
DROP FUNCTION value_mark_readings();
"""


class Migration(TablesAtOnce):

    dependencies = [
        ('accounts', '0001_tables'),
        ('portfolio', '0014_owners_known_since_they_began'),
        ('value', '0017_sums'),
    ]

    operations = [
        migrations.AddField(
            model_name='keptmark',
            name='workflow_id',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name='keptmark',
            name='about',
            field=models.CharField(choices=[('entries', 'Entries of the ledger'), ('answers', 'Answers to claims'), ('measured', 'Measurements and what finance said of them'), ('baselines', 'Baselines confirmed'), ('stages', 'Changes of stage'), ('owners', 'Owners'), ('moved', 'Initiatives of another unit or bucket, or no longer confidential'), ('readings', 'Adoption readings'), ('units', 'The tree of units'), ('all', 'Everything')], max_length=10),
        ),
        migrations.CreateModel(
            name='AdoptionTotal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week_ends_on', models.DateField()),
                ('read', models.IntegerField(help_text='Weeks that were read.')),
                ('told', models.IntegerField(help_text='Weeks of which anything is told.')),
                ('target', models.BigIntegerField()),
                ('active', models.BigIntegerField()),
                ('repeat', models.BigIntegerField()),
                ('repeat_of', models.BigIntegerField()),
                ('opt_outs', models.BigIntegerField()),
                ('opt_outs_of', models.BigIntegerField()),
                ('points', models.DecimalField(decimal_places=2, max_digits=20)),
                ('answered', models.BigIntegerField()),
                ('workflow', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='portfolio.workflow')),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(fields=['workflow', 'week_ends_on'], name='adoption_totals_of_workflow')],
            },
        ),
        migrations.CreateModel(
            name='Launch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('produced_on', models.DateField()),
                ('piloted_on', models.DateField(help_text='Empty: never by then.', null=True)),
                ('initiative', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='portfolio.initiative')),
            ],
            options={
                'verbose_name_plural': 'launches',
                'ordering': ['pk'],
                'indexes': [models.Index(fields=['produced_on'], name='launches_by_day')],
            },
        ),
        migrations.CreateModel(
            name='PilotSpell',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_on', models.DateField()),
                ('last_on', models.DateField(help_text='Empty: it still is.', null=True)),
                ('began_on', models.DateField(help_text='When it first entered one.')),
                ('initiative', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='portfolio.initiative')),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(fields=['first_on'], name='pilots_by_day')],
            },
        ),
        migrations.CreateModel(
            name='StandingTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_confidential', models.BooleanField()),
                ('day', models.DateField()),
                ('active', models.IntegerField()),
                ('paused', models.IntegerField()),
                ('lacks_business', models.IntegerField(help_text='Of the active, those without a business owner.')),
                ('lacks_technical', models.IntegerField()),
                ('lacks_risk', models.IntegerField()),
                ('owned', models.IntegerField(help_text='Of the active, those with all three owners.')),
                ('stable_30', models.IntegerField(help_text='Of these, those whose business owner is the same for 30 days.')),
                ('stable_60', models.IntegerField()),
                ('stable_90', models.IntegerField()),
                ('bucket', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='portfolio.bucket')),
                ('unit', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.businessunit')),
            ],
            options={
                'verbose_name_plural': 'standing tallies',
                'ordering': ['pk'],
                'indexes': [models.Index(fields=['unit', 'day'], name='tallies_of_unit')],
            },
        ),
        migrations.RunSQL(MARKS, NO_MARKS),
    ]
