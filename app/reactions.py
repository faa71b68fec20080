"""What follows from what: which feature answers to which event, in the transaction that records it."""

from collections.abc import Mapping, Sequence

from app.accounts.events import UserRenamed
from app.core.events import Event
from app.core.unit_of_work import Reaction
from app.tasks import reactions as tasks
from app.tasks.events import (
    AssigneeRenamed,
    TaskAssigned,
    TaskCompleted,
    TaskCreated,
    TaskDeleted,
    TaskReopened,
    TaskUpdated,
)
from app.workspaces import reactions as workspaces
from app.workspaces.events import MemberJoined, MemberRemoved, WorkspaceUpdated

_TASK_EVENTS = (
    TaskCreated,
    TaskUpdated,
    AssigneeRenamed,
    TaskCompleted,
    TaskReopened,
    TaskAssigned,
    TaskDeleted,
)
# In the order in which commands lock rows: members, then tasks.
REACTIONS: Mapping[type[Event], Sequence[Reaction]] = {
    UserRenamed: [workspaces.when_user_renamed, tasks.when_user_renamed],
    WorkspaceUpdated: [workspaces.when_workspace_updated],
    MemberJoined: [workspaces.when_member_joined],
    MemberRemoved: [tasks.when_member_removed],
    **{kind: [tasks.when_task_changed] for kind in _TASK_EVENTS},
}
