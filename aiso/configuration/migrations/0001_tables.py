import aiso.clock
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from aiso.tables_at_once import TablesAtOnce
from django.db import migrations, models


class Migration(TablesAtOnce):

    initial = True

    replaces = [
        ('configuration', '0001_initial'),
        ('configuration', '0003_withdrawn_versions'),
    ]

    dependencies = [
        ('accounts', '0001_tables'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='ConfigurationVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.SlugField(max_length=60)),
                ('number', models.PositiveIntegerField(blank=True, null=True)),
                ('content', models.JSONField(default=dict)),
                ('drafted_at', models.DateTimeField(default=aiso.clock.now)),
                ('changed_at', models.DateTimeField(default=aiso.clock.now)),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.TextField(blank=True)),
                ('effective_from', models.DateField(blank=True, help_text='The day from which it holds.', null=True)),
                ('settled_at', models.DateTimeField(blank=True, help_text='When it took effect, or another had taken its place.', null=True)),
                ('followed_at', models.DateTimeField(blank=True, help_text='When all that follows from it had been worked out.', null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, help_text='Before its day came: it never held.', null=True)),
                ('withdrawn_because', models.TextField(blank=True)),
                ('based_on', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='configuration.configurationversion')),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('drafted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['kind', '-number'],
                'indexes': [models.Index(condition=models.Q(('followed_at', None), ('number__isnull', False)), fields=['kind'], name='configuration_under_way')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'number'), name='configuration_number_once'), models.UniqueConstraint(condition=models.Q(('number', None)), fields=('kind',), name='one_draft_a_kind'), models.CheckConstraint(condition=models.Q(models.Q(('effective_from', None), ('followed_at', None), ('number', None), ('published_at', None)), models.Q(('effective_from__isnull', False), ('number__isnull', False), ('published_at__isnull', False)), _connector='OR'), name='a_version_is_published'), models.CheckConstraint(condition=models.Q(('withdrawn_at', None), models.Q(('number__isnull', False), ('settled_at', None), models.Q(('withdrawn_because', ''), _negated=True)), _connector='OR'), name='only_waiting_versions_withdrawn')],
            },
        ),
        migrations.CreateModel(
            name='ConfigurationVersionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('kind', models.SlugField(db_index=False, max_length=60)),
                ('number', models.PositiveIntegerField(blank=True, null=True)),
                ('content', models.JSONField(default=dict)),
                ('drafted_at', models.DateTimeField(default=aiso.clock.now)),
                ('changed_at', models.DateTimeField(default=aiso.clock.now)),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.TextField(blank=True)),
                ('effective_from', models.DateField(blank=True, help_text='The day from which it holds.', null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, help_text='Before its day came: it never held.', null=True)),
                ('withdrawn_because', models.TextField(blank=True)),
                ('based_on', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='configuration.configurationversion')),
                ('changed_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('drafted_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='configuration.configurationversion')),
                ('published_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='configurationversion',
            trigger=pgtrigger.compiler.Trigger(name='published_is_fixed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."number" IS NOT NULL)', func="\n                    IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NULL\n                        AND to_jsonb(NEW) - ARRAY['followed_at', 'settled_at', 'withdrawn_at', 'withdrawn_by_id', 'withdrawn_because'] = to_jsonb(OLD) - ARRAY['followed_at', 'settled_at', 'withdrawn_at', 'withdrawn_by_id', 'withdrawn_because'] THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'A published version is never edited; publish the next one.';\n                ", hash='ce2f29f1570600bfebf9be43b3017a5ac5fa1814', operation='UPDATE OR DELETE', pgid='pgtrigger_published_is_fixed_81e8f', table='configuration_configurationversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='configurationversion',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'History is never emptied.';", hash='d84e1fa6bd06d5993d0e2cc48c464635704696f8', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_ff710', table='configuration_configurationversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='configurationversion',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "configuration_configurationversionevent" ("based_on_id", "changed_at", "changed_by_id", "content", "drafted_at", "drafted_by_id", "effective_from", "id", "kind", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "reason", "withdrawn_at", "withdrawn_because", "withdrawn_by_id") SELECT new_values."based_on_id", new_values."changed_at", new_values."changed_by_id", new_values."content", new_values."drafted_at", new_values."drafted_by_id", new_values."effective_from", new_values."id", new_values."kind", new_values."number", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."published_at", new_values."published_by_id", new_values."reason", new_values."withdrawn_at", new_values."withdrawn_because", new_values."withdrawn_by_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='d4adb7f4f1aa50293261b6c7883f7f1f15395b72', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_4a9ab', referencing='REFERENCING NEW TABLE AS new_values ', table='configuration_configurationversion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='configurationversion',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "configuration_configurationversionevent" ("based_on_id", "changed_at", "changed_by_id", "content", "drafted_at", "drafted_by_id", "effective_from", "id", "kind", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "reason", "withdrawn_at", "withdrawn_because", "withdrawn_by_id") SELECT new_values."based_on_id", new_values."changed_at", new_values."changed_by_id", new_values."content", new_values."drafted_at", new_values."drafted_by_id", new_values."effective_from", new_values."id", new_values."kind", new_values."number", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."published_at", new_values."published_by_id", new_values."reason", new_values."withdrawn_at", new_values."withdrawn_because", new_values."withdrawn_by_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."based_on_id" IS DISTINCT FROM (new_values."based_on_id") OR old_values."changed_at" IS DISTINCT FROM (new_values."changed_at") OR old_values."changed_by_id" IS DISTINCT FROM (new_values."changed_by_id") OR old_values."content" IS DISTINCT FROM (new_values."content") OR old_values."drafted_at" IS DISTINCT FROM (new_values."drafted_at") OR old_values."drafted_by_id" IS DISTINCT FROM (new_values."drafted_by_id") OR old_values."effective_from" IS DISTINCT FROM (new_values."effective_from") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."kind" IS DISTINCT FROM (new_values."kind") OR old_values."number" IS DISTINCT FROM (new_values."number") OR old_values."published_at" IS DISTINCT FROM (new_values."published_at") OR old_values."published_by_id" IS DISTINCT FROM (new_values."published_by_id") OR old_values."reason" IS DISTINCT FROM (new_values."reason") OR old_values."withdrawn_at" IS DISTINCT FROM (new_values."withdrawn_at") OR old_values."withdrawn_because" IS DISTINCT FROM (new_values."withdrawn_because") OR old_values."withdrawn_by_id" IS DISTINCT FROM (new_values."withdrawn_by_id")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='da428a4393de9923d6d95e44895ca31ad002a090', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_c0a93', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='configuration_configurationversion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='configurationversion',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "configuration_configurationversionevent" ("based_on_id", "changed_at", "changed_by_id", "content", "drafted_at", "drafted_by_id", "effective_from", "id", "kind", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "reason", "withdrawn_at", "withdrawn_because", "withdrawn_by_id") SELECT old_values."based_on_id", old_values."changed_at", old_values."changed_by_id", old_values."content", old_values."drafted_at", old_values."drafted_by_id", old_values."effective_from", old_values."id", old_values."kind", old_values."number", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."published_at", old_values."published_by_id", old_values."reason", old_values."withdrawn_at", old_values."withdrawn_because", old_values."withdrawn_by_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='d58a2367c2d6a99529fc9ee5f0e3af806b6dcafb', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_a0edc', referencing='REFERENCING OLD TABLE AS old_values ', table='configuration_configurationversion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='configurationversionevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e9aa30b086fcfbedd12b86a73419f5bf15bf6a68', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_c86e0', table='configuration_configurationversionevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='configurationversionevent',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'History is never emptied.';", hash='578e20bd06872ce78a6725e31b20a81e6abbbda3', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_2e076', table='configuration_configurationversionevent', when='BEFORE')),
        ),
    ]
