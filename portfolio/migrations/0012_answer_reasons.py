import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0011_intake")]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='answer',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='answer',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='answer',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='answer',
            name='is_carried',
            field=models.BooleanField(default=False, help_text='Given to an earlier version of the questions.'),
        ),
        migrations.AddField(
            model_name='answer',
            name='reason',
            field=models.TextField(blank=True, help_text='Prohibited uses are screened with reasons.'),
        ),
        migrations.AddField(
            model_name='answerevent',
            name='is_carried',
            field=models.BooleanField(default=False, help_text='Given to an earlier version of the questions.'),
        ),
        migrations.AddField(
            model_name='answerevent',
            name='reason',
            field=models.TextField(blank=True, help_text='Prohibited uses are screened with reasons.'),
        ),
        migrations.AlterField(
            model_name='answeroption',
            name='sets',
            field=models.CharField(blank=True, help_text='A risk tier, or an EU AI Act class.', max_length=20),
        ),
        migrations.AlterField(
            model_name='questionset',
            name='kind',
            field=models.CharField(choices=[('risk_tier', 'Risk tier'), ('ai_act', 'EU AI Act class'), ('prohibited_use', 'Prohibited uses')], max_length=20),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='answer',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "portfolio_answerevent" ("answered_at", "answered_by_id", "id", "initiative_id", "is_carried", "option_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "question_id", "reason") SELECT new_values."answered_at", new_values."answered_by_id", new_values."id", new_values."initiative_id", new_values."is_carried", new_values."option_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."question_id", new_values."reason" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='99a8afa80943106cafff7b69a1825903da6d69f1', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_bcbc4', referencing='REFERENCING NEW TABLE AS new_values ', table='portfolio_answer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='answer',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "portfolio_answerevent" ("answered_at", "answered_by_id", "id", "initiative_id", "is_carried", "option_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "question_id", "reason") SELECT new_values."answered_at", new_values."answered_by_id", new_values."id", new_values."initiative_id", new_values."is_carried", new_values."option_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."question_id", new_values."reason" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='617e46aebd1aa66038466e2910b9ad8e24ed1081', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_0cb23', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='portfolio_answer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='answer',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "portfolio_answerevent" ("answered_at", "answered_by_id", "id", "initiative_id", "is_carried", "option_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "question_id", "reason") SELECT old_values."answered_at", old_values."answered_by_id", old_values."id", old_values."initiative_id", old_values."is_carried", old_values."option_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."question_id", old_values."reason" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='bdb14817fd72361a3372330b8ce8e7709ace8781', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_ef7bd', referencing='REFERENCING OLD TABLE AS old_values ', table='portfolio_answer', when='AFTER')),
        ),
    ]
