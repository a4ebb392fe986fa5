"""Becomes another program, under a chosen identity and bound to the life of the process that started it.

A fresh interpreter with one thread does this, because entering a user namespace from a process with threads
fails now and then. Arguments: identity, number of the parent process, signal to die by, `kept` or `clean`
environment, program and its own.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from src.embedded.identity import Identity, assume
from src.embedded.parent import die_with_parent

REFUSED = 126
"""Exit status when the identity was refused or the parent is gone."""

_CLEAN_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
_ROOT = Path(__file__).resolve().parents[2]


def isolated_python(module: str) -> list[str]:
    """The start of a command that runs `module.main()` with the standard library and this package alone."""
    program = f"import sys; sys.path.insert(0, {str(_ROOT)!r}); from {module} import main; main()"
    return [sys.executable, "-I", "-S", "-c", program]


def bound_command(
    identity: Identity, with_signal: signal.Signals, *command: str, clean: bool = False
) -> list[str]:
    """The command line that runs `command` as a child of this process and ends with it, by that signal.

    With `clean` the command sees nothing of the environment: settings for other databases must not reach it.
    """
    environment = "clean" if clean else "kept"
    return [
        *isolated_python(__name__),
        identity,
        str(os.getpid()),
        str(int(with_signal)),
        environment,
        *command,
    ]


def main() -> None:
    identity, parent, number, environment, program, *arguments = sys.argv[1:]
    try:
        assume(Identity(identity))
        # After the change of user, which makes the kernel forget the signal.
        die_with_parent(int(parent), signal.Signals(int(number)))
        seen = _CLEAN_ENVIRONMENT if environment == "clean" else os.environ
        os.execve(program, [program, *arguments], seen)  # noqa: S606  # to become that program is the purpose
    except OSError as error:
        sys.stderr.write(f"{program}: {error}\n")
        sys.exit(REFUSED)
