#!/usr/bin/env python
import os
import signal
import sys

from aiso.embedded import ensure_servers


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aiso.settings")
    ensure_servers()
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


if __name__ == "__main__":
    main()
