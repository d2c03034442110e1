"""Background work: `celery -A aiso worker` and `celery -A aiso beat`."""

import os

from celery import Celery

from aiso.embedded import ensure_servers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aiso.settings")
ensure_servers()

app = Celery("aiso")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
