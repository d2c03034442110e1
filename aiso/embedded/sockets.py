"""Where the embedded servers put their Unix sockets: a folder that only this user can enter."""

import os
import stat
import tempfile
from pathlib import Path

# The address of a Unix socket holds 107 bytes on Linux and 103 on macOS.
LONGEST_PATH = 100
LONGEST_NAME = ".s.PGSQL.5432.lock"


def socket_folder(servers: Path) -> Path:
    """`sock` in the servers' folder or, where that path is too long, what `sock` links to."""
    folder = servers / "sock"
    if folder.is_symlink():
        return folder.readlink()
    if _fits(folder):
        return folder
    servers.mkdir(parents=True, exist_ok=True)
    return _link_to_short(folder)


def make_private(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    facts = folder.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.geteuid() or facts.st_mode & 0o077:
        raise SystemExit(f"{folder} must be a folder that only you can enter: remove it and start again.")


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder / LONGEST_NAME)) <= LONGEST_PATH


def _link_to_short(link: Path) -> Path:
    """The link is kept, so that commands with another idea of the temporary folder meet here too."""
    folder = Path(tempfile.mkdtemp(prefix="aiso-"))
    if not _fits(folder):
        folder.rmdir()
        raise SystemExit(f"The path of {link} is too long for a socket: set AISO_VAR to a shorter one.")
    try:
        link.symlink_to(folder)
    except FileExistsError:  # another command was faster
        folder.rmdir()
    return link.readlink()
