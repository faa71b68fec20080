"""How a page as it stands is looked at: by axe in each look, with large text, little room and fingers."""

from pathlib import Path

from playwright.async_api import Page

AXE = (Path(__file__).parent.parent / "node_modules" / "axe-core" / "axe.min.js").read_text()
DESK, PHONE = (1280, 390)
# The size of targets is a rule of WCAG 2.2 that axe leaves out unless asked.
# At the top: what a scroll has brought half under the bar is not small for that.
_RUN = """async (only) => {
    scrollTo(0, 0);
    const moving = document.getAnimations().filter((each) => each instanceof CSSTransition);
    await Promise.allSettled(moving.map(({ finished }) => finished));
    const options = only ? { runOnly: only } : { rules: { "target-size": { enabled: true } } };
    const { violations } = await axe.run({ ...options, resultTypes: ["violations"] });
    return violations.map(({ help, nodes }) =>
        `${help}: ` + nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join("; "));
}"""
_HAS_AXE = "() => 'axe' in window"
# All that a scheme may not change: what is there, where, and how large.
_LAYOUT = """() => [...document.body.querySelectorAll("*")].filter((element) => element.checkVisibility())
    .map((element) => { const { x, y, width, height } = element.getBoundingClientRect();
        return [element.localName, ...[x, y, width, height].map(Math.round)].join(); }).join(" ")"""
_SIDEWAYS = """() => document.documentElement.scrollWidth <= document.documentElement.clientWidth ? [] :
    [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .slice(0, 5).map((element) => `reaches out of the page: ${element.outerHTML.slice(0, 120)}`)"""
# Text that is wider or higher than what it stands in, and is cut there or lies over its neighbour.
_CLIPPED = """() => [...document.querySelectorAll("button, a, summary, h1, h2, h3, p, li, label, .badge")]
    .filter((element) => element.checkVisibility() && !element.closest(".visually-hidden, .skip"))
    .filter((element) => {
        const { overflowX, overflowY, display, textOverflow } = getComputedStyle(element);
        if (display === "inline" || textOverflow === "ellipsis") return false;
        const wide = element.scrollWidth > element.clientWidth + 2;
        const high = element.scrollHeight > element.clientHeight + 2;
        return (wide && (overflowX === "hidden" || element.localName === "button"))
            || (high && (overflowY === "hidden" || overflowY === "clip"));
    })
    .map((element) => `is clipped: ${element.outerHTML.slice(0, 160)}`)"""
_ENLARGE = """([size, spacing]) => {
    document.documentElement.style.fontSize = size;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(spacing);
    document.adoptedStyleSheets = [sheet];
}"""
# WCAG 1.4.12.
_SPACING = """* { line-height: 1.5 !important; letter-spacing: .12em !important }
    * { word-spacing: .16em !important } p { margin-block-end: 2em !important }"""
# What is pressed, with its label; a link within a line of text is as high as the line.
_PRESSED = "a[href], button, input:not([type=hidden]), select, textarea, summary"
_SMALL = """([least, pressed]) => [...document.querySelectorAll(pressed)]
    .filter((element) => element.checkVisibility({ visibilityProperty: true })
        && !element.closest(".visually-hidden") && !element.matches(".skip"))
    .filter((element) => !(element.localName === "a" && getComputedStyle(element).display.startsWith("inline")
        && element.parentElement.textContent.trim() !== element.textContent.trim()))
    .map((element) => {
        const boxes = [element, ...(element.labels ?? [])].map((each) => each.getBoundingClientRect());
        // WCAG 2.5.8 takes room around a box, in which nothing else can be pressed, for the box.
        const around = least <= 24 && element.type === "checkbox" ? getComputedStyle(element).margin : 0;
        const size = (side) => Math.max(...boxes.map((box) => box[side])) + 2 * parseFloat(around);
        return [element, size("width"), size("height")];
    })
    .filter(([, width, height]) => width > 0 && (width < least - 0.5 || height < least - 0.5))
    .map(([{ outerHTML }, ...size]) => `${size.map(Math.round).join(" x ")}: ${outerHTML.slice(0, 120)}`)"""


async def violations(page: Page, *only: str) -> list[str]:
    """What axe finds on the page as it stands."""
    if not await page.evaluate(_HAS_AXE):
        await page.evaluate(AXE)
    found: list[str] = await page.evaluate(_RUN, list(only) or None)
    return found


async def in_every_look(page: Page) -> list[str]:
    """What axe finds in light and dark, wide and narrow.

    The scheme changes colours and nothing else, which is checked: so only contrast is asked for again.
    """
    found = []
    for width in (DESK, PHONE):
        await page.set_viewport_size({"width": width, "height": 800})
        await page.emulate_media(color_scheme="light")
        found += [f"light, {width}: {each}" for each in await violations(page)]
        light = await page.evaluate(_LAYOUT)
        await page.emulate_media(color_scheme="dark")
        if await page.evaluate(_LAYOUT) == light:
            found += [f"dark, {width}: {each}" for each in await violations(page, "color-contrast")]
        else:
            found += [f"dark, {width}: {each}" for each in await violations(page)]
    await page.emulate_media(color_scheme="light")
    await page.set_viewport_size({"width": DESK, "height": 800})
    return found


async def in_high_contrast(page: Page) -> list[str]:
    """What axe finds about colours where the reader asks for more of them, or has their own."""
    await page.emulate_media(contrast="more")
    found = [f"more contrast: {each}" for each in await violations(page, "color-contrast")]
    await page.emulate_media(contrast="no-preference", forced_colors="active")
    found += [f"forced colours: {each}" for each in await violations(page, "color-contrast")]
    await page.emulate_media(forced_colors="none")
    return found


async def with_little_room(page: Page) -> list[str]:
    """What reaches out of the page at 320 px, with text of 200 %, and with the spacing of WCAG 1.4.12."""
    found: list[str] = []
    for name, width, size, spacing in (
        ("320 px", 320, "", ""),
        ("200 %", 1280, "200%", ""),
        ("spacing", 1280, "", _SPACING),
        ("spacing, 390 px", 390, "", _SPACING),
    ):
        await page.set_viewport_size({"width": width, "height": 800})
        await page.evaluate(_ENLARGE, [size, spacing])
        for look in (_SIDEWAYS, _CLIPPED):
            found += [f"{name}: {each}" for each in await page.evaluate(look)]
    await page.evaluate(_ENLARGE, ["", ""])
    await page.set_viewport_size({"width": DESK, "height": 800})
    return found


async def too_small(page: Page, least: int) -> list[str]:
    """What can be pressed and is smaller than ``least`` px."""
    found: list[str] = await page.evaluate(_SMALL, [least, _PRESSED])
    return [f"less than {least} px: {each}" for each in found]
