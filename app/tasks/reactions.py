"""What happens to tasks because of what happened to a person."""

from msgspec.structs import replace

from app.accounts.events import UserRenamed
from app.core.unit_of_work import UnitOfWork
from app.tasks import queries
from app.tasks.events import AssigneeRenamed
from app.workspaces.schemas import PersonOut


async def when_user_renamed(uow: UnitOfWork, event: UserRenamed) -> None:
    """Rows show the name of whoever has the task; those of this person show the new one at once."""
    before = PersonOut(id=event.user.id, name=event.previous_name)
    for task in await queries.tasks_given_to(uow.session, event.user.id):
        previous = replace(queries.task_out(task), assignee=before)
        uow.record(AssigneeRenamed(topic=task.topic, actor=event.actor, task=task, previous=previous))
