"""State for tests, made by the real commands."""

from typing import Any
from uuid import UUID

from app.core.scope import Scope
from app.main import Tandem
from app.tasks import commands as tasks
from app.tasks.schemas import TaskCreate, TaskOut
from app.workspaces import commands as workspaces
from app.workspaces.models import Role
from tests.cast import NAMES, Person


async def a_workspace(tandem: Tandem, cast: dict[str, Person], *, name: str = "Home") -> UUID:
    """A workspace of the whole cast in their roles; the stranger stays outside."""
    owner = cast["olga"].scope
    made, _ = await workspaces.create_workspace(tandem.unit_of_work(), owner, name=name, description="")
    for who, role in NAMES.items():
        if role is not None and role is not Role.OWNER:
            await join(tandem, owner, cast[who].scope, made.workspace.id, role)
    return made.workspace.id


async def join(tandem: Tandem, inviter: Scope, joiner: Scope, workspace_id: UUID, role: Role) -> None:
    """Bring ``joiner`` into a workspace by an invite of ``inviter``."""
    invite = await workspaces.invite_member(
        tandem.unit_of_work(),
        inviter,
        workspace_id,
        role=role,
        expires_in=3600,
        max_uses=1,
        settings=tandem.settings,
    )
    assert invite.token is not None
    await workspaces.join_workspace(
        tandem.unit_of_work(), joiner, token=invite.token, settings=tandem.settings
    )


async def a_task(
    tandem: Tandem, by: Person, workspace_id: UUID | None, *, title: str = "milk", **fields: Any
) -> TaskOut:
    """A task added by ``by``; ``fields`` as in the API."""
    new = TaskCreate(title=title, **fields)
    task, _ = await tasks.create_task(tandem.unit_of_work(), by.scope, workspace_id, new)
    return task
