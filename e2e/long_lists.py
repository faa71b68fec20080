"""A list as long as lists get: tasks as a team would have them after a busy year."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from e2e.people import Person, Team

TASKS = 500
AT_ONCE = 4
_DOINGS = (
    "Ask for",
    "Draw",
    "Order",
    "Write",
    "Count",
    "Return",
    "Check",
    "Repair",
    "Book",
    "Thank whoever lent",
)
_THINGS = (
    "the posters",
    "two more benches for the stage, and somebody to carry them back on Sunday",
    "a van",
    "the lanterns",
    "the programme",
    "cups and plates for everybody who helps",
    "the first-aiders",
)
_STATUSES = ("todo", "todo", "todo", "doing", "done")
_PRIORITIES = ("none", "none", "low", "medium", "high", "none", "urgent")


async def fill(team: Team, tasks: int = TASKS) -> list[Any]:
    """Write ``tasks`` of them into the workspace of ``team``, in order; returns some of them."""
    people = [None, *(member.id for member in team.members.values())]
    turns = asyncio.Semaphore(AT_ONCE)
    today = datetime.now(UTC).date()

    async def write(number: int) -> Any:
        body = {
            "title": f"{_DOINGS[number % 10]} {_THINGS[number % 7]} ({number})",
            "status": _STATUSES[number % 5],
            "priority": _PRIORITIES[number % 7],
            "due_on": str(today + timedelta(days=number % 60)) if number % 3 else None,
            "assignee_id": people[number % len(people)],
        }
        async with turns:
            return await team.olga.ask("POST", f"/workspaces/{team.workspace_id}/tasks", body)

    await asyncio.gather(*(write(number) for number in range(tasks)))
    return list((await team.olga.ask("GET", f"/workspaces/{team.workspace_id}/tasks?limit=200"))["items"])


async def delete(person: Person, task_id: str) -> None:
    """Delete a task as it is now, with the program."""
    version = (await person.ask("GET", f"/tasks/{task_id}"))["version"]
    await person.ask("DELETE", f"/tasks/{task_id}?version={version}")
