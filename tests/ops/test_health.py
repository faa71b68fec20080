"""What operators ask: does it live, is it ready, what does it count, and what does the API offer."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.routes import API
from tests.builders import a_task
from tests.conftest import World
from tests.services import PostgresServer
from tests.workspaces.asking import a_client


async def test_it_lives_is_ready_and_counts(world: World) -> None:
    async with a_client(world) as client:
        live = await client.get("/health/live")
        assert (live.status_code, live.json()) == (200, {"status": "live"})
        ready = await client.get("/health/ready")
        assert ready.status_code == 200
        assert ready.json() == {"status": "ready", "parts": {"database": "ok", "broker": "ok"}}
        await a_task(world.tandem, world.mia, world.workspace_id)
        metrics = await client.get("/metrics")
    assert metrics.status_code == 200
    assert metrics.headers["content-type"].startswith("text/plain")
    names = {family.name for family in text_string_to_metric_families(metrics.text)}
    assert {"tandem_repaired_events", "process_cpu_seconds"} <= names


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_without_its_database_it_lives_but_is_not_ready(world: World, postgres: PostgresServer) -> None:
    postgres.drop_database(world.tandem.settings.database_url.rpartition("/")[2])
    async with a_client(world) as client:
        ready = await client.get("/health/ready")
        assert ready.status_code == 503
        assert ready.json() == {"status": "not ready", "parts": {"database": "down", "broker": "ok"}}
        assert (await client.get("/health/live")).status_code == 200
        refused = await client.get("/api/workspaces", headers=world.mia.bearer)
        assert refused.status_code == 503
        assert refused.headers["content-type"].startswith("application/problem+json")
        assert refused.headers["retry-after"] == "2"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_api_is_described_route_by_route(world: World) -> None:
    async with a_client(world) as client:
        answer = await client.get("/api/openapi.json")
        elsewhere = await client.get("/api/nothing")
    assert answer.status_code == 200
    described = {
        (path, method.upper()) for path, operations in answer.json()["paths"].items() for method in operations
    }
    offered = {
        (_template(path), str(method))
        for handler in API
        for path in handler.paths
        for method in handler.http_methods
    }
    assert len(offered) > 25
    assert offered <= described
    assert {path for path, _ in described - offered} <= {"/health/live", "/health/ready"}
    assert answer.json()["info"]["title"] == "Tandem"
    assert elsewhere.status_code == 404
    assert elsewhere.headers["content-type"].startswith("application/problem+json")


def _template(path: str) -> str:
    """``/tasks/{task_id:uuid}`` as the document has it: ``/tasks/{task_id}``."""
    return path.replace(":uuid", "").replace(":str", "")
