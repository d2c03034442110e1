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
        ('standards', '0001_initial'),
        ('standards', '0003_answer_given_by'),
    ]

    dependencies = [
        ('accounts', '0001_tables'),
        ('configuration', '0001_tables'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('portfolio', '0002_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='ChecklistAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.SlugField(help_text="The item's code, the same across versions.", max_length=60)),
                ('fingerprint', models.CharField(editable=False, help_text='Of what was asked, as it was asked.', max_length=16)),
                ('value', models.TextField(blank=True)),
                ('note', models.TextField(blank=True)),
                ('evidence', models.TextField(blank=True, help_text='A link, or where it lies.')),
                ('answered_at', models.DateTimeField(default=aiso.clock.now)),
                ('answered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('given_by', models.ForeignKey(help_text='Who gave it first, where somebody else corrected it or added to it since.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('initiative', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='checklist_answers', to='portfolio.initiative')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='configuration.configurationversion')),
                ('standard', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='standards.standard')),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(fields=['answered_by', 'initiative', 'standard'], name='checklist_answer_by_person')],
                'constraints': [models.UniqueConstraint(fields=('initiative', 'standard', 'item'), name='checklist_answer_once_an_item')],
            },
        ),
        migrations.CreateModel(
            name='ChecklistCompletion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('completed_at', models.DateTimeField(default=aiso.clock.now)),
                ('expires_on', models.DateField(blank=True, help_text='The last day it holds; empty for always.', null=True)),
                ('copy', models.JSONField(default=list, help_text='Question and answer as people read them.')),
                ('answers', models.JSONField(default=dict, help_text='The answers by the codes of the items.')),
                ('is_current', models.BooleanField(default=True)),
                ('reopened_at', models.DateTimeField(blank=True, null=True)),
                ('reopened_items', models.JSONField(default=list, help_text='The codes of the items whose answers changed.')),
                ('completed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('initiative', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='checklist_completions', to='portfolio.initiative')),
                ('reopened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='configuration.configurationversion')),
                ('standard', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='completions', to='standards.standard')),
            ],
            options={
                'ordering': ['-pk'],
                'indexes': [models.Index(condition=models.Q(('is_current', True)), fields=['expires_on'], name='completion_by_expiry')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_current', True)), fields=('initiative', 'standard'), name='one_current_completion')],
            },
        ),
        migrations.CreateModel(
            name='Standard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(unique=True)),
                ('title', models.CharField(max_length=200, unique=True)),
                ('kind', models.CharField(choices=[('charter', 'Charter'), ('checklist', 'Checklist'), ('monitoring', 'Monitoring minimum'), ('documentation', 'Documentation standard'), ('human_in_the_loop', 'Human-in-the-loop rule'), ('component', 'Reusable component'), ('playbook', 'Playbook')], max_length=20)),
                ('about', models.TextField(help_text='What it is for, in a sentence or two.')),
                ('review_every', models.PositiveSmallIntegerField(default=12, help_text='Months between two reviews of its text.')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='standards', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['title'],
            },
        ),
        migrations.CreateModel(
            name='ChecklistCompletionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('completed_at', models.DateTimeField(default=aiso.clock.now)),
                ('expires_on', models.DateField(blank=True, help_text='The last day it holds; empty for always.', null=True)),
                ('reopened_at', models.DateTimeField(blank=True, null=True)),
                ('reopened_items', models.JSONField(default=list, help_text='The codes of the items whose answers changed.')),
                ('completed_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('initiative', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='portfolio.initiative')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='standards.checklistcompletion')),
                ('reopened_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='configuration.configurationversion')),
                ('standard', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='standards.standard')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ChecklistAnswerEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('item', models.SlugField(db_index=False, help_text="The item's code, the same across versions.", max_length=60)),
                ('value', models.TextField(blank=True)),
                ('note', models.TextField(blank=True)),
                ('evidence', models.TextField(blank=True, help_text='A link, or where it lies.')),
                ('answered_at', models.DateTimeField(default=aiso.clock.now)),
                ('answered_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('given_by', models.ForeignKey(db_constraint=False, help_text='Who gave it first, where somebody else corrected it or added to it since.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('initiative', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='portfolio.initiative')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='standards.checklistanswer')),
                ('version', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='configuration.configurationversion')),
                ('standard', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='standards.standard')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='StandardEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('slug', models.SlugField(db_index=False)),
                ('title', models.CharField(max_length=200)),
                ('kind', models.CharField(choices=[('charter', 'Charter'), ('checklist', 'Checklist'), ('monitoring', 'Monitoring minimum'), ('documentation', 'Documentation standard'), ('human_in_the_loop', 'Human-in-the-loop rule'), ('component', 'Reusable component'), ('playbook', 'Playbook')], max_length=20)),
                ('about', models.TextField(help_text='What it is for, in a sentence or two.')),
                ('review_every', models.PositiveSmallIntegerField(default=12, help_text='Months between two reviews of its text.')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                ('owner', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='standards.standard')),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='standard',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "standards_standardevent" ("about", "id", "is_active", "kind", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "review_every", "slug", "title") SELECT new_values."about", new_values."id", new_values."is_active", new_values."kind", new_values."owner_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."review_every", new_values."slug", new_values."title" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='31d686296a4715a3953190b566bc24608fb75bd4', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_4a1aa', referencing='REFERENCING NEW TABLE AS new_values ', table='standards_standard', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='standard',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "standards_standardevent" ("about", "id", "is_active", "kind", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "review_every", "slug", "title") SELECT new_values."about", new_values."id", new_values."is_active", new_values."kind", new_values."owner_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."review_every", new_values."slug", new_values."title" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='874b645621a3a7c8491432a0999774bb48865109', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_c7301', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='standards_standard', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='checklistcompletionevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='9120f26c612c58e9948d2079fe76a1fd81b5fbfb', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_cf20c', table='standards_checklistcompletionevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='checklistcompletionevent',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'History is never emptied.';", hash='de2f5d1a559b0c1f25122c6ceaf01562bcc6e0a0', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_d680a', table='standards_checklistcompletionevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='checklistcompletion',
            trigger=pgtrigger.compiler.Trigger(name='completion_is_fixed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."standard_id" IS DISTINCT FROM (NEW."standard_id") OR OLD."version_id" IS DISTINCT FROM (NEW."version_id") OR OLD."completed_by_id" IS DISTINCT FROM (NEW."completed_by_id") OR OLD."completed_at" IS DISTINCT FROM (NEW."completed_at") OR OLD."expires_on" IS DISTINCT FROM (NEW."expires_on") OR OLD."copy" IS DISTINCT FROM (NEW."copy") OR OLD."answers" IS DISTINCT FROM (NEW."answers"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='1f0cc5ecf500055d952b3ae1bd1933032056dacf', operation='UPDATE', pgid='pgtrigger_completion_is_fixed_4b2d2', table='standards_checklistcompletion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='checklistcompletion',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'History is never emptied.';", hash='8fc7ce07c6a22b833f7c80d2e3adcb2d53ed844f', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_3366f', table='standards_checklistcompletion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='checklistcompletion',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "standards_checklistcompletionevent" ("completed_at", "completed_by_id", "expires_on", "id", "initiative_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reopened_at", "reopened_by_id", "reopened_items", "standard_id", "version_id") SELECT new_values."completed_at", new_values."completed_by_id", new_values."expires_on", new_values."id", new_values."initiative_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."reopened_at", new_values."reopened_by_id", new_values."reopened_items", new_values."standard_id", new_values."version_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='9dc4d5ac98cbc0dc5c445e42f1e7084e748acf35', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_92bbe', referencing='REFERENCING NEW TABLE AS new_values ', table='standards_checklistcompletion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='checklistcompletion',
            trigger=pgtrigger.compiler.Trigger(name='reopened_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "standards_checklistcompletionevent" ("completed_at", "completed_by_id", "expires_on", "id", "initiative_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reopened_at", "reopened_by_id", "reopened_items", "standard_id", "version_id") SELECT new_values."completed_at", new_values."completed_by_id", new_values."expires_on", new_values."id", new_values."initiative_id", _pgh_attached_context.value, NOW(), \'reopened\', new_values."id", new_values."reopened_at", new_values."reopened_by_id", new_values."reopened_items", new_values."standard_id", new_values."version_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."completed_at" IS DISTINCT FROM (new_values."completed_at") OR old_values."completed_by_id" IS DISTINCT FROM (new_values."completed_by_id") OR old_values."expires_on" IS DISTINCT FROM (new_values."expires_on") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."initiative_id" IS DISTINCT FROM (new_values."initiative_id") OR old_values."reopened_at" IS DISTINCT FROM (new_values."reopened_at") OR old_values."reopened_by_id" IS DISTINCT FROM (new_values."reopened_by_id") OR old_values."reopened_items" IS DISTINCT FROM (new_values."reopened_items") OR old_values."standard_id" IS DISTINCT FROM (new_values."standard_id") OR old_values."version_id" IS DISTINCT FROM (new_values."version_id")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='88dda4f8dd9887eaa87cbd261c575b03d69d7378', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_reopened_update_60109', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='standards_checklistcompletion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='checklistanswerevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='6ec9087dbd6eb407ff69caf26e18cc5bfa2e7326', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ce939', table='standards_checklistanswerevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='checklistanswerevent',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'History is never emptied.';", hash='5b6a5a08797c74f3581ce2affdd5c0403c129246', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_e47e8', table='standards_checklistanswerevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='checklistanswer',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "standards_checklistanswerevent" ("answered_at", "answered_by_id", "evidence", "given_by_id", "id", "initiative_id", "item", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "standard_id", "value", "version_id") SELECT new_values."answered_at", new_values."answered_by_id", new_values."evidence", new_values."given_by_id", new_values."id", new_values."initiative_id", new_values."item", new_values."note", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."standard_id", new_values."value", new_values."version_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='624efd196b708f4ba0ff28a62ee2fd88c14b0287', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_9ae8d', referencing='REFERENCING NEW TABLE AS new_values ', table='standards_checklistanswer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='checklistanswer',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "standards_checklistanswerevent" ("answered_at", "answered_by_id", "evidence", "given_by_id", "id", "initiative_id", "item", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "standard_id", "value", "version_id") SELECT new_values."answered_at", new_values."answered_by_id", new_values."evidence", new_values."given_by_id", new_values."id", new_values."initiative_id", new_values."item", new_values."note", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."standard_id", new_values."value", new_values."version_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."answered_at" IS DISTINCT FROM (new_values."answered_at") OR old_values."answered_by_id" IS DISTINCT FROM (new_values."answered_by_id") OR old_values."evidence" IS DISTINCT FROM (new_values."evidence") OR old_values."given_by_id" IS DISTINCT FROM (new_values."given_by_id") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."initiative_id" IS DISTINCT FROM (new_values."initiative_id") OR old_values."item" IS DISTINCT FROM (new_values."item") OR old_values."note" IS DISTINCT FROM (new_values."note") OR old_values."standard_id" IS DISTINCT FROM (new_values."standard_id") OR old_values."value" IS DISTINCT FROM (new_values."value") OR old_values."version_id" IS DISTINCT FROM (new_values."version_id")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='2f02b65a8c78e0630ae2cc654d779bd54b118b38', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_4ac31', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='standards_checklistanswer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='checklistanswer',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "standards_checklistanswerevent" ("answered_at", "answered_by_id", "evidence", "given_by_id", "id", "initiative_id", "item", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "standard_id", "value", "version_id") SELECT old_values."answered_at", old_values."answered_by_id", old_values."evidence", old_values."given_by_id", old_values."id", old_values."initiative_id", old_values."item", old_values."note", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."standard_id", old_values."value", old_values."version_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='1635d8b7a115d9663cbcc0bf7cbd139920892802', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_0a2a7', referencing='REFERENCING OLD TABLE AS old_values ', table='standards_checklistanswer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='standardevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='50562c60a9c67ccaf0210fbcab28a60b9f250689', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d48bf', table='standards_standardevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='standardevent',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'History is never emptied.';", hash='a4a8b899e515ea72f3ccdcf8403f28a28468eef6', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_61f26', table='standards_standardevent', when='BEFORE')),
        ),
    ]
