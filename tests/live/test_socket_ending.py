"""How a socket ends when its person may no longer be there, and what the others see of it."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update

from app.accounts.models import Session
from tests.builders import a_task
from tests.conftest import World
from tests.live.ears import eventually
from tests.live.wire import JSON, Wire, browser_headers, dial, listening, socket_address

HTML = None
AT_ONCE = 1.0  # second; the promise of the contract


async def ends_at_once(wire: Wire) -> int:
    """The code of the close, which has to come within a second from now."""
    now = asyncio.get_running_loop().time
    began = now()
    code, reason = await wire.closed()
    assert now() - began < AT_ONCE
    assert reason
    return code


def last_words(wire: Wire) -> str:
    kind: str = wire.heard[-1]["type"]
    return kind


@pytest.mark.parametrize("protocol", [JSON, HTML])
async def test_signing_out_closes_every_socket_of_that_session(world: World, protocol: str | None) -> None:
    async with (
        listening(world.mia, world.workspace_id, protocol=protocol) as there,
        listening(world.mia, None, protocol=protocol) as personal,
        listening(world.adam, world.workspace_id, protocol=protocol) as bystander,
    ):
        await world.mia.api.post("/api/auth/logout")
        assert await ends_at_once(there) == 4401
        assert (await personal.closed())[0] == 4401
        assert last_words(there) == last_words(personal) == "goodbye"
        await a_task(world.tandem, world.olga, world.workspace_id)
        assert (await bystander.next())["type"] in ("task.created", "changes")


async def test_signing_out_on_the_page_closes_the_sockets_of_the_browser(world: World) -> None:
    address = socket_address(world.mia, world.workspace_id)
    async with dial(address, headers=browser_headers(world.mia)) as wire:
        assert (await wire.read())["type"] == "welcome"
        assert (await world.mia.browser.post("/logout")).status_code == 303
        assert await ends_at_once(wire) == 4401


async def test_a_session_that_expires_closes_its_sockets(world: World) -> None:
    async with listening(world.mia, world.workspace_id) as wire:
        soon = world.tandem.clock() + timedelta(seconds=0.3)
        async with world.tandem.database.write() as session:
            await session.execute(
                update(Session).where(Session.id == world.mia.scope.session_id).values(expires_at=soon)
            )
            await session.commit()
        assert (await wire.closed())[0] == 4401
        assert last_words(wire) == "goodbye"
        assert world.tandem.clock() >= soon


@pytest.mark.parametrize("protocol", [JSON, HTML])
async def test_a_removed_member_is_sent_away_and_hears_nothing_later(
    world: World, protocol: str | None
) -> None:
    async with (
        listening(world.mia, world.workspace_id, protocol=protocol) as mia,
        listening(world.mia, None, protocol=protocol) as personal,
        listening(world.vera, world.workspace_id) as vera,
    ):
        await a_task(world.tandem, world.olga, world.workspace_id, title="before")
        members = f"/api/workspaces/{world.workspace_id}/members"
        assert (await world.adam.api.delete(f"{members}/{world.mia.id}")).status_code == 204
        await a_task(world.tandem, world.olga, world.workspace_id, title="secret")
        assert await ends_at_once(mia) == 4403
        kinds = [message["type"] for message in mia.told]
        assert kinds in (["welcome", "task.created", "goodbye"], ["welcome", "changes", "goodbye"])
        assert not any("secret" in str(message) for message in mia.heard)
        assert [(await vera.next())["type"] for _ in range(3)] == [
            "task.created",
            "member.removed",
            "task.created",
        ]
        await a_task(world.tandem, world.mia, None, title="one's own")
        kinds = [(await personal.next())["type"] for _ in range(3 if protocol else 2)]
        assert kinds in (["workspace.left", "notification.new", "task.created"], ["changes", "changes"])
    address = socket_address(world.mia, world.workspace_id, "since=0")
    async with dial(address, headers=world.mia.bearer, protocol=protocol) as again:
        assert (await again.closed())[0] == 4404
        assert again.heard == []


async def test_who_leaves_over_a_connection_is_sent_away_from_it_too(world: World) -> None:
    async with listening(world.mia, world.workspace_id) as mia:
        await world.mia.api.delete(
            f"/api/workspaces/{world.workspace_id}/members/{world.mia.id}",
            headers={"X-Connection-Id": mia.connection_id},
        )
        assert await ends_at_once(mia) == 4403


async def test_who_was_removed_and_is_back_stays_when_the_past_is_told(world: World) -> None:
    invite = await world.olga.api.post(f"/api/workspaces/{world.workspace_id}/invites", json={})
    await world.olga.api.delete(f"/api/workspaces/{world.workspace_id}/members/{world.mia.id}")
    await world.mia.api.post("/api/workspaces/join", json={"token": invite.json()["token"]})
    async with listening(world.mia, world.workspace_id, query="since=0") as mia:
        last = (await world.mia.api.get(f"/api/workspaces/{world.workspace_id}")).json()["seq"]
        await mia.changes(last)
        assert (await mia.ask("task.create", {"title": "back"}))["type"] == "ack"


@pytest.mark.parametrize("protocol", [JSON, HTML])
async def test_a_deleted_workspace_sends_everybody_away(world: World, protocol: str | None) -> None:
    async with (
        listening(world.olga, world.workspace_id, protocol=protocol) as olga,
        listening(world.mia, world.workspace_id, protocol=protocol) as mia,
    ):
        await world.olga.api.delete(f"/api/workspaces/{world.workspace_id}")
        for wire in (mia, olga):
            assert await ends_at_once(wire) == 4403
            event, goodbye = wire.told[1:]
            assert (event["type"], goodbye["type"]) == (
                "workspace.deleted" if protocol else "changes",
                "goodbye",
            )
    async with dial(socket_address(world.olga, world.workspace_id), headers=world.olga.bearer) as again:
        assert (await again.closed())[0] == 4404


async def test_a_deletion_over_a_connection_ends_that_one_too(world: World) -> None:
    async with listening(world.olga, world.workspace_id) as olga:
        await world.olga.api.delete(
            f"/api/workspaces/{world.workspace_id}", headers={"X-Connection-Id": olga.connection_id}
        )
        assert await ends_at_once(olga) == 4403


async def test_everybody_sees_a_new_role_and_it_holds_at_once(world: World) -> None:
    member = f"/api/workspaces/{world.workspace_id}/members/{world.mia.id}"
    async with (
        listening(world.mia, world.workspace_id) as mia,
        listening(world.vera, world.workspace_id, protocol=HTML) as page,
    ):
        await world.olga.api.patch(member, json={"role": "viewer"})
        event = await mia.next()
        assert (event["type"], event["data"]["member"]["role"]) == ("member.updated", "viewer")
        assert event["data"]["member"]["user"]["id"] == world.mia.id
        assert "@" not in str(event)  # no e-mail addresses in what all can read
        assert f'id="member-{world.mia.id}"' in (await page.next())["content"]
        refusal = await mia.ask("task.create", {"title": "too late"})
        assert (refusal["type"], refusal["data"]["code"]) == ("error", 403)
        await world.olga.api.patch(member, json={"role": "member"})
        assert (await mia.next())["data"]["member"]["role"] == "member"
        assert (await mia.ask("task.create", {"title": "in time"}))["type"] == "ack"


async def test_a_new_name_of_the_workspace_or_of_somebody_reaches_all(world: World) -> None:
    async with (
        listening(world.vera, world.workspace_id) as vera,
        listening(world.vera, world.workspace_id, protocol=HTML) as page,
    ):
        await world.olga.api.put(f"/api/workspaces/{world.workspace_id}", json={"name": "<b>Den"})
        event = await vera.next()
        assert (event["type"], event["data"]["workspace"]["name"]) == ("workspace.updated", "<b>Den")
        assert "&lt;b&gt;Den" in (await page.next())["content"]
        await world.mia.api.patch("/api/me", json={"name": "Maria"})
        event = await vera.next()
        assert (event["type"], event["data"]["member"]["user"]["name"]) == ("member.updated", "Maria")
        assert "Maria" in (await page.next())["content"]


async def test_clients_that_vanish_leave_nothing_behind(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    tasks = len(asyncio.all_tasks())
    for _ in range(10):
        async with listening(world.mia, world.workspace_id) as rude, listening(world.adam, None) as polite:
            await a_task(world.tandem, world.olga, world.workspace_id)
            rude.connection.transport.abort()
            await a_task(world.tandem, world.olga, world.workspace_id)
            await polite.connection.close()
    await eventually(lambda: not world.tandem.sockets._connections and not world.tandem.rooms._rooms)
    await eventually(lambda: len(asyncio.all_tasks()) <= tasks + 3)  # those of kept-alive requests
    assert "a socket failed" not in capsys.readouterr().out
