"""What a web server calls: `aiso.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

from aiso.embedded import ensure_servers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aiso.settings")
ensure_servers()

application = get_wsgi_application()
