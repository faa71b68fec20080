"""What a part must be able to say of itself."""

from typing import Protocol, runtime_checkable


@runtime_checkable
class BrokerHealth(Protocol):
    """Whether events travel between processes."""

    @property
    def healthy(self) -> bool:
        """False while events are known not to travel."""
