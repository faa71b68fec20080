"""What handles a message that came over a socket."""

from collections.abc import Awaitable, Callable, Mapping

import msgspec

from app.core.scope import Scope
from app.core.topics import Topic

# Who says it, in which stream, over which connection, and the body; the answer is what the ack carries.
MessageHandler = Callable[[Scope, Topic, str, msgspec.Raw], Awaitable[Mapping[str, object]]]
