"""How a page comes into a state of which a picture is taken, where e2e/places.py does not say it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playwright.async_api import Page, expect

from e2e.fair import task_id
from e2e.people import Person, Team
from e2e.places import lose_the_line

POSTER = "Draw the poster"


@dataclass(frozen=True)
class Scene:
    """Who is looking, and who else there is."""

    team: Team
    person: Person

    @property
    def page(self) -> Page:
        return self.person.page

    async def elsewhere(self, of: str, /, **fields: object) -> None:
        """Adam changes a task of the list."""
        await self.team.adam.change(await task_id(self.team, of), **fields)


Enter = Callable[[Scene], Awaitable[None]]


def on_the_page(enter: Callable[[Page], Awaitable[None]]) -> Enter:
    """A state that needs nobody else."""

    async def scene(scene: Scene) -> None:
        await enter(scene.page)

    return scene


async def as_it_is(scene: Scene) -> None:
    """Nothing has happened yet."""


async def edit_conflict(scene: Scene) -> None:
    field = await scene.person.edit(POSTER)
    await field.fill("Draw the poster, and print it")
    await scene.elsewhere(POSTER, title="Draw two posters")
    await field.press("Enter")
    await expect(scene.page.get_by_text("It is “Draw two posters” now, by Adam.")).to_be_visible()
    await scene.elsewhere("Draw two posters", title=POSTER)


async def selected_choices(scene: Scene) -> None:
    for title in (POSTER, "Order the lanterns"):
        await scene.person.row(title).locator(".task__title").focus()
        await scene.page.keyboard.press("Space")
    await scene.page.get_by_role("button", name="Change them").click()
    await expect(scene.page.locator("#selected:popover-open")).to_have_count(1)


async def palette(scene: Scene) -> None:
    await scene.page.locator("#tasks .task__title").first.focus()
    await scene.page.keyboard.press("Control+k")
    await expect(scene.page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()


async def palette_results(scene: Scene) -> None:
    await palette(scene)
    await scene.page.get_by_role("dialog").get_by_role("combobox").fill("the")
    await expect(scene.page.get_by_role("option", name="A year of the club")).to_be_visible()
    await expect(scene.page.locator(".palette__tasks [role=option]").first).to_be_visible()


async def dialog_with_comments(scene: Scene) -> None:
    await scene.page.locator("#tasks .task__title").first.press("Enter")
    await scene.page.get_by_role("dialog").locator("#comments").scroll_into_view_if_needed()


async def dialog_conflict(scene: Scene) -> None:
    await scene.person.row(POSTER).locator(".task__title").press("Enter")
    title = scene.page.get_by_role("dialog").get_by_label("Title")
    await title.fill("Draw the poster, and print it")
    await scene.elsewhere(POSTER, title="Draw two posters", status="doing")
    await expect(scene.page.locator("#task-news")).to_contain_text("Adam changed this task")
    await title.press("Enter")
    await expect(scene.page.get_by_text("Adam changed this task while")).to_be_visible()
    await scene.elsewhere("Draw two posters", title=POSTER, status="todo")


async def task_news(scene: Scene) -> None:
    await scene.team.mia.open(scene.page.url.removeprefix(scene.person.address))
    await scene.team.adam.change(scene.page.url.rpartition("/")[2], priority="low")
    await expect(scene.page.locator("#task-news")).to_contain_text("Adam changed this task")
    await expect(scene.page.get_by_text("Mia is here, too")).to_be_visible()


async def task_conflict(scene: Scene) -> None:
    await scene.page.get_by_label("Description").fill("Mine")
    about = scene.page.url.rpartition("/")[2]
    await scene.team.adam.change(about, description="Adam’s", status="todo")
    await scene.page.get_by_role("button", name="Save").first.click()
    await expect(scene.page.get_by_text("Adam changed this task while")).to_be_visible()


async def comment_edit(scene: Scene) -> None:
    await scene.page.locator(".comment__edit:visible").first.click()
    await expect(scene.page.locator(".comment__form textarea")).to_be_focused()


async def comment_conflict(scene: Scene) -> None:
    await comment_edit(scene)
    row = scene.page.locator("#comments > li:has(.comment__form)")
    comment = (await row.get_attribute("id") or "").removeprefix("comment-")
    version = int(await row.get_attribute("data-v") or 0)
    change = {"body": "@Adam nineteen or so.", "version": version}
    await scene.person.ask("PATCH", f"/comments/{comment}", change)
    await scene.page.locator(".comment__form button").click()
    await expect(scene.page.locator(".comment__form .field__error")).to_be_visible()


async def waiting_refused(scene: Scene) -> None:
    field = await scene.person.edit(POSTER)
    await scene.page.context.set_offline(True)
    await field.fill("Draw the poster, and print it")
    await field.press("Enter")
    await expect(scene.page.locator("#waiting-open")).to_be_visible()
    await scene.elsewhere(POSTER, title="Draw two posters")
    await scene.page.context.set_offline(False)
    await scene.page.locator("#waiting-open").press("Enter")
    await expect(scene.page.locator("#waiting")).to_contain_text("changed by Adam", timeout=20_000)
    await scene.elsewhere("Draw two posters", title=POSTER)


async def offline(scene: Scene) -> None:
    await lose_the_line(scene.page)
    await scene.person.quick_add.fill("Tell the neighbours")
    await scene.person.quick_add.press("Enter")
    await scene.page.get_by_role("button", name="Complete Order the lanterns").click()
    await expect(scene.page.locator("body")).to_have_attribute("data-live", "offline")
    await expect(scene.page.locator("#waiting-open")).to_contain_text("2 waiting")


async def what_waits(scene: Scene) -> None:
    await offline(scene)
    await scene.page.locator("#waiting-open").press("Enter")
    await expect(scene.page.locator("#waiting li")).to_have_count(2)


async def paused(scene: Scene) -> None:
    await scene.page.locator("#pause").press("Enter")
    await scene.elsewhere(POSTER, priority="high")
    await scene.elsewhere("Order the lanterns", priority="medium")
    await expect(scene.page.locator("#pause")).to_have_text("Paused: 2 changes wait")


async def looks_elsewhere(scene: Scene) -> None:
    """What changes from now on stays marked."""
    await scene.page.evaluate("() => { document.hasFocus = () => false; dispatchEvent(new Event('blur')); }")


async def marked(scene: Scene) -> None:
    await looks_elsewhere(scene)
    await scene.elsewhere("Order the lanterns", priority="none")
    await scene.elsewhere("Find somebody with a van for Saturday", priority="urgent")
    await expect(scene.page.locator(".fresh--dot")).to_have_count(2)


async def told(scene: Scene) -> None:
    await scene.elsewhere("Order the lanterns", assignee_id=None)
    await scene.elsewhere("Order the lanterns", assignee_id=scene.person.id)
    await expect(scene.page.locator("#toasts .toast--news").first).to_be_visible()


async def deleted(scene: Scene) -> None:
    await scene.person.row("Count the money box").locator(".task__title").focus()
    await scene.page.keyboard.press("#")
    await expect(scene.page.locator("#toasts > *").first).to_be_visible()


async def sign_in_refused(scene: Scene) -> None:
    await scene.page.get_by_label("E-mail").fill("olga@example.com")
    await scene.page.get_by_label("Password").fill("not the password")
    await scene.page.get_by_role("button", name="Sign in").click()
    await expect(scene.page.locator(".notice--error")).to_be_visible()


async def registration_refused(scene: Scene) -> None:
    await scene.page.get_by_label("Your name").fill(" ")
    await scene.page.get_by_label("E-mail").fill("a@b")
    await scene.page.get_by_label("Password").fill("0123456789")
    await scene.page.get_by_role("button").click()
    await expect(scene.page.locator(".field__error").first).to_be_visible()


async def signed_out(scene: Scene) -> None:
    await scene.person.ask("POST", "/auth/logout")
    await expect(scene.page.get_by_text("You are signed out.")).to_be_visible()


async def access_ended(scene: Scene) -> None:
    members = f"/workspaces/{scene.team.workspace_id}/members"
    await scene.team.olga.ask("DELETE", f"{members}/{scene.person.id}")
    await expect(scene.page.get_by_text("You no longer have access")).to_be_visible()
