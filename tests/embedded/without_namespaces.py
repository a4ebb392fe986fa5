"""Becomes the superuser of a new user namespace in which no further one can be made, then another program.

All users are there, so that changing to one of them works as it does outside.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ALL_USERS = "0 0 65536\n"


def main() -> None:
    """A child enters the namespace first, and its parent, which is privileged outside, maps the users."""
    entered, mapped = os.pipe(), os.pipe()
    child = os.fork()
    if child:
        os.read(entered[0], 1)
        Path(f"/proc/{child}/uid_map").write_text(ALL_USERS, encoding="ascii")
        Path(f"/proc/{child}/gid_map").write_text(ALL_USERS, encoding="ascii")
        os.write(mapped[1], b".")
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    os.unshare(os.CLONE_NEWUSER)
    os.write(entered[1], b".")
    os.read(mapped[0], 1)
    Path("/proc/sys/user/max_user_namespaces").write_text("0", encoding="ascii")
    os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606  # to become that program is the purpose


if __name__ == "__main__":
    main()
