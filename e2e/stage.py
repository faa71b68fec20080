"""A page that is listened to: what its live regions say, and when, by a clock that a test moves on."""

from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Page, expect

from e2e.people import Person, Team

RECORDER = """
window.spoken = [];
new MutationObserver((records) => {
    for (const { target } of records) {
        const element = target.nodeType === 1 ? target : target.parentElement;
        const region = element?.closest("[role=status], [role=alert], [role=log], [aria-live]");
        const text = region?.textContent.trim().replace(/\\s+/g, " ");
        if (text) window.spoken.push({ region: region.id, text, at: Date.now() });
    }
}).observe(document, { childList: true, subtree: true, characterData: true });
"""

_FETCH_SCRIPTS = """() => Promise.all(
    document.getElementById("said").dataset.later.split(" ").map((address) => import(address)))"""


@dataclass
class Stage:
    """Mia at a page, and the others with their programs."""

    team: Team
    seq_at: str = "#tasks"
    ids: dict[str, str] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def mia(self) -> Person:
        return self.team.mia

    @property
    def page(self) -> Page:
        return self.team.mia.page

    async def listen(self) -> None:
        """To every page that is opened, from its beginning."""
        await self.page.clock.install()
        await self.page.add_init_script(RECORDER)

    async def add(self, *titles: str) -> None:
        """Tasks that are there before the page is opened."""
        made = [await self.team.olga.task(self.team.workspace_id, title) for title in titles]
        self.ids |= {task["title"]: task["id"] for task in made}

    async def change(self, who: Person, task: str, /, **fields: object) -> None:
        """Change the task that was added with this title."""
        await who.change(self.ids[task], **fields)

    async def do(self, who: Person, title: str, what: str) -> None:
        """Complete or reopen it."""
        await who.ask("POST", f"/tasks/{self.ids[title]}/{what}")

    async def finish(self, who: Person, *titles: str) -> None:
        for title in titles:
            await self.do(who, title, "complete")

    async def delete(self, who: Person, title: str) -> None:
        version = (await who.ask("GET", f"/tasks/{self.ids[title]}"))["version"]
        await who.ask("DELETE", f"/tasks/{self.ids[title]}", {"version": version})

    async def arrives(self) -> None:
        """Wait until the page has come as far as the workspace."""
        seq = (await self.team.olga.ask("GET", self.team.path))["seq"]
        await expect(self.page.locator(self.seq_at)).to_have_attribute("data-seq", str(seq))

    async def holds_time(self) -> None:
        """From now on it passes only where the test says so; what comes with the first news is there."""
        await self.page.evaluate(_FETCH_SCRIPTS)
        await self.page.clock.pause_at(await self.page.evaluate("Date.now() / 1000 + 1"))

    async def passes(self, seconds: float) -> None:
        """Let time pass on the page, and nowhere else."""
        await self.page.clock.run_for(round(seconds * 1000))

    async def spoken(self) -> list[dict[str, Any]]:
        """All that was said, of all regions."""
        found: list[dict[str, Any]] = await self.page.evaluate("window.spoken")
        return found

    async def said(self) -> list[str]:
        """What was said of what others did."""
        return [each["text"] for each in await self.spoken() if each["region"] == "said"]
