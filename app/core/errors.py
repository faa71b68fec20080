"""What can go wrong for a caller, each with its status; how it is shown is the edges' business."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.core.events import Actor


@dataclass(frozen=True)
class FieldError:
    """One field that was refused, and why, in words for the person who filled it in."""

    field: str
    message: str


class TandemError(Exception):
    """A refusal that the caller can understand."""

    status: int = 500
    title: str = "Something went wrong"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers that the answer must carry."""
        return {}

    @property
    def extra(self) -> Mapping[str, object]:
        """Further members of the problem document."""
        return {}


class Malformed(TandemError):
    """The request cannot be read at all."""

    status = 400
    title = "Malformed request"


class Unauthenticated(TandemError):
    """Nobody is signed in."""

    status = 401
    title = "Not signed in"

    @property
    def headers(self) -> Mapping[str, str]:
        return {"WWW-Authenticate": "Bearer"}


class Forbidden(TandemError):
    """This person may see it, but not do this."""

    status = 403
    title = "Not allowed"


class NotFound(TandemError):
    """It does not exist, or it is not for this person to know that it does."""

    status = 404
    title = "Not found"


class Conflict(TandemError):
    """The request is based on something that has changed meanwhile; nothing was done."""

    status = 409
    title = "Conflict"

    def __init__(
        self,
        detail: str,
        *,
        current: object | None = None,
        conflicts: Sequence[str] = (),
        changed_by: Actor | None = None,
    ) -> None:
        super().__init__(detail)
        self.current = current
        self.conflicts = tuple(conflicts)
        # Who was faster, where that is known.
        self.changed_by = changed_by

    @property
    def extra(self) -> Mapping[str, object]:
        if self.current is None:
            return {}
        return {"current": self.current, "conflicts": self.conflicts, "changed_by": self.changed_by}


class DoneBefore(TandemError):
    """This very request was carried out before, and is not again: a success without doing anything."""

    status = 204
    title = "Done before"

    def __init__(self) -> None:
        super().__init__("This was done before.")

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Idempotency-Replayed": "true"}


class Gone(TandemError):
    """It existed, and is over."""

    status = 410
    title = "No longer valid"


class TooLarge(TandemError):
    """More bytes than a request may have."""

    status = 413
    title = "Too large"


class Invalid(TandemError):
    """Fields with values that they cannot take."""

    status = 422
    title = "Invalid fields"

    def __init__(self, *errors: FieldError) -> None:
        super().__init__("; ".join(f"{error.field}: {error.message}" for error in errors))
        self.errors = errors

    @property
    def extra(self) -> Mapping[str, object]:
        return {"errors": [{"field": e.field, "message": e.message} for e in self.errors]}


class PreconditionRequired(TandemError):
    """The change must say which version it is based on."""

    status = 428
    title = "Version required"


class TooMany(TandemError):
    """Too many tries in too short a time."""

    status = 429
    title = "Too many requests"

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": str(self.retry_after)}


class Unavailable(TandemError):
    """A part that the program needs does not answer at the moment; trying again is safe."""

    status = 503
    title = "Not available at the moment"

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": "2"}
