"""Does the web server on this machine answer? `python -m aiso.web.alive` ends with 0 when it does."""

import os
import sys
from contextlib import closing, suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException

HOST = "127.0.0.1"
PATIENCE_SECONDS = 5


def is_alive(port: int, name: str = HOST) -> bool:
    """Asks as a browser would that calls the server by this name."""
    connection = HTTPConnection(HOST, port, timeout=PATIENCE_SECONDS)
    with closing(connection), suppress(OSError, HTTPException):
        connection.request("GET", "/healthz", headers={"Host": name})
        return connection.getresponse().status == HTTPStatus.OK
    return False


def _allowed_name() -> str:
    first = os.environ.get("AISO_ALLOWED_HOSTS", "").partition(",")[0]
    return first.lstrip(".*") or HOST


if __name__ == "__main__":
    sys.exit(not is_alive(int(os.environ.get("GRANIAN_PORT", "8000")), _allowed_name()))
