import aiso.clock
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import portfolio.models.ownership
from decimal import Decimal
from django.conf import settings
from aiso.tables_at_once import TablesAtOnce
from django.db import migrations, models


class Migration(TablesAtOnce):

    initial = True

    replaces = [
        ('forums', '0001_initial'),
        ('forums', '0003_meetings'),
        ('forums', '0004_item_kept_by_hand'),
        ('forums', '0005_meeting_version'),
        ('forums', '0007_closing_of_meetings'),
    ]

    dependencies = [
        ('accounts', '0001_tables'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('portfolio', '0002_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='AgendaItemEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('position', models.PositiveIntegerField(default=0)),
                ('source', models.SlugField(db_index=False, default='by_hand', help_text='Which part of the product put it there.', max_length=40)),
                ('key', models.CharField(blank=True, help_text='What it is about, once a source and meeting.', max_length=80)),
                ('title', models.CharField(max_length=300)),
                ('why', models.CharField(blank=True, max_length=500, verbose_name='why it is here')),
                ('minutes', models.PositiveSmallIntegerField(default=10, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(240)])),
                ('put_at', models.DateTimeField(default=aiso.clock.now)),
                ('is_kept', models.BooleanField(default=False, help_text='Somebody put, moved or edited it: refreshing leaves it.', verbose_name='kept by hand')),
                ('state', models.CharField(choices=[('waiting', 'To come'), ('done', 'Done'), ('deferred', 'Put off'), ('removed', 'Taken off')], default='waiting', max_length=20)),
                ('began_at', models.DateTimeField(blank=True, null=True, verbose_name='on screen since')),
                ('seconds', models.PositiveIntegerField(default=0, verbose_name='spent, seconds')),
                ('result', models.CharField(blank=True, help_text='What came of it, in a few words.', max_length=200)),
                ('note', models.TextField(blank=True, help_text='What the minutes say of it.')),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('came_from', models.ForeignKey(blank=True, db_constraint=False, help_text='The item of the meeting that put it off.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='forums.agendaitem')),
                ('initiative', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='portfolio.initiative')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='forums.agendaitem')),
                ('put_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('settled_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('forum', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='forums.forum')),
                ('meeting', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='forums.meeting')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Attendance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(blank=True, choices=[('chair', 'Chair'), ('sponsor', 'Sponsor'), ('member', 'Member'), ('secretary', 'Secretary')], help_text='Empty for a guest.', max_length=20)),
                ('has_vote', models.BooleanField(default=False)),
                ('arrived_at', models.DateTimeField(default=aiso.clock.now)),
                ('left_at', models.DateTimeField(blank=True, null=True)),
                ('noted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attendance', to='forums.meeting')),
            ],
            options={
                'ordering': ['arrived_at', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('meeting', 'person'), name='one_presence_a_meeting')],
            },
        ),
        migrations.CreateModel(
            name='AttendanceEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('role', models.CharField(blank=True, choices=[('chair', 'Chair'), ('sponsor', 'Sponsor'), ('member', 'Member'), ('secretary', 'Secretary')], help_text='Empty for a guest.', max_length=20)),
                ('has_vote', models.BooleanField(default=False)),
                ('arrived_at', models.DateTimeField(default=aiso.clock.now)),
                ('left_at', models.DateTimeField(blank=True, null=True)),
                ('noted_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='forums.attendance')),
                ('meeting', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='forums.meeting')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Cadence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week', models.SmallIntegerField(choices=[(1, 'First'), (2, 'Second'), (3, 'Third'), (4, 'Fourth'), (-1, 'Last')], default=1)),
                ('weekday', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday')], default=3)),
                ('at', models.TimeField(help_text="In the office's time zone.", verbose_name='starts at')),
                ('minutes', models.PositiveSmallIntegerField(default=90, validators=[django.core.validators.MinValueValidator(15), django.core.validators.MaxValueValidator(480)], verbose_name='length, minutes')),
                ('place', models.CharField(blank=True, help_text='A room, or the link of a call.', max_length=200)),
                ('months_ahead', models.PositiveSmallIntegerField(default=3, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(12)], verbose_name='made ahead, months')),
                ('forum', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='cadence', to='forums.forum')),
            ],
        ),
        migrations.CreateModel(
            name='CadenceEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('week', models.SmallIntegerField(choices=[(1, 'First'), (2, 'Second'), (3, 'Third'), (4, 'Fourth'), (-1, 'Last')], default=1)),
                ('weekday', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday')], default=3)),
                ('at', models.TimeField(help_text="In the office's time zone.", verbose_name='starts at')),
                ('minutes', models.PositiveSmallIntegerField(default=90, validators=[django.core.validators.MinValueValidator(15), django.core.validators.MaxValueValidator(480)], verbose_name='length, minutes')),
                ('place', models.CharField(blank=True, help_text='A room, or the link of a call.', max_length=200)),
                ('months_ahead', models.PositiveSmallIntegerField(default=3, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(12)], verbose_name='made ahead, months')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='forums.cadence')),
                ('forum', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='forums.forum')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Forum',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(editable=False, max_length=60, unique=True, verbose_name='address')),
                ('name', models.CharField(error_messages={'unique': 'Another forum is called that.'}, max_length=120, unique=True)),
                ('about', models.TextField(blank=True, help_text='What it decides, in a sentence or two.', max_length=1000)),
                ('rank', models.PositiveSmallIntegerField(help_text='The higher the number, the higher the body: where two match, the higher one decides.')),
                ('is_delegate', models.BooleanField(default=False, help_text='One person or a few decide without a meeting, e.g. on the fast lane.', verbose_name='decides alone')),
                ('quorum_share', models.DecimalField(decimal_places=2, default=Decimal('0.5'), help_text='Which share of the members must take part, from 0 to 1.', max_digits=3, validators=[django.core.validators.MinValueValidator(Decimal(0)), django.core.validators.MaxValueValidator(Decimal(1))], verbose_name='quorum, share')),
                ('quorum_least', models.PositiveSmallIntegerField(default=1, help_text='How many must take part, however few members there are.', validators=[django.core.validators.MinValueValidator(1)], verbose_name='quorum, at least')),
                ('majority', models.CharField(choices=[('simple', 'More than half of the votes'), ('two_thirds', 'Two thirds of the votes'), ('unanimous', 'All votes')], default='simple', max_length=20)),
                ('most_members', models.PositiveSmallIntegerField(blank=True, help_text='How many with a vote may sit in it at once; empty for any number.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='seats')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='forums', to='accounts.businessunit', verbose_name='business unit')),
            ],
            options={
                'ordering': ['-rank', 'name'],
                'constraints': [models.CheckConstraint(condition=models.Q(('quorum_share__gte', 0), ('quorum_share__lte', 1)), name='forum_quorum_is_a_share'), models.CheckConstraint(condition=models.Q(('quorum_least__gte', 1)), name='forum_quorum_of_somebody')],
            },
        ),
        migrations.CreateModel(
            name='ForumEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('slug', models.SlugField(db_index=False, editable=False, max_length=60, verbose_name='address')),
                ('name', models.CharField(error_messages={'unique': 'Another forum is called that.'}, max_length=120)),
                ('about', models.TextField(blank=True, help_text='What it decides, in a sentence or two.', max_length=1000)),
                ('rank', models.PositiveSmallIntegerField(help_text='The higher the number, the higher the body: where two match, the higher one decides.')),
                ('is_delegate', models.BooleanField(default=False, help_text='One person or a few decide without a meeting, e.g. on the fast lane.', verbose_name='decides alone')),
                ('quorum_share', models.DecimalField(decimal_places=2, default=Decimal('0.5'), help_text='Which share of the members must take part, from 0 to 1.', max_digits=3, validators=[django.core.validators.MinValueValidator(Decimal(0)), django.core.validators.MaxValueValidator(Decimal(1))], verbose_name='quorum, share')),
                ('quorum_least', models.PositiveSmallIntegerField(default=1, help_text='How many must take part, however few members there are.', validators=[django.core.validators.MinValueValidator(1)], verbose_name='quorum, at least')),
                ('majority', models.CharField(choices=[('simple', 'More than half of the votes'), ('two_thirds', 'Two thirds of the votes'), ('unanimous', 'All votes')], default='simple', max_length=20)),
                ('most_members', models.PositiveSmallIntegerField(blank=True, help_text='How many with a vote may sit in it at once; empty for any number.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='seats')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='forums.forum')),
                ('unit', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.businessunit', verbose_name='business unit')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ItemVote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('choice', models.CharField(choices=[('for', 'For'), ('against', 'Against'), ('abstain', 'Abstain'), ('recused', 'Recused')], max_length=20)),
                ('reason', models.TextField(blank=True)),
                ('cast_at', models.DateTimeField(default=aiso.clock.now)),
                ('cast_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='votes', to='forums.agendaitem')),
                ('person', models.ForeignKey(help_text='Whose vote it is.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['cast_at', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('item', 'person'), name='one_item_vote_a_person')],
            },
        ),
        migrations.CreateModel(
            name='ItemVoteEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('choice', models.CharField(choices=[('for', 'For'), ('against', 'Against'), ('abstain', 'Abstain'), ('recused', 'Recused')], max_length=20)),
                ('reason', models.TextField(blank=True)),
                ('cast_at', models.DateTimeField(default=aiso.clock.now)),
                ('cast_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='forums.agendaitem')),
                ('person', models.ForeignKey(db_constraint=False, help_text='Whose vote it is.', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='forums.itemvote')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Meeting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField(verbose_name='starts')),
                ('minutes_planned', models.PositiveSmallIntegerField(default=90, validators=[django.core.validators.MinValueValidator(15)], verbose_name='length, minutes')),
                ('place', models.CharField(blank=True, max_length=200)),
                ('made_for', models.DateField(blank=True, help_text='The first of the month for which the cadence made it; empty for one called by hand.', null=True, verbose_name='made for the month of')),
                ('version', models.PositiveSmallIntegerField(default=0, help_text='Grows with each change of day, length or place that calendars must take over.')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('open', 'Open'), ('in_progress', 'In progress'), ('closed', 'Closed'), ('cancelled', 'Cancelled')], default='draft', max_length=20)),
                ('opened_at', models.DateTimeField(blank=True, null=True, verbose_name='agenda sent')),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('cancelled_because', models.TextField(blank=True)),
                ('paused_at', models.DateTimeField(blank=True, null=True, verbose_name='break since')),
                ('beat', models.PositiveIntegerField(default=0, help_text='Grows with each change that those who follow the meeting must see.')),
                ('current', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='forums.agendaitem')),
                ('forum', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='meetings', to='forums.forum')),
            ],
            options={
                'ordering': ['-starts_at', '-pk'],
                'indexes': [models.Index(fields=['forum', 'state', 'starts_at'], name='meeting_of_forum')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'in_progress')), fields=('forum',), name='one_live_meeting_a_forum'), models.UniqueConstraint(condition=models.Q(('state', 'cancelled'), _negated=True), fields=('forum', 'starts_at'), name='one_meeting_at_a_time'), models.UniqueConstraint(fields=('forum', 'made_for'), name='one_meeting_made_a_month'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['in_progress', 'closed']), _negated=True), ('started_at__isnull', False), _connector='OR'), name='live_meeting_has_started'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state', 'closed')), models.Q(models.Q(('state', 'closed'), _negated=True), ('closed_at', None)), _connector='OR'), name='closed_meeting_says_when'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'cancelled'), _negated=True), models.Q(('cancelled_because', ''), _negated=True), _connector='OR'), name='cancelled_meeting_says_why')],
            },
        ),
        migrations.CreateModel(
            name='MeetingEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('starts_at', models.DateTimeField(verbose_name='starts')),
                ('minutes_planned', models.PositiveSmallIntegerField(default=90, validators=[django.core.validators.MinValueValidator(15)], verbose_name='length, minutes')),
                ('place', models.CharField(blank=True, max_length=200)),
                ('made_for', models.DateField(blank=True, help_text='The first of the month for which the cadence made it; empty for one called by hand.', null=True, verbose_name='made for the month of')),
                ('version', models.PositiveSmallIntegerField(default=0, help_text='Grows with each change of day, length or place that calendars must take over.')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('open', 'Open'), ('in_progress', 'In progress'), ('closed', 'Closed'), ('cancelled', 'Cancelled')], default='draft', max_length=20)),
                ('opened_at', models.DateTimeField(blank=True, null=True, verbose_name='agenda sent')),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('cancelled_because', models.TextField(blank=True)),
                ('paused_at', models.DateTimeField(blank=True, null=True, verbose_name='break since')),
                ('current', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='forums.agendaitem')),
                ('forum', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='forums.forum')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='forums.meeting')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('chair', 'Chair'), ('sponsor', 'Sponsor'), ('member', 'Member'), ('secretary', 'Secretary')], default='member', max_length=20)),
                ('started_on', models.DateField(verbose_name='from')),
                ('ended_on', models.DateField(blank=True, null=True, verbose_name='until')),
                ('forum', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='forums.forum')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['forum', 'started_on', 'pk'],
                'indexes': [models.Index(fields=['person', 'started_on'], name='membership_by_person')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ended_on', None), ('ended_on__gte', models.F('started_on')), _connector='OR'), name='membership_ends_after_start'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('forum', '='), ('person', '='), (portfolio.models.ownership.Days('started_on', 'ended_on', django.contrib.postgres.fields.ranges.RangeBoundary()), '&&')], name='one_seat_a_person_a_day'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('role__in', ['chair', 'secretary'])), expressions=[('forum', '='), ('role', '='), (portfolio.models.ownership.Days('started_on', 'ended_on', django.contrib.postgres.fields.ranges.RangeBoundary()), '&&')], name='one_chair_and_secretary_a_day')],
            },
        ),
        migrations.CreateModel(
            name='MembershipEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('role', models.CharField(choices=[('chair', 'Chair'), ('sponsor', 'Sponsor'), ('member', 'Member'), ('secretary', 'Secretary')], default='member', max_length=20)),
                ('started_on', models.DateField(verbose_name='from')),
                ('ended_on', models.DateField(blank=True, null=True, verbose_name='until')),
                ('forum', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='forums.forum')),
                ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='forums.membership')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Minutes',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content', models.JSONField(help_text='Who was there, the items with what came of them, actions.')),
                ('sha256', models.CharField(help_text='Of the content, as its bytes are written to the page.', max_length=64)),
                ('made_at', models.DateTimeField(default=aiso.clock.now)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('meeting', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='minutes', to='forums.meeting')),
            ],
            options={
                'verbose_name_plural': 'minutes',
            },
        ),
        migrations.CreateModel(
            name='MinutesEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('content', models.JSONField(help_text='Who was there, the items with what came of them, actions.')),
                ('sha256', models.CharField(help_text='Of the content, as its bytes are written to the page.', max_length=64)),
                ('made_at', models.DateTimeField(default=aiso.clock.now)),
                ('made_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('meeting', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='forums.meeting')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='forums.minutes')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Proxy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('given_at', models.DateTimeField(default=aiso.clock.now)),
                ('giver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('holder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proxies', to='forums.meeting')),
                ('noted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'proxies',
                'constraints': [models.UniqueConstraint(fields=('meeting', 'giver'), name='one_proxy_a_giver'), models.CheckConstraint(condition=models.Q(('giver', models.F('holder')), _negated=True), name='proxy_is_another')],
            },
        ),
        migrations.CreateModel(
            name='ProxyEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('given_at', models.DateTimeField(default=aiso.clock.now)),
                ('giver', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('holder', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('meeting', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='forums.meeting')),
                ('noted_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='forums.proxy')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ActionItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(verbose_name='what is to be done')),
                ('due_on', models.DateField(verbose_name='due')),
                ('given_at', models.DateTimeField(default=aiso.clock.now)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('done_note', models.TextField(blank=True, verbose_name='what was done')),
                ('dropped_at', models.DateTimeField(blank=True, null=True)),
                ('dropped_because', models.TextField(blank=True)),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dropped_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='action_items', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='actions', to='forums.agendaitem')),
                ('forum', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='actions', to='forums.forum')),
                ('meeting', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='actions', to='forums.meeting')),
            ],
            options={
                'ordering': ['due_on', 'pk'],
                'indexes': [models.Index(condition=models.Q(('done_at', None), ('dropped_at', None)), fields=['owner', 'due_on'], name='action_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='action_says_what'), models.CheckConstraint(condition=models.Q(('done_at', None), ('dropped_at', None), _connector='OR'), name='action_done_or_dropped'), models.CheckConstraint(condition=models.Q(('dropped_at', None), models.Q(('dropped_because', ''), _negated=True), _connector='OR'), name='dropped_action_says_why')],
            },
        ),
        migrations.CreateModel(
            name='ActionItemEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('text', models.TextField(verbose_name='what is to be done')),
                ('due_on', models.DateField(verbose_name='due')),
                ('given_at', models.DateTimeField(default=aiso.clock.now)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('done_note', models.TextField(blank=True, verbose_name='what was done')),
                ('dropped_at', models.DateTimeField(blank=True, null=True)),
                ('dropped_because', models.TextField(blank=True)),
                ('done_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('dropped_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('given_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='forums.actionitem')),
                ('item', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='forums.agendaitem')),
                ('forum', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='forums.forum')),
                ('meeting', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='forums.meeting')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Addendum',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('written_at', models.DateTimeField(default=aiso.clock.now)),
                ('signed_at', models.DateTimeField(blank=True, null=True)),
                ('signed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('minutes', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='addenda', to='forums.minutes')),
            ],
            options={
                'verbose_name_plural': 'addenda',
                'ordering': ['written_at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='addendum_says_something'), models.CheckConstraint(condition=models.Q(models.Q(('signed_at', None), ('signed_by', None)), models.Q(('signed_at__isnull', False), ('signed_by__isnull', False)), _connector='OR'), name='signed_addendum_says_by_whom')],
            },
        ),
        migrations.CreateModel(
            name='AddendumEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('text', models.TextField()),
                ('written_at', models.DateTimeField(default=aiso.clock.now)),
                ('signed_at', models.DateTimeField(blank=True, null=True)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='forums.addendum')),
                ('signed_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('written_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('minutes', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='forums.minutes')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='AgendaItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField(default=0)),
                ('source', models.SlugField(default='by_hand', help_text='Which part of the product put it there.', max_length=40)),
                ('key', models.CharField(blank=True, help_text='What it is about, once a source and meeting.', max_length=80)),
                ('title', models.CharField(max_length=300)),
                ('why', models.CharField(blank=True, max_length=500, verbose_name='why it is here')),
                ('minutes', models.PositiveSmallIntegerField(default=10, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(240)])),
                ('put_at', models.DateTimeField(default=aiso.clock.now)),
                ('is_kept', models.BooleanField(default=False, help_text='Somebody put, moved or edited it: refreshing leaves it.', verbose_name='kept by hand')),
                ('state', models.CharField(choices=[('waiting', 'To come'), ('done', 'Done'), ('deferred', 'Put off'), ('removed', 'Taken off')], default='waiting', max_length=20)),
                ('began_at', models.DateTimeField(blank=True, null=True, verbose_name='on screen since')),
                ('seconds', models.PositiveIntegerField(default=0, verbose_name='spent, seconds')),
                ('result', models.CharField(blank=True, help_text='What came of it, in a few words.', max_length=200)),
                ('note', models.TextField(blank=True, help_text='What the minutes say of it.')),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('came_from', models.ForeignKey(blank=True, help_text='The item of the meeting that put it off.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='forums.agendaitem')),
                ('initiative', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='agenda_items', to='portfolio.initiative')),
                ('put_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('forum', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='forums.forum')),
                ('meeting', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='items', to='forums.meeting')),
            ],
            options={
                'ordering': ['position', 'pk'],
                'indexes': [models.Index(fields=['meeting', 'position'], name='item_of_meeting')],
                'constraints': [models.UniqueConstraint(condition=models.Q(models.Q(('key', ''), _negated=True), ('meeting__isnull', False)), fields=('meeting', 'source', 'key'), name='item_once_a_meeting'), models.UniqueConstraint(condition=models.Q(models.Q(('key', ''), _negated=True), ('meeting', None), ('state', 'waiting')), fields=('forum', 'source', 'key'), name='item_once_a_backlog')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='forum',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "forums_forumevent" ("about", "id", "is_delegate", "majority", "most_members", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quorum_least", "quorum_share", "rank", "slug", "unit_id") SELECT new_values."about", new_values."id", new_values."is_delegate", new_values."majority", new_values."most_members", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."quorum_least", new_values."quorum_share", new_values."rank", new_values."slug", new_values."unit_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='49c535e4f9ecfaf4c681aa048004b11a5397033f', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_0ba7f', referencing='REFERENCING NEW TABLE AS new_values ', table='forums_forum', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='forum',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "forums_forumevent" ("about", "id", "is_delegate", "majority", "most_members", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quorum_least", "quorum_share", "rank", "slug", "unit_id") SELECT new_values."about", new_values."id", new_values."is_delegate", new_values."majority", new_values."most_members", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."quorum_least", new_values."quorum_share", new_values."rank", new_values."slug", new_values."unit_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='2c2251d8dc18aef06b02100c2d29b0a14be59eac', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_cfb71', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='forums_forum', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cadenceevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='4f15e31bf26f0318878ecee14688c669297c03d1', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_846b9', table='forums_cadenceevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cadenceevent',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'History is never emptied.';", hash='86ae065bd8409685f0b6270692d17b2c7cae4af3', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_d5b90', table='forums_cadenceevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cadence',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "forums_cadenceevent" ("at", "forum_id", "id", "minutes", "months_ahead", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "week", "weekday") SELECT new_values."at", new_values."forum_id", new_values."id", new_values."minutes", new_values."months_ahead", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."place", new_values."week", new_values."weekday" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='eeca99b04dc11d956816707f0c23dc211a8f276c', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_e37fc', referencing='REFERENCING NEW TABLE AS new_values ', table='forums_cadence', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cadence',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "forums_cadenceevent" ("at", "forum_id", "id", "minutes", "months_ahead", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "week", "weekday") SELECT new_values."at", new_values."forum_id", new_values."id", new_values."minutes", new_values."months_ahead", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."place", new_values."week", new_values."weekday" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='f5788e897d7898a94119d3c6e9a7dc28b30719f3', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_ada62', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='forums_cadence', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='forumevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='17a01aed28abc887e7624e7bd1d025bed26e7939', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_6633d', table='forums_forumevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='forumevent',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'History is never emptied.';", hash='21d319019f8fd661adc162a36c3f92d88c771286', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_ff25b', table='forums_forumevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='itemvote',
            trigger=pgtrigger.compiler.Trigger(name='closed_is_locked', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP <> 'INSERT' THEN\n                IF EXISTS (SELECT 1 FROM forums_meeting WHERE id = (SELECT meeting_id FROM forums_agendaitem WHERE id = OLD.item_id) AND state IN ('closed', 'cancelled')) THEN\n                    RAISE EXCEPTION 'pgtrigger: what a closed meeting holds is not changed';\n                END IF;\n            END IF;\n            IF TG_OP = 'DELETE' THEN\n                RETURN OLD;\n            END IF;\n            IF EXISTS (SELECT 1 FROM forums_meeting WHERE id = (SELECT meeting_id FROM forums_agendaitem WHERE id = NEW.item_id) AND state IN ('closed', 'cancelled')) THEN\n                RAISE EXCEPTION 'pgtrigger: what a closed meeting holds is not changed';\n            END IF;\n            RETURN NEW;\n        ", hash='f6bb75ae611cfc0b91d310e8cf408574c4bd6b95', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_closed_is_locked_83ed5', table='forums_itemvote', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='itemvote',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "forums_itemvoteevent" ("cast_at", "cast_by_id", "choice", "id", "item_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") SELECT new_values."cast_at", new_values."cast_by_id", new_values."choice", new_values."id", new_values."item_id", new_values."person_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."reason" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='bc685aadc18e106cc34d9ce11e28ef356a3ac14b', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_c8e90', referencing='REFERENCING NEW TABLE AS new_values ', table='forums_itemvote', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='itemvote',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "forums_itemvoteevent" ("cast_at", "cast_by_id", "choice", "id", "item_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") SELECT new_values."cast_at", new_values."cast_by_id", new_values."choice", new_values."id", new_values."item_id", new_values."person_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."reason" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='390f2e5f39cda9b795c1b7c022ab3dcf4d0bfef5', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_aa88d', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='forums_itemvote', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='itemvoteevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='f73c047d2b36ada306a6c46397afbf782fa14cc5', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_0ebbb', table='forums_itemvoteevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='itemvoteevent',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'History is never emptied.';", hash='6e59352d4fede24ce5ff3bb97b55140142241d3a', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_faa50', table='forums_itemvoteevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meeting',
            trigger=pgtrigger.compiler.Trigger(name='closed_is_locked', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" IN (\'closed\', \'cancelled\'))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='7761ad23e7ee5a380cd55ad8348f3178f65f316c', operation='UPDATE', pgid='pgtrigger_closed_is_locked_f99d6', table='forums_meeting', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meeting',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='3cd6dfd5a97cb939a1bd9cace0e82a1580f4e585', operation='DELETE', pgid='pgtrigger_never_deleted_9654e', table='forums_meeting', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meeting',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'History is never emptied.';", hash='52b831d3c2a28429a0500f140df24ef5b47df1b8', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_2b262', table='forums_meeting', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meeting',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "forums_meetingevent" ("cancelled_because", "closed_at", "current_id", "forum_id", "id", "made_for", "minutes_planned", "opened_at", "paused_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "started_at", "starts_at", "state", "version") SELECT new_values."cancelled_because", new_values."closed_at", new_values."current_id", new_values."forum_id", new_values."id", new_values."made_for", new_values."minutes_planned", new_values."opened_at", new_values."paused_at", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."place", new_values."started_at", new_values."starts_at", new_values."state", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='f3917ee1be848bd14aae2c752d1b98fff912a3e4', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_2bcd6', referencing='REFERENCING NEW TABLE AS new_values ', table='forums_meeting', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meeting',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "forums_meetingevent" ("cancelled_because", "closed_at", "current_id", "forum_id", "id", "made_for", "minutes_planned", "opened_at", "paused_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "started_at", "starts_at", "state", "version") SELECT new_values."cancelled_because", new_values."closed_at", new_values."current_id", new_values."forum_id", new_values."id", new_values."made_for", new_values."minutes_planned", new_values."opened_at", new_values."paused_at", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."place", new_values."started_at", new_values."starts_at", new_values."state", new_values."version" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."cancelled_because" IS DISTINCT FROM (new_values."cancelled_because") OR old_values."closed_at" IS DISTINCT FROM (new_values."closed_at") OR old_values."current_id" IS DISTINCT FROM (new_values."current_id") OR old_values."forum_id" IS DISTINCT FROM (new_values."forum_id") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."made_for" IS DISTINCT FROM (new_values."made_for") OR old_values."minutes_planned" IS DISTINCT FROM (new_values."minutes_planned") OR old_values."opened_at" IS DISTINCT FROM (new_values."opened_at") OR old_values."paused_at" IS DISTINCT FROM (new_values."paused_at") OR old_values."place" IS DISTINCT FROM (new_values."place") OR old_values."started_at" IS DISTINCT FROM (new_values."started_at") OR old_values."starts_at" IS DISTINCT FROM (new_values."starts_at") OR old_values."state" IS DISTINCT FROM (new_values."state") OR old_values."version" IS DISTINCT FROM (new_values."version")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='a47c8b69888651f6c1ed05ebd5e682893658a3ac', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_de8b8', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='forums_meeting', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attendanceevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a138685e88ee479a0aec00b26504e3c939f5164f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_87141', table='forums_attendanceevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attendanceevent',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'History is never emptied.';", hash='8a1dbc120d08281dc1a732411caa0c4a4c463297', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_c65ff', table='forums_attendanceevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attendance',
            trigger=pgtrigger.compiler.Trigger(name='closed_is_locked', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP <> 'INSERT' THEN\n                IF EXISTS (SELECT 1 FROM forums_meeting WHERE id = OLD.meeting_id AND state IN ('closed', 'cancelled')) THEN\n                    RAISE EXCEPTION 'pgtrigger: what a closed meeting holds is not changed';\n                END IF;\n            END IF;\n            IF TG_OP = 'DELETE' THEN\n                RETURN OLD;\n            END IF;\n            IF EXISTS (SELECT 1 FROM forums_meeting WHERE id = NEW.meeting_id AND state IN ('closed', 'cancelled')) THEN\n                RAISE EXCEPTION 'pgtrigger: what a closed meeting holds is not changed';\n            END IF;\n            RETURN NEW;\n        ", hash='fdacf52ce0e86f14da677a6860512fdc40d876c3', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_closed_is_locked_7f5b3', table='forums_attendance', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attendance',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "forums_attendanceevent" ("arrived_at", "has_vote", "id", "left_at", "meeting_id", "noted_by_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role") SELECT new_values."arrived_at", new_values."has_vote", new_values."id", new_values."left_at", new_values."meeting_id", new_values."noted_by_id", new_values."person_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."role" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='3ea33e69cd796f705fa7a0061766d4d69b44040a', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_d918c', referencing='REFERENCING NEW TABLE AS new_values ', table='forums_attendance', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attendance',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "forums_attendanceevent" ("arrived_at", "has_vote", "id", "left_at", "meeting_id", "noted_by_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role") SELECT new_values."arrived_at", new_values."has_vote", new_values."id", new_values."left_at", new_values."meeting_id", new_values."noted_by_id", new_values."person_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."role" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='e5346cd227d4abd8aac43246c1b3ad4a4385a744', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_1005f', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='forums_attendance', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agendaitemevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c0c448b24db61adc2afc440c56330da00521fbb0', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_01938', table='forums_agendaitemevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agendaitemevent',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'History is never emptied.';", hash='e9d1a872bfdbd485f4962a41483baab1e8e1e37d', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_71228', table='forums_agendaitemevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agendaitem',
            trigger=pgtrigger.compiler.Trigger(name='closed_is_locked', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP <> 'INSERT' THEN\n                IF EXISTS (SELECT 1 FROM forums_meeting WHERE id = OLD.meeting_id AND state IN ('closed', 'cancelled')) THEN\n                    RAISE EXCEPTION 'pgtrigger: what a closed meeting holds is not changed';\n                END IF;\n            END IF;\n            IF TG_OP = 'DELETE' THEN\n                RETURN OLD;\n            END IF;\n            IF EXISTS (SELECT 1 FROM forums_meeting WHERE id = NEW.meeting_id AND state IN ('closed', 'cancelled')) THEN\n                RAISE EXCEPTION 'pgtrigger: what a closed meeting holds is not changed';\n            END IF;\n            RETURN NEW;\n        ", hash='7e972662ee291896b8561cb0fb67eda01b2d0156', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_closed_is_locked_8ab8b', table='forums_agendaitem', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agendaitem',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='dd3bd2a4140d89bf39de9d9964faee856a339730', operation='DELETE', pgid='pgtrigger_never_deleted_36029', table='forums_agendaitem', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agendaitem',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'History is never emptied.';", hash='7e41a7e12d6a98e06add76268237a314b3dcc5ed', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_51723', table='forums_agendaitem', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agendaitem',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "forums_agendaitemevent" ("began_at", "came_from_id", "forum_id", "id", "initiative_id", "is_kept", "key", "meeting_id", "minutes", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "put_at", "put_by_id", "result", "seconds", "settled_at", "settled_by_id", "source", "state", "title", "why") SELECT new_values."began_at", new_values."came_from_id", new_values."forum_id", new_values."id", new_values."initiative_id", new_values."is_kept", new_values."key", new_values."meeting_id", new_values."minutes", new_values."note", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."position", new_values."put_at", new_values."put_by_id", new_values."result", new_values."seconds", new_values."settled_at", new_values."settled_by_id", new_values."source", new_values."state", new_values."title", new_values."why" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='d26757448c59609f6186727277e45c6e52615d78', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_40946', referencing='REFERENCING NEW TABLE AS new_values ', table='forums_agendaitem', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agendaitem',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "forums_agendaitemevent" ("began_at", "came_from_id", "forum_id", "id", "initiative_id", "is_kept", "key", "meeting_id", "minutes", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "put_at", "put_by_id", "result", "seconds", "settled_at", "settled_by_id", "source", "state", "title", "why") SELECT new_values."began_at", new_values."came_from_id", new_values."forum_id", new_values."id", new_values."initiative_id", new_values."is_kept", new_values."key", new_values."meeting_id", new_values."minutes", new_values."note", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."position", new_values."put_at", new_values."put_by_id", new_values."result", new_values."seconds", new_values."settled_at", new_values."settled_by_id", new_values."source", new_values."state", new_values."title", new_values."why" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='7a331c9e1bf3d4cdd4f4c4dec7643d72b4c707e3', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_2b97b', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='forums_agendaitem', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='actionitemevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2df128ab46182247020378d8023e1f9b1b12b23c', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b1b84', table='forums_actionitemevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='actionitemevent',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'History is never emptied.';", hash='0d3905adc9e70d94839aadb577fe4a4ae466549a', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_fc34c', table='forums_actionitemevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='actionitem',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "forums_actionitemevent" ("done_at", "done_by_id", "done_note", "dropped_at", "dropped_because", "dropped_by_id", "due_on", "forum_id", "given_at", "given_by_id", "id", "item_id", "meeting_id", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text") SELECT new_values."done_at", new_values."done_by_id", new_values."done_note", new_values."dropped_at", new_values."dropped_because", new_values."dropped_by_id", new_values."due_on", new_values."forum_id", new_values."given_at", new_values."given_by_id", new_values."id", new_values."item_id", new_values."meeting_id", new_values."owner_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."text" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='2dd21737844a432628d25cfd2116d18b1c78b295', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_8fe8d', referencing='REFERENCING NEW TABLE AS new_values ', table='forums_actionitem', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='actionitem',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "forums_actionitemevent" ("done_at", "done_by_id", "done_note", "dropped_at", "dropped_because", "dropped_by_id", "due_on", "forum_id", "given_at", "given_by_id", "id", "item_id", "meeting_id", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text") SELECT new_values."done_at", new_values."done_by_id", new_values."done_note", new_values."dropped_at", new_values."dropped_because", new_values."dropped_by_id", new_values."due_on", new_values."forum_id", new_values."given_at", new_values."given_by_id", new_values."id", new_values."item_id", new_values."meeting_id", new_values."owner_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."text" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='13e20e41af23bfe51abb1b3d1340c4d83e6ee716', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_47f83', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='forums_actionitem', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meetingevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8da14a1f8d2347ef5c39f080b6f2710464eb061e', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_22fe3', table='forums_meetingevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='meetingevent',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'History is never emptied.';", hash='b6b528e16c55de735f0d5c4c855f634ab9a5fe07', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_e409f', table='forums_meetingevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membership',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "forums_membershipevent" ("ended_on", "forum_id", "id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "started_on") SELECT new_values."ended_on", new_values."forum_id", new_values."id", new_values."person_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."role", new_values."started_on" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='1a3caf34fe431421dfe2e4312401301ab5a86cc1', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_bb120', referencing='REFERENCING NEW TABLE AS new_values ', table='forums_membership', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membership',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "forums_membershipevent" ("ended_on", "forum_id", "id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "started_on") SELECT new_values."ended_on", new_values."forum_id", new_values."id", new_values."person_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."role", new_values."started_on" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='05d24773831313462b3b819f555647ad29b17517', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_c433a', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='forums_membership', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membership',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "forums_membershipevent" ("ended_on", "forum_id", "id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "started_on") SELECT old_values."ended_on", old_values."forum_id", old_values."id", old_values."person_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."role", old_values."started_on" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='7285959fd1b4bcbc0636d854b9a6ae4500cfcdac', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_6ae72', referencing='REFERENCING OLD TABLE AS old_values ', table='forums_membership', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membershipevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='30973e1e0f138f365cd81ca0fdef9c2966d913fa', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_2fa4e', table='forums_membershipevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membershipevent',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'History is never emptied.';", hash='7028e18dd80218de51825f5c2da5ad7a7e02a253', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_35c5a', table='forums_membershipevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='minutes',
            trigger=pgtrigger.compiler.Trigger(name='never_edited', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='00fb46a1f9ca1e4e9271b45f622234d6fac09e6f', operation='UPDATE OR DELETE', pgid='pgtrigger_never_edited_12a4c', table='forums_minutes', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='minutes',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'History is never emptied.';", hash='5a973e826c9ed0d07c12709f790a4c1b84056045', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_0d647', table='forums_minutes', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='minutes',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "forums_minutesevent" ("content", "id", "made_at", "made_by_id", "meeting_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sha256") SELECT new_values."content", new_values."id", new_values."made_at", new_values."made_by_id", new_values."meeting_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."sha256" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='127d16028e701ebfb7d4b7221c227b13fe6ee7d4', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_00185', referencing='REFERENCING NEW TABLE AS new_values ', table='forums_minutes', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='addendumevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8a5b8a54344d36fd5cb40fe95d16e4ebd3930440', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_2d9f0', table='forums_addendumevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='addendumevent',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'History is never emptied.';", hash='c1f74b1859ba0dac042cdb1457839cecedbac9e4', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_85383', table='forums_addendumevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='addendum',
            trigger=pgtrigger.compiler.Trigger(name='text_stands', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."minutes_id" IS DISTINCT FROM (NEW."minutes_id") OR OLD."text" IS DISTINCT FROM (NEW."text") OR OLD."written_by_id" IS DISTINCT FROM (NEW."written_by_id") OR OLD."written_at" IS DISTINCT FROM (NEW."written_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='63d3f46e3c6188152aa86178b4ff4497354f7137', operation='UPDATE', pgid='pgtrigger_text_stands_437d2', table='forums_addendum', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='addendum',
            trigger=pgtrigger.compiler.Trigger(name='signed_stands', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."signed_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='0c669e2357375612e2641259d7306dbe1c96cbc5', operation='UPDATE', pgid='pgtrigger_signed_stands_56b78', table='forums_addendum', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='addendum',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='024def13f72819ce2056fb0609892c5c216d6993', operation='DELETE', pgid='pgtrigger_never_deleted_3a6be', table='forums_addendum', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='addendum',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'History is never emptied.';", hash='96ae37c8651abd5517852e0e617b38721b679de8', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_217c4', table='forums_addendum', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='addendum',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "forums_addendumevent" ("id", "minutes_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "signed_at", "signed_by_id", "text", "written_at", "written_by_id") SELECT new_values."id", new_values."minutes_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."signed_at", new_values."signed_by_id", new_values."text", new_values."written_at", new_values."written_by_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='cbfc50d62ad7147379266b0db8c2c326c241546b', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_a3297', referencing='REFERENCING NEW TABLE AS new_values ', table='forums_addendum', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='addendum',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "forums_addendumevent" ("id", "minutes_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "signed_at", "signed_by_id", "text", "written_at", "written_by_id") SELECT new_values."id", new_values."minutes_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."signed_at", new_values."signed_by_id", new_values."text", new_values."written_at", new_values."written_by_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='ebfc92ee325dfd792db8a167429ba23a1027dcb7', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_e651e', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='forums_addendum', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='minutesevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='695f511621945b7e157d82bfcc2fc2d058aca8d2', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_73d48', table='forums_minutesevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='minutesevent',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'History is never emptied.';", hash='630c026b657014584bb68381717b195e27fc765a', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_872f4', table='forums_minutesevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='proxy',
            trigger=pgtrigger.compiler.Trigger(name='closed_is_locked', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP <> 'INSERT' THEN\n                IF EXISTS (SELECT 1 FROM forums_meeting WHERE id = OLD.meeting_id AND state IN ('closed', 'cancelled')) THEN\n                    RAISE EXCEPTION 'pgtrigger: what a closed meeting holds is not changed';\n                END IF;\n            END IF;\n            IF TG_OP = 'DELETE' THEN\n                RETURN OLD;\n            END IF;\n            IF EXISTS (SELECT 1 FROM forums_meeting WHERE id = NEW.meeting_id AND state IN ('closed', 'cancelled')) THEN\n                RAISE EXCEPTION 'pgtrigger: what a closed meeting holds is not changed';\n            END IF;\n            RETURN NEW;\n        ", hash='f84207982915566815faa010f17b2512ca868575', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_closed_is_locked_7457f', table='forums_proxy', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='proxy',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "forums_proxyevent" ("given_at", "giver_id", "holder_id", "id", "meeting_id", "noted_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."given_at", new_values."giver_id", new_values."holder_id", new_values."id", new_values."meeting_id", new_values."noted_by_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='a318d5a147e9d79e97489111cf66f9a73e0ed598', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_cbcc8', referencing='REFERENCING NEW TABLE AS new_values ', table='forums_proxy', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='proxy',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "forums_proxyevent" ("given_at", "giver_id", "holder_id", "id", "meeting_id", "noted_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT old_values."given_at", old_values."giver_id", old_values."holder_id", old_values."id", old_values."meeting_id", old_values."noted_by_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='916c992933606c7124a86d851030598c51edde30', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_8e67e', referencing='REFERENCING OLD TABLE AS old_values ', table='forums_proxy', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='proxyevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='823f17db3e4692c75b5f83c597308fae067f660f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_54c03', table='forums_proxyevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='proxyevent',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'History is never emptied.';", hash='69f0975b7ef3e825e36bf39bf56a4aa61f08f91d', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_58fab', table='forums_proxyevent', when='BEFORE')),
        ),
    ]
