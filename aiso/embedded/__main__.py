"""Run any command with the embedded servers up: `python -m aiso.embedded COMMAND ...`."""

import subprocess
import sys

from aiso.embedded import ensure_servers

if __name__ == "__main__":
    ensure_servers()
    sys.exit(subprocess.run(sys.argv[1:], check=False).returncode)
