import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0012_answer_reasons")]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='objective',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='objective',
            name='update_update',
        ),
        migrations.AddField(
            model_name='objective',
            name='code',
            field=models.SlugField(blank=True, editable=False, max_length=60),
        ),
        migrations.AddField(
            model_name='objectiveevent',
            name='code',
            field=models.SlugField(blank=True, db_index=False, editable=False, max_length=60),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='objective',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "portfolio_objectiveevent" ("code", "description", "id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."code", new_values."description", new_values."id", new_values."is_active", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='2a29215c6c15ea577427f7d86f1726211e9daa66', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_6a180', referencing='REFERENCING NEW TABLE AS new_values ', table='portfolio_objective', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='objective',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "portfolio_objectiveevent" ("code", "description", "id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."code", new_values."description", new_values."id", new_values."is_active", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='7b0a0b1da3331f9042a91ee96e5840bdb6e6914c', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_173f5', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='portfolio_objective', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='objective',
            constraint=models.UniqueConstraint(condition=models.Q(('code', ''), _negated=True), fields=('code',), name='objective_code_once'),
        ),
    ]
