"""What a page shows, in a form that two pages can be compared by."""

from difflib import unified_diff

from playwright.async_api import Page

from e2e.screens import Screen

_REGIONS = ["#workspace-head", "#tasks", "#members", ".work__count", "#people-title"]
_SHOWN = r"""selectors => Object.fromEntries(selectors.map((selector) => {
    const region = document.querySelector(selector)?.cloneNode(true);
    // Who is here comes a moment after the page, and from no log; what was new on coming back is said once;
    // to which row the Tab key goes is the reader's own; which buttons were pressed, htmx marks.
    region?.querySelectorAll(".fresh").forEach((mark) => mark.remove());
    const own = / (data-presence|data-away|data-htmx-powered|tabindex)="[^"]*"/g;
    const html = region?.outerHTML.replace(own, "") ?? "";
    return [selector, html.replace(/>\s+/g, ">").replace(/\s+</g, "<").replace(/></g, ">\n<")];
}))"""


async def shown(page: Page) -> dict[str, str]:
    """The live regions of a page, as they stand."""
    regions: dict[str, str] = await page.evaluate(_SHOWN, _REGIONS)
    return regions


async def equals_its_reload(screen: Screen, address: str = "") -> None:
    """The page shows what a fresh one at the same address shows, number included.

    Where something is open over it, ``address`` is what the page itself has.
    """
    fresh = await screen.page.context.new_page()
    try:
        await fresh.goto(address or screen.page.url)
        expected = await shown(fresh)
        assert 'id="tasks"' in expected["#tasks"]
        here = await shown(screen.page)
        both = [(here[region].splitlines(), html.splitlines()) for region, html in expected.items()]
        different = [
            line for pair in both for line in unified_diff(*pair, "live", "reloaded", lineterm="", n=0)
        ]
        assert not different, "\n".join(different)
    finally:
        await fresh.close()
