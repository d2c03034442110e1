"""Waits until nobody uses the embedded servers, stops them and ends."""

import sys
from pathlib import Path

from aiso.embedded import lifetime

if __name__ == "__main__":
    lifetime.stop_after_last_user(Path(sys.argv[1]))
