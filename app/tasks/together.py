"""Several tasks at once: what becomes of each, and what stands against some of them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from app.core.errors import NotFound, TandemError
from app.core.unit_of_work import UnitOfWork
from app.tasks.models import Task
from app.tasks.queries import NO_TASK, task_out
from app.tasks.schemas import TaskOut
from app.workspaces.models import Role

TOGETHER_MOST = 200

Judged = tuple[Task, TandemError | None]


@dataclass(frozen=True, kw_only=True)
class Together:
    """What became of several tasks."""

    done: Sequence[TaskOut]
    """As asked for now."""
    refused: Sequence[tuple[TaskOut, TandemError]]
    """As they were, and why."""
    missing: int
    """How many are not the caller's to see, or not where they were looked for."""


async def each(
    uow: UnitOfWork, found: Sequence[tuple[Task, Role]], do: Callable[[Task, Role], Awaitable[None]]
) -> list[Judged]:
    """``do`` with each of ``found``, and what it refused; whoever refuses has changed nothing yet.

    Where all are refused, nothing is left: the request may be tried again.
    """
    judged: list[Judged] = []
    for task, role in found:
        try:
            await do(task, role)
        except TandemError as refusal:
            judged.append((task, refusal))
        else:
            judged.append((task, None))
    if all(refusal is not None for _, refusal in judged):
        uow.undo()
    return judged


def together(judged: Sequence[Judged], asked: int) -> Together:
    """What became of the ``asked`` tasks, after the transaction. Raises NotFound if none was there."""
    if not judged:
        raise NotFound(NO_TASK)
    return Together(
        done=[task_out(task) for task, refusal in judged if refusal is None],
        refused=[(task_out(task), refusal) for task, refusal in judged if refusal is not None],
        missing=asked - len(judged),
    )
