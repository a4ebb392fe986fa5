"""Under whom the servers run. PostgreSQL refuses the superuser and initdb a user without a name."""

from __future__ import annotations

import ctypes
import os
import pwd
from enum import StrEnum

_SET_KEEP_CAPABILITIES = 8  # PR_SET_KEEPCAPS
_SET_SECURE_BITS = 28  # PR_SET_SECUREBITS
_NO_FIX_FOR_USERS = 1 << 2  # SECBIT_NO_SETUID_FIXUP
_AMBIENT_CAPABILITIES = 47  # PR_CAP_AMBIENT
_RAISE = 2  # PR_CAP_AMBIENT_RAISE
_CAPABILITY_VERSION_3 = 0x20080522
_MAY_PASS_FOLDERS = 1  # CAP_DAC_OVERRIDE


class Identity(StrEnum):
    """How a server gets a user that it accepts."""

    OWN = "own"
    """The user that runs this: any but the superuser."""
    NAMESPACE = "namespace"
    """A user namespace in which the superuser bears an ordinary user's number; files stay the superuser's."""
    NOBODY = "nobody"
    """The system's user `nobody`, where user namespaces are refused; its folders are made over to it."""


def candidates() -> tuple[Identity, ...]:
    """The identities to try, best first."""
    if os.geteuid() == 0:
        return (Identity.NAMESPACE, Identity.NOBODY)
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        return (Identity.NAMESPACE, Identity.OWN)
    return (Identity.OWN,)


def owner(identity: Identity) -> tuple[int, int]:
    """User and group that must own the files of a server under that identity, as seen from here."""
    if identity is Identity.NOBODY:
        nobody = _ordinary_user()
        return nobody.pw_uid, nobody.pw_gid
    return os.geteuid(), os.getegid()


def assume(identity: Identity) -> None:
    """Turn this process, which must have one thread only, into that identity; raises OSError when refused."""
    if identity is Identity.NAMESPACE:
        _enter_namespace()
    elif identity is Identity.NOBODY:
        _become_nobody()


def _ordinary_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        for entry in pwd.getpwall():
            if entry.pw_uid != 0:
                return entry
        raise PermissionError("this system knows no user but the superuser") from None


def _enter_namespace() -> None:
    uid, gid = os.geteuid(), os.getegid()
    inside = _ordinary_user()
    os.unshare(os.CLONE_NEWUSER)
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{inside.pw_uid} {uid} 1")
    _write("/proc/self/gid_map", f"{inside.pw_gid} {gid} 1")


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def _become_nobody() -> None:
    """Give up the superuser for good, but keep the right to pass through the folders of its home."""
    nobody = _ordinary_user()
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_SET_KEEP_CAPABILITIES, 1, 0, 0, 0)
    # Or access(2), which PostgreSQL asks about its programs, forgets the right that is kept below.
    libc.prctl(_SET_SECURE_BITS, _NO_FIX_FOR_USERS, 0, 0, 0)
    os.setgroups([])
    os.setresgid(nobody.pw_gid, nobody.pw_gid, nobody.pw_gid)
    os.setresuid(nobody.pw_uid, nobody.pw_uid, nobody.pw_uid)
    mask = 1 << _MAY_PASS_FOLDERS
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)(
        mask, mask, mask, 0, 0, 0
    )  # effective, permitted, inheritable; then the high halves
    if libc.capset(header, sets) == 0:
        # Without this right only folders open to everyone can be reached; the try-out before the start tells.
        libc.prctl(_AMBIENT_CAPABILITIES, _RAISE, _MAY_PASS_FOLDERS, 0, 0)
    else:
        drop = (ctypes.c_uint32 * 6)()
        libc.capset(header, drop)
