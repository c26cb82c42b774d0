"""What an error or a warning that a test puts on an access grant or an access method does."""

from __future__ import annotations

from typing import Literal

from ...engine.workspace import Workspace
from .._shared import Condition, without_codes
from .events import (
    AccessGrantCouldNotCreateRequestedAccessMethods,
    AccessMethodDelayInIssuing,
    AccessMethodFailedToIssue,
)
from .lifecycle import progress
from .methods import FAILED, LATE, AccessMethodRow
from .model import NOT_CREATED, AccessGrantRow
from .provisioning import provision
from .summary import tell_of_grant, tell_of_method

Field = Literal["errors", "warnings"]


def begin_grant(workspace: Workspace, grant: AccessGrantRow, field: Field, condition: Condition) -> None:
    """Show it; that methods could not be made is told by its event."""
    grant = workspace[AccessGrantRow].put(grant.but(**{field: (*getattr(grant, field), condition)}))
    if field == "errors" and condition.code == NOT_CREATED:
        missing = dict(condition.flags).get("missing_device_ids")
        about = {} if missing is None else {"missing_device_ids": missing}
        kind = AccessGrantCouldNotCreateRequestedAccessMethods
        tell_of_grant(workspace, kind, grant, error_message=condition.message, **about)


def end_grant(workspace: Workspace, grant: AccessGrantRow, field: Field, condition: Condition) -> None:
    """Take it away; what Seam itself finds wrong comes back."""
    workspace[AccessGrantRow].put(grant.but(**{field: without_codes(getattr(grant, field), condition.code)}))
    provision(workspace, grant.id)


def begin_method(workspace: Workspace, method: AccessMethodRow, field: Field, condition: Condition) -> None:
    """Show it. What says that the method is not issued, or late, lets it be so until the mark is gone.

    Access that its system refuses keeps a method from being issued, and does not take back what was issued (SDK).
    """
    method = workspace[AccessMethodRow].put(method.but(**{field: (*getattr(method, field), condition)}))
    if condition.code == FAILED and field == "errors":
        method = workspace[AccessMethodRow].put(method.but(issued_at=None))
        tell_of_method(workspace, AccessMethodFailedToIssue, method)
    if condition.code == LATE and field == "warnings":
        method = workspace[AccessMethodRow].put(method.but(issued_at=None))
        tell_of_method(workspace, AccessMethodDelayInIssuing, method)
    progress(workspace, method.id)


def end_method(workspace: Workspace, method: AccessMethodRow, field: Field, condition: Condition) -> None:
    """Take it away, and go on with what it held up."""
    workspace[AccessMethodRow].put(method.but(**{field: without_codes(getattr(method, field), condition.code)}))
    progress(workspace, method.id)
