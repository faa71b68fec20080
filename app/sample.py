"""A believable team for `tandem demo`."""

from app.config import Settings


async def make_sample_team(settings: Settings) -> None:
    """To be filled."""
