"""The story of two people on one list; told on one process, and on two."""

from playwright.async_api import Page, expect

from e2e.people import Person, Team


async def they_work_together(team: Team, olga: Person, mia: Person) -> None:
    """Whatever one of them does, the other sees, and no page is loaded anew for it."""
    await olga.open(team.path)
    await mia.open(team.path)
    other_tab = (await olga.new_tab()).page
    async with mia.stays():
        async with olga.stays():
            await _on_the_list(olga, mia)
        await _on_the_task_page(olga, mia, other_tab)
        async with olga.stays():
            await mia.add("Water the plants")
            await expect(olga.row("Water the plants")).to_be_visible()
            await expect(olga.titles).to_have_text(await mia.titles.all_text_contents())


async def _on_the_list(olga: Person, mia: Person) -> None:
    await olga.add("Buy milk", "Paint the fence")
    await expect(mia.titles).to_have_text(["Buy milk", "Paint the fence"])
    await expect(mia.page.locator(".work__count")).to_have_text("Tasks 2")

    title = await olga.edit("Buy milk")
    await title.fill("Buy oat milk")
    await title.press("Enter")
    await expect(mia.titles).to_have_text(["Buy oat milk", "Paint the fence"])
    await expect(olga.titles).to_have_text(["Buy oat milk", "Paint the fence"])

    row = mia.row("Buy oat milk")
    await olga.page.get_by_role("button", name="Complete Buy oat milk").click()
    await expect(row).to_have_attribute("data-status", "done")
    await expect(mia.page.get_by_role("button", name="Reopen Buy oat milk")).to_be_visible()
    await mia.page.get_by_role("button", name="Reopen Buy oat milk").click()
    await expect(row).to_have_attribute("data-status", "todo")
    await expect(olga.row("Buy oat milk")).to_have_attribute("data-status", "todo")

    await olga.page.get_by_role("button", name="Delete Paint the fence").click()
    await expect(mia.titles).to_have_text(["Buy oat milk"])
    await expect(olga.titles).to_have_text(["Buy oat milk"])
    await expect(mia.page.locator(".work__count")).to_have_text("Tasks 1")


async def _on_the_task_page(olga: Person, mia: Person, page: Page) -> None:
    row = mia.row("Buy oat milk")
    link = olga.row("Buy oat milk").get_by_role("link", name="Buy oat milk", exact=True)
    path = await link.get_attribute("href")
    await page.goto(f"{olga.address}{path}")
    await page.get_by_label("Status").select_option("Doing")
    await page.get_by_label("Priority").select_option("Urgent")
    await page.get_by_label("Due date").fill("2031-05-17")
    await page.get_by_label("Assignee").select_option("Mia")
    await page.get_by_role("button", name="Save").click()
    await expect(row).to_have_attribute("data-status", "doing")
    await expect(row).to_contain_text("Urgent")
    await expect(row.locator("time")).to_have_attribute("datetime", "2031-05-17")
    await expect(row).to_contain_text("Assigned to Mia")
    await expect(row.locator(".you")).to_be_visible()
    await expect(olga.row("Buy oat milk").locator(".you")).to_be_hidden()

    await page.goto(f"{olga.address}{path}")
    await page.get_by_role("button", name="Complete").click()
    await expect(row).to_have_attribute("data-status", "done")
    await page.get_by_role("button", name="Delete").click()
    await expect(mia.titles).to_have_count(0)
    # The keyboard was in that row, and is not torn away from under her hands.
    await expect(mia.page.get_by_text("“Buy oat milk” is no longer in this list.")).to_be_focused()
    await mia.quick_add.focus()
    await expect(mia.page.get_by_text("Nothing to do yet.")).to_be_visible()
