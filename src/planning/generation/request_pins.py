"""A request's pins on top of the program's own: every bad one named by its place in the request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from src.exceptions import InvalidError
from src.interchange.canonical import numbered
from src.interchange.model import CallPin, Program, RotationPin
from src.planning.generation.generate_request import CallPinIn, RotationPinIn


class BadPinError(InvalidError):
    """A pin names something that the program does not have, or contradicts another pin."""

    code = "BAD_PIN"
    message = "A pin names something that the program does not have, or contradicts another pin."


def with_pins(program: Program, pins: Sequence[RotationPinIn | CallPinIn]) -> Program:
    """The program with the pins on top of its own, numbered as its export; raises BadPinError."""
    rotations = list(program.rotation_pins)
    calls = list(program.call_pins)
    errors: list[dict[str, Any]] = []
    for index, pin in enumerate(pins):
        problem = _problem_of(program, pin) or _contradiction(rotations, pin)
        if problem is not None:
            field, message = problem
            errors.append({"pointer": f"/body/pins/{index}/{field}", "message": message})
        elif isinstance(pin, RotationPinIn):
            rotations.append(RotationPin(pin.person, pin.block, pin.rotation))
        else:
            calls.append(CallPin(pin.person, pin.date, pin.call))
    if errors:
        raise BadPinError(details={"errors": errors})
    return numbered(
        replace(
            program,
            rotation_pins=tuple(dict.fromkeys(rotations)),
            call_pins=tuple(dict.fromkeys(calls)),
        )
    )


def _problem_of(program: Program, pin: RotationPinIn | CallPinIn) -> tuple[str, str] | None:
    """The field that is wrong and why, or None."""
    if pin.person not in {person.id for person in program.residents}:
        return "person", f"there is no resident {pin.person}"
    if isinstance(pin, RotationPinIn):
        if pin.rotation not in program.rotation_by_id:
            return "rotation", f"there is no rotation {pin.rotation}"
        if pin.block > len(program.blocks):
            return "block", f"there is no academic block {pin.block}; the year has {len(program.blocks)}"
        return None
    if pin.call not in program.call_by_id:
        return "call", f"there is no call {pin.call}"
    if program.block_of(pin.date) is None:
        return "date", f"{pin.date} is not in the year"
    return None


def _contradiction(pinned: Sequence[RotationPin], pin: RotationPinIn | CallPinIn) -> tuple[str, str] | None:
    """Another rotation that the person is pinned to in the same block."""
    if isinstance(pin, CallPinIn):
        return None
    for other in pinned:
        if (other.person, other.block) == (pin.person, pin.block) and other.rotation != pin.rotation:
            return "rotation", f"{pin.person} is pinned to {other.rotation} in block {pin.block} already"
    return None
