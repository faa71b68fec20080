"""What lies between a page and the server, in the hands of a test."""

import asyncio
from urllib.parse import parse_qs, urlsplit

from playwright.async_api import Page, WebSocketRoute

Frame = tuple[WebSocketRoute, str | bytes]


class Wire:
    """Can be torn and mended, go dead, or keep back what the server says for a while."""

    def __init__(self) -> None:
        self.asked_since: str | None = None
        self._cut = False
        self._dead = False
        self._open: list[WebSocketRoute] = []
        self._deaf: list[WebSocketRoute] = []
        self._held: asyncio.Queue[Frame] | None = None
        self._kept: list[Frame] = []

    async def lay(self, page: Page) -> None:
        """Put the wire in; must come before the page is opened."""
        await page.route_web_socket("**/ws/**", self._connect)

    async def tear(self) -> None:
        """End every connection, and let none through until it is mended."""
        self._cut = True
        await asyncio.gather(*(route.close(code=1001, reason="cut") for route in self._open))
        self._open.clear()

    def die(self) -> None:
        """Pass nothing on any more, not even an end; what is open stays deaf for ever."""
        self._dead = True
        self._deaf += self._open

    def mend(self) -> None:
        """Let new connections through again."""
        self._cut = self._dead = False

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
        if self._cut:
            await route.close(code=1001, reason="cut")
            return
        asked = parse_qs(urlsplit(route.url).query)
        if asked.get("show") != ["nothing"]:  # the line that fills the page, not the person's own
            self.asked_since = asked["since"][0]
        server = route.connect_to_server()
        self._open.append(route)
        if self._dead:
            self._deaf.append(route)

        def from_server(message: str | bytes) -> None:
            if self._held is not None:
                self._held.put_nowait((route, message))
            elif route not in self._deaf:
                route.send(message)

        def from_page(message: str | bytes) -> None:
            if route not in self._deaf:
                server.send(message)

        async def closed_by_server(code: int | None, reason: str | None) -> None:
            if route not in self._deaf:
                await route.close(code=code, reason=reason)

        server.on_message(from_server)
        server.on_close(closed_by_server)
        route.on_message(from_page)
