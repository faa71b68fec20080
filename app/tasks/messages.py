"""What programs may ask for over the socket: the commands of the API, by the same rules."""

from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

import msgspec

from app.core.database import Database
from app.core.decoding import decode
from app.core.errors import NotFound
from app.core.messages import MessageHandler
from app.core.scope import Scope
from app.core.topics import StreamKind, Topic
from app.core.unit_of_work import UnitOfWork
from app.tasks import commands, queries
from app.tasks.schemas import TaskCreate, TaskOut, TaskUpdate


class Reference(msgspec.Struct, forbid_unknown_fields=True):
    """One task."""

    id: UUID


class Deletion(msgspec.Struct, forbid_unknown_fields=True):
    id: UUID
    version: int | None = None


class Assignment(msgspec.Struct, forbid_unknown_fields=True):
    id: UUID
    assignee_id: UUID | None
    version: int | None = None


class Update(TaskUpdate, forbid_unknown_fields=True, kw_only=True):
    id: UUID


class TaskMessages:
    """One handler for each message, for the table that main gives to the engine."""

    def __init__(self, database: Database, unit_of_work: Callable[[str], UnitOfWork]) -> None:
        self._database = database
        self._unit_of_work = unit_of_work

    def table(self) -> Mapping[str, MessageHandler]:
        """The handlers by message type."""
        return {
            "task.create": self._create,
            "task.update": self._update,
            "task.complete": self._complete,
            "task.reopen": self._reopen,
            "task.assign": self._assign,
            "task.delete": self._delete,
        }

    async def _create(
        self, scope: Scope, topic: Topic, connection_id: str, data: msgspec.Raw
    ) -> Mapping[str, object]:
        workspace_id = topic.id if topic.kind is StreamKind.WORKSPACE else None
        uow = self._unit_of_work(connection_id)
        task, _ = await commands.create_task(uow, scope, workspace_id, decode(data, TaskCreate))
        return {"task": task}

    async def _update(
        self, scope: Scope, topic: Topic, connection_id: str, data: msgspec.Raw
    ) -> Mapping[str, object]:
        body = decode(data, Update)
        return await self._change(
            scope, topic, connection_id, body.id,
            lambda uow: commands.update_task(uow, scope, body.id, body, version=body.version),
        )  # fmt: skip

    async def _complete(
        self, scope: Scope, topic: Topic, connection_id: str, data: msgspec.Raw
    ) -> Mapping[str, object]:
        task_id = decode(data, Reference).id
        return await self._change(
            scope, topic, connection_id, task_id,
            lambda uow: commands.complete_task(uow, scope, task_id),
        )  # fmt: skip

    async def _reopen(
        self, scope: Scope, topic: Topic, connection_id: str, data: msgspec.Raw
    ) -> Mapping[str, object]:
        task_id = decode(data, Reference).id
        return await self._change(
            scope, topic, connection_id, task_id,
            lambda uow: commands.reopen_task(uow, scope, task_id),
        )  # fmt: skip

    async def _assign(
        self, scope: Scope, topic: Topic, connection_id: str, data: msgspec.Raw
    ) -> Mapping[str, object]:
        body = decode(data, Assignment)
        return await self._change(
            scope, topic, connection_id, body.id,
            lambda uow: commands.assign_task(
                uow, scope, body.id, body.assignee_id, version=body.version
            ),
        )  # fmt: skip

    async def _delete(
        self, scope: Scope, topic: Topic, connection_id: str, data: msgspec.Raw
    ) -> Mapping[str, object]:
        body = decode(data, Deletion)
        return await self._change(
            scope, topic, connection_id, body.id,
            lambda uow: commands.delete_task(uow, scope, body.id, version=body.version),
        )  # fmt: skip

    async def _change(
        self,
        scope: Scope,
        topic: Topic,
        connection_id: str,
        task_id: UUID,
        command: Callable[[UnitOfWork], Awaitable[TaskOut]],
    ) -> Mapping[str, object]:
        async with self._database.read() as session:
            task, _ = await queries.task(session, scope, task_id)
        # A socket speaks of one workspace; what the person may see elsewhere is not its business.
        if task.topic != topic:
            raise NotFound(queries.NO_TASK)
        return {"task": await command(self._unit_of_work(connection_id))}
