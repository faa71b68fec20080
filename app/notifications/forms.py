"""Preferences as browsers send them: a box that is not ticked is not there."""

from app.notifications.models import NotificationType
from app.notifications.policy import ALWAYS_KEPT
from app.notifications.schemas import PreferenceOut


def preferences(form: dict[str, str]) -> list[PreferenceOut]:
    """What the boxes of ``form`` say, for every type."""
    return [
        PreferenceOut(
            type=kind,
            in_app=f"{kind}.in_app" in form or kind in ALWAYS_KEPT,
            toast=f"{kind}.toast" in form,
            email=f"{kind}.email" in form,
        )
        for kind in NotificationType
    ]
