"""A command that uses the embedded servers until its standard input ends.

`fork` makes a child that goes on when the command has ended; `throwaway` wants throwaway servers.
"""

import os
import sys

from aiso.embedded import ensure_servers

if __name__ == "__main__":
    ensure_servers(throwaway="throwaway" in sys.argv)
    goes_on_in_child = "fork" in sys.argv and os.fork() != 0
    if not goes_on_in_child:
        print(os.environ["DATABASE_URL"], os.environ["REDIS_URL"], flush=True)
        sys.stdin.read()
