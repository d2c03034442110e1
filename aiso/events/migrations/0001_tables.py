import aiso.clock
import datetime
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from aiso.tables_at_once import TablesAtOnce
from django.db import migrations, models


class Migration(TablesAtOnce):

    initial = True

    replaces = [
        ('events', '0001_initial'),
        ('events', '0002_mail_and_kinds'),
        ('events', '0003_kinds_of_old_notifications'),
    ]

    dependencies = [
        ('accounts', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='MailPreference',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='mail_preference', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('request', models.CharField(choices=[('at_once', 'At once'), ('digest', 'In the daily digest'), ('never', 'Never')], default='at_once', max_length=10, verbose_name='requests')),
                ('reminder', models.CharField(choices=[('at_once', 'At once'), ('digest', 'In the daily digest'), ('never', 'Never')], default='at_once', max_length=10, verbose_name='reminders')),
                ('escalation', models.CharField(choices=[('at_once', 'At once'), ('digest', 'In the daily digest'), ('never', 'Never')], default='at_once', max_length=10, verbose_name='escalations')),
                ('mention', models.CharField(choices=[('at_once', 'At once'), ('digest', 'In the daily digest'), ('never', 'Never')], default='at_once', max_length=10, verbose_name='mentions')),
                ('news', models.CharField(choices=[('at_once', 'At once'), ('digest', 'In the daily digest'), ('never', 'Never')], default='digest', max_length=10, verbose_name='news')),
                ('digest_at', models.TimeField(default=datetime.time(7, 0), help_text='In the office’s time zone.', verbose_name='time of the digest')),
            ],
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('payload', models.JSONField(default=dict)),
                ('happened_at', models.DateTimeField(default=aiso.clock.now)),
                ('relayed_at', models.DateTimeField(null=True)),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('relayed_at', None)), fields=['id'], name='event_waiting')],
            },
        ),
        migrations.CreateModel(
            name='Mail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest_of', models.DateField(help_text='The day of a digest; empty for a mail at once.', null=True)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('sent', 'Sent'), ('failed', 'Failed'), ('dropped', 'Not sent')], default='waiting', max_length=10)),
                ('subject', models.CharField(blank=True, max_length=300)),
                ('text', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(default=aiso.clock.now)),
                ('next_try_at', models.DateTimeField(default=aiso.clock.now)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('settled_at', models.DateTimeField(help_text='When it was sent, given up or dropped.', null=True)),
                ('problem', models.CharField(blank=True, help_text='Why it is not sent, or not yet.', max_length=300)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mails', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-created_at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['next_try_at', 'id'], name='mail_waiting'), models.Index(fields=['created_at', 'id'], name='mail_newest'), models.Index(fields=['state', 'created_at', 'id'], name='mail_newest_of_state')],
                'constraints': [models.UniqueConstraint(fields=('person', 'digest_of'), name='one_digest_a_day'), models.CheckConstraint(condition=models.Q(models.Q(('settled_at', None), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), ('settled_at__isnull', False)), _connector='OR'), name='mail_settled_since_a_moment')],
            },
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('request', 'Request'), ('reminder', 'Reminder'), ('escalation', 'Escalation'), ('mention', 'Mention'), ('news', 'News')], default='news', max_length=12)),
                ('text', models.CharField(max_length=300)),
                ('path', models.CharField(help_text='Where it is dealt with, inside this site.', max_length=300)),
                ('created_at', models.DateTimeField(default=aiso.clock.now)),
                ('read_at', models.DateTimeField(null=True)),
                ('about', models.JSONField(default=dict, help_text='Ids of the things that one must see to be told.')),
                ('awaits_digest', models.BooleanField(default=False)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notifications', to='events.event')),
                ('mail', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='notifications', to='events.mail')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-created_at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('read_at', None)), fields=['person'], name='notification_unread'), models.Index(fields=['person', 'created_at', 'id'], name='notification_newest'), models.Index(fields=['person', 'kind', 'created_at', 'id'], name='notification_newest_of_kind'), models.Index(condition=models.Q(('awaits_digest', True)), fields=['person', 'created_at'], name='notification_for_digest'), models.Index(condition=models.Q(('read_at__isnull', False)), fields=['read_at'], name='notification_read')],
                'constraints': [models.UniqueConstraint(fields=('person', 'event'), name='one_notification_an_event')],
            },
        ),
        migrations.CreateModel(
            name='Reminded',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=60)),
                ('key', models.CharField(max_length=120)),
                ('step', models.CharField(max_length=60)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='events.event')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('source', 'key', 'step'), name='reminded_once_a_step')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='event',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='961446d3ff3ff4d4726ce53e6d53bf084b66d2c9', operation='DELETE', pgid='pgtrigger_never_deleted_62cbc', table='events_event', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='event',
            trigger=pgtrigger.compiler.Trigger(name='only_relayed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."actor_id" IS DISTINCT FROM (NEW."actor_id") OR OLD."payload" IS DISTINCT FROM (NEW."payload") OR OLD."happened_at" IS DISTINCT FROM (NEW."happened_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='ad87bd76c6ecbdaf2473074029b36fd0c9d354b0', operation='UPDATE', pgid='pgtrigger_only_relayed_c845a', table='events_event', when='BEFORE')),
        ),
    ]
