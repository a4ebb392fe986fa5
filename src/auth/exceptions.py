"""What can go wrong in signing in and in managing users."""

from __future__ import annotations

from src.exceptions import ConflictError, InvalidError, NotFoundError, UnauthenticatedError


class WrongCredentialsError(UnauthenticatedError):
    """Unknown address, wrong password, disabled or still invited: the answer does not say which."""

    code = "WRONG_CREDENTIALS"
    message = "The e-mail address or the password is wrong."


class InvalidAccessTokenError(UnauthenticatedError):
    """The access token is forged, expired, revoked or of another service."""

    code = "INVALID_TOKEN"
    message = "The access token is not valid, or not any more."


class InvalidRefreshTokenError(UnauthenticatedError):
    """The refresh token is unknown, expired or revoked."""

    code = "INVALID_REFRESH_TOKEN"
    message = "The refresh token is not valid, or not any more; sign in again."


class RefreshTokenReusedError(InvalidRefreshTokenError):
    """A spent refresh token came back: its whole family is revoked, and that stands."""

    code = "REFRESH_TOKEN_REUSED"
    message = "The refresh token was used before; for safety this sign-in has ended. Sign in again."
    changes_stand = True


class WrongPasswordError(InvalidError):
    """The present password was not given rightly."""

    code = "WRONG_PASSWORD"
    message = "The present password is wrong."


class WeakPasswordError(InvalidError):
    """The new password is too easy to guess."""

    code = "WEAK_PASSWORD"


class InvalidInvitationError(InvalidError):
    """The invitation is unknown, used, withdrawn or expired: the answer does not say which."""

    code = "INVALID_INVITATION"
    message = "This invitation is not valid, or not any more; ask for a new one."


class UserNotFoundError(NotFoundError):
    """There is no such user."""

    code = "USER_NOT_FOUND"
    message = "There is no such user."


class MembershipNotFoundError(NotFoundError):
    """The user is not a member of that program."""

    code = "MEMBERSHIP_NOT_FOUND"
    message = "The user is not a member of that program."


class EmailTakenError(ConflictError):
    """Another user has this address."""

    code = "EMAIL_TAKEN"
    message = "There is a user with this e-mail address already."


class PersonTakenError(ConflictError):
    """The person has a user already."""

    code = "PERSON_TAKEN"
    message = "This person is linked to another user already."


class LastAdminError(ConflictError):
    """Without this admin nobody could manage users any more."""

    code = "LAST_ADMIN"
    message = "This is the last admin who can sign in; make another one first."


class AlreadyAcceptedError(ConflictError):
    """The user has a password: there is nothing to invite to."""

    code = "INVITATION_ACCEPTED"
    message = "This user has accepted an invitation already."


class ProgramNotFoundError(NotFoundError):
    """There is no such program."""

    code = "PROGRAM_NOT_FOUND"
    message = "There is no such program."


class UnknownPersonError(InvalidError):
    """The person named in the body is not one of the program."""

    code = "UNKNOWN_PERSON"
    message = "There is no such person in this program."
