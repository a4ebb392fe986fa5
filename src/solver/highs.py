"""HiGHS as the engine uses it: quiet, on the thread that calls it, and never failing without a word.

HiGHS keeps a crew of threads for each thread that calls it, and refuses every program that asks for another
number of them than the first one did: `run` then answers with an error and the program has no status.
"""

from __future__ import annotations

import highspy

ALONE = (("output_flag", False), ("parallel", "off"), ("threads", 1))
ERROR = highspy.HighsStatus.kError


def solver(model: highspy.HighsLp, *options: tuple[str, bool | int | float | str]) -> highspy.Highs:
    """A solver of one thread for the program, with these options besides.

    Raises ValueError for an option or a program that HiGHS does not take.
    """
    made = highspy.Highs()
    for option, value in (*ALONE, *options):
        if made.setOptionValue(option, value) == ERROR:
            raise ValueError(f"HiGHS does not take {value!r} for its option {option}")
    if made.passModel(model) == ERROR:
        raise ValueError("HiGHS does not take the program")
    return made


def run(made: highspy.Highs) -> highspy.HighsModelStatus:
    """Solves the program; how that ended. A limit that was reached is no error.

    Raises ArithmeticError where HiGHS says that it could not run.
    """
    if made.run() == ERROR:
        # Whoever called HiGHS on this thread before may have asked for another number of threads.
        highspy.Highs.resetGlobalScheduler(True)
        if made.run() == ERROR:
            raise ArithmeticError("HiGHS could not run")
    return made.getModelStatus()
