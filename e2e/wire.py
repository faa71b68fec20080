"""What lies between a page and the server, in the hands of a test."""

import asyncio
from urllib.parse import parse_qs, urlsplit

from playwright.async_api import Page, WebSocketRoute


class Wire:
    """Can be torn and mended, fall silent, or keep back what the server says for a while."""

    def __init__(self) -> None:
        self.cut = False
        self.silent = False
        self.asked_since: str | None = None
        self._open: list[WebSocketRoute] = []
        self._held: asyncio.Queue[tuple[WebSocketRoute, str | bytes]] | None = None
        self._kept: list[tuple[WebSocketRoute, str | bytes]] = []

    async def lay(self, page: Page) -> None:
        """Put the wire in; must come before the page is opened."""
        await page.route_web_socket("**/ws/**", self._connect)

    async def tear(self) -> None:
        """Cut every connection, and let none through until it is mended."""
        self.cut = True
        await asyncio.gather(*(route.close(code=1001, reason="cut") for route in self._open))
        self._open.clear()

    def mend(self) -> None:
        """Let everything through again."""
        self.cut = self.silent = False

    def hold(self) -> None:
        """Keep back what the server says."""
        self._held = asyncio.Queue()

    async def holds(self, words: str) -> None:
        """Wait until something with ``words`` in it is kept back."""
        assert self._held is not None
        async with asyncio.timeout(10):
            while not any(words in str(message) for _, message in self._kept):
                self._kept.append(await self._held.get())

    def release(self) -> None:
        """Deliver what was kept back, in order, and keep nothing back any more."""
        held, self._held = self._held, None
        while held is not None and not held.empty():
            self._kept.append(held.get_nowait())
        for route, message in self._kept:
            route.send(message)
        self._kept.clear()

    async def _connect(self, route: WebSocketRoute) -> None:
        if self.cut:
            await route.close(code=1001, reason="cut")
            return
        self.asked_since = parse_qs(urlsplit(route.url).query)["since"][0]
        server = route.connect_to_server()
        self._open.append(route)

        def from_server(message: str | bytes) -> None:
            if self._held is not None:
                self._held.put_nowait((route, message))
            elif not self.silent:
                route.send(message)

        def from_page(message: str | bytes) -> None:
            if not self.silent:
                server.send(message)

        server.on_message(from_server)
        route.on_message(from_page)
