"""Rules of permission as values: what a route demands can be read from the route itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from src.auth.constants import EVERY_ROLE, Role
from src.auth.viewer import Viewer
from src.exceptions import ForbiddenError, NotFoundError

_ATTRIBUTE = "rule"


class Scope(StrEnum):
    """What a rule looks at."""

    PUBLIC = "public"
    USER = "user"
    CREATOR = "creator"
    ADMIN = "admin"
    PROGRAM = "program"


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may pass. In a program: `readers` learn that the thing is there, `roles` may do this with it.

    A stranger, and a member whose role does not read it, gets 404; a reader without the role gets 403.
    """

    name: str
    scope: Scope
    roles: frozenset[Role] = EVERY_ROLE
    readers: frozenset[Role] = EVERY_ROLE

    def check(self, viewer: Viewer, program_id: UUID) -> None:
        """Go on only when the viewer may; raises NotFoundError or ForbiddenError."""
        require(viewer, program_id, self.roles, readers=self.readers)


def program_rule(name: str, roles: frozenset[Role], *, readers: frozenset[Role] = EVERY_ROLE) -> Rule:
    """A rule that asks for one of the roles in the program; an admin has `ADMIN` in every program."""
    return Rule(name, Scope.PROGRAM, roles, readers | roles)


def require(
    viewer: Viewer, program_id: UUID, roles: frozenset[Role], *, readers: frozenset[Role] = EVERY_ROLE
) -> None:
    """Raises NotFoundError for a stranger or non-reader of the program, ForbiddenError for a wrong role."""
    role = viewer.role_in(program_id)
    if role is None or role not in readers | roles:
        raise NotFoundError
    if role not in roles:
        raise ForbiddenError(details={"role": role, "needed": sorted(roles)})


def states[Dependency: Callable[..., Any]](rule: Rule) -> Callable[[Dependency], Dependency]:
    """Mark a dependency as the one that keeps this rule."""

    def mark(dependency: Dependency) -> Dependency:
        setattr(dependency, _ATTRIBUTE, rule)
        return dependency

    return mark


class Dependant(Protocol):
    """What the framework knows of a route's or dependency's own dependencies."""

    @property
    def call(self) -> Callable[..., Any] | None: ...

    @property
    def dependencies(self) -> Sequence[Any]: ...


class RuleError(Exception):
    """A route states no rule, or contradicting ones."""


def rule_of(dependant: Dependant) -> Rule:
    """The one rule that a route states; raises RuleError for none or for contradicting ones.

    A dependency that states a rule speaks for those it is built from. "Signed in" is part of every narrower
    rule and steps back behind it.
    """
    stated = set(_stated(dependant))
    narrow = {rule for rule in stated if rule.scope is not Scope.USER} or stated
    if len(narrow) != 1:
        names = ", ".join(sorted(rule.name for rule in narrow)) or "none"
        raise RuleError(f"a route states exactly one rule; this one states {names}")
    rule = narrow.pop()
    if rule.scope is Scope.PUBLIC and len(stated) > 1:
        raise RuleError("a public route asks for no viewer")
    return rule


def _stated(dependant: Dependant) -> Iterator[Rule]:
    for child in dependant.dependencies:
        rule = getattr(child.call, _ATTRIBUTE, None)
        if isinstance(rule, Rule):
            yield rule
        else:
            yield from _stated(child)
