"""A club that prepares a fair, as it would look in use; pictures are taken of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from e2e.people import People, Team, a_team

# Title, status, priority, days until due, assignee.
TASKS: list[tuple[str, str, str, int | None, str | None]] = [
    ("Write the programme for the autumn fair", "doing", "high", 2, "olga"),
    ("Ask the town hall for the square", "doing", "urgent", 0, "adam"),
    ("Draw the poster", "todo", "medium", 4, "mia"),
    ("Borrow twenty benches from the fire brigade", "todo", "none", 6, "adam"),
    ("Find somebody with a van for Saturday", "todo", "high", 5, None),
    ("Bake for the cake stall: who brings what?", "todo", "none", 9, "mia"),
    ("Order the lanterns", "todo", "low", 12, "olga"),
    ("Invite the brass band", "done", "none", None, "adam"),
    ("Count the money box", "done", "none", None, "olga"),
    ("Book the first-aiders", "done", "medium", None, "mia"),
]

COMMENTS: list[tuple[str, str]] = [
    (
        "adam",
        "The town hall wants to know **how many stalls** there will be:\n\n- food\n- crafts\n- second hand",
    ),
    (
        "olga",
        "@Adam about twenty. Last year’s list is [here](https://example.org/fair/2025), as `stalls.ods`.",
    ),
    ("mia", "> food\n\nThe bakery asked for a place near water and electricity. @Olga, can you keep one?"),
]


async def a_believable_team(people: People, **look: Any) -> Team:
    """The club: Olga, Adam, Mia and Vera with a list, and what else Olga has."""
    team = await a_team(people, "adam", "mia", "vera", name="Autumn fair", **look)
    olga = team.olga
    about = {"name": "Autumn fair", "description": "Saturday in the square, whatever the weather."}
    await olga.ask("PUT", f"/workspaces/{team.workspace_id}", about)
    today = datetime.now(UTC).date()
    for title, status, priority, days, who in TASKS:
        task = await olga.task(team.workspace_id, title)
        await olga.change(
            task["id"],
            status=status,
            priority=priority,
            due_on=None if days is None else str(today + timedelta(days=days)),
            assignee_id=team.members[who].id if who else None,
        )
    for name, description in (("Allotments", "Water, seeds and the shed."), ("Choir", "")):
        await olga.ask("POST", "/workspaces", {"name": name, "description": description})
    await olga.ask("POST", "/tasks", {"title": "Buy new walking boots"})
    return team


async def task_id(team: Team, title: str) -> str:
    """The id of a task of the fair."""
    items = (await team.olga.ask("GET", f"/workspaces/{team.workspace_id}/tasks"))["items"]
    return next(str(item["id"]) for item in items if item["title"] == title)


async def talk(team: Team, about: str) -> list[str]:
    """Let them talk about a task; returns the ids of what they said."""
    return [
        (await team.members[who].ask("POST", f"/tasks/{about}/comments", {"body": body}))["id"]
        for who, body in COMMENTS
    ]
