"""Making a workspace."""

import asyncio

from app.core.models import new_id
from app.core.topics import workspace_topic
from tests.conftest import World
from tests.workspaces.asking import errors_of, form_refusals, hearing, members_of, refusals


async def test_whoever_makes_a_workspace_owns_it_and_its_stream_begins(world: World) -> None:
    stan = world.stan.api
    body = {"id": str(new_id()), "name": " Kitchen ", "description": "all\r\nof it"}
    async with hearing(world.tandem) as told:
        answer = await stan.post("/api/workspaces", json=body, headers={"X-Connection-Id": "c1"})
    assert answer.status_code == 201
    made = answer.json()
    assert made == {
        "id": body["id"],
        "name": "Kitchen",
        "description": "all\nof it",
        "role": "owner",
        "member_count": 1,
        "seq": 2,
        "created_at": made["created_at"],
    }
    address = f"/api/workspaces/{made['id']}"
    assert made == (await stan.get(address)).json()
    assert made in (await stan.get("/api/workspaces")).json()["items"]
    [member] = await members_of(world.stan, address.rpartition("/")[2])
    assert member.pop("email") == "stan@example.com"
    first, second = told
    assert {str(one.topic) for one in told} == {f"workspace:{made['id']}"}
    assert {(one.by, one.before, one.connection_id) for one in told} == {(world.stan.id, None, "c1")}
    assert (first.seq, first.type, second.seq, second.type) == (1, "workspace.updated", 2, "member.joined")
    shown = {name: made[name] for name in ("id", "name", "description", "created_at")}
    assert first.data == {"workspace": shown | {"version": 1}}
    assert second.data == {"member": member}
    assert (member["role"], member["version"]) == ("owner", 2)


async def test_the_same_id_again_makes_nothing_and_shows_the_workspace_as_it_is(world: World) -> None:
    stan = world.stan.api
    body = {"id": str(new_id()), "name": "Kitchen"}
    async with hearing(world.tandem) as told:
        answers = await asyncio.gather(*(stan.post("/api/workspaces", json=body) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200] * 9 + [201]
    assert [one.type for one in told] == ["workspace.updated", "member.joined"]
    async with hearing(world.tandem) as told:
        again = await stan.post("/api/workspaces", json=body | {"name": "Cellar"})
        of_another = await world.mia.api.post("/api/workspaces", json=body)
        of_a_member = await world.mia.api.post(
            "/api/workspaces", json={"id": str(world.workspace_id), "name": "Mine"}
        )
    assert (again.status_code, again.json()) == (200, answers[0].json())
    assert (of_another.status_code, of_a_member.status_code) == (409, 409)
    assert "Kitchen" not in of_another.text
    assert told == []


async def test_what_a_workspace_cannot_be_called(world: World) -> None:
    stan = world.stan.api
    async with hearing(world.tandem) as told:
        for field, value in (
            ("name", ""),
            ("name", " \n "),
            ("name", "n" * 101),
            ("name", "a\nb"),
            ("name", "a\0b"),
            ("name", None),
            ("description", "d" * 501),
            ("description", "a\0b"),
            ("id", "kitchen"),
            ("owner", "stan"),
        ):
            answer = await stan.post("/api/workspaces", json={"name": "Kitchen", field: value})
            assert (answer.status_code, errors_of(answer)) == (422, {field}), (field, value)
        nameless = await stan.post("/api/workspaces", json={})
        assert (nameless.status_code, errors_of(nameless)) == (422, {"name"})
        form = await world.stan.browser.post("/workspaces", data={"name": "n" * 101})
        assert form.status_code == 422
        assert "at most 100 characters; it has 101" in form.text
        assert "n" * 101 in form.text
    assert told == []
    longest = {"name": "🧑" * 100, "description": "é" * 500}
    answer = await stan.post("/api/workspaces", json=longest)
    assert longest.items() <= answer.json().items()


async def test_one_who_is_not_signed_in_makes_nothing(world: World) -> None:
    async with hearing(world.tandem) as told:
        assert await refusals(world, "POST", "/api/workspaces", json={"name": "x"}, who=("nobody",)) == {
            "nobody": 401
        }
        assert await form_refusals(world, "/workspaces", name="x", who=("nobody",)) == {"nobody": 401}
    assert told == []


async def test_the_plain_form_makes_one_workspace_however_often_it_is_sent(world: World) -> None:
    browser = world.stan.browser
    fields = {"id": str(new_id()), "name": "Kitchen", "description": ""}
    async with hearing(world.tandem) as told:
        answers = [await browser.post("/workspaces", data=fields) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {303}
    assert {answer.headers["location"] for answer in answers} == {f"/workspaces/{fields['id']}"}
    assert [one.type for one in told] == ["workspace.updated", "member.joined"]
    assert {one.topic for one in told} == {workspace_topic(told[0].topic.id)}
