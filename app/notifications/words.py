"""What a notification says in words, on pages and in mail: what stands before and after its title."""

from app.notifications.models import NotificationType

WORDS = {
    NotificationType.TASK_ASSIGNED: ("{who} assigned you ", ""),
    NotificationType.TASK_UNASSIGNED: ("{who} took ", " off you"),
    NotificationType.TASK_COMPLETED: ("{who} finished ", ""),
    NotificationType.TASK_CHANGED: ("{who} changed ", ""),
    NotificationType.TASK_COMMENTED: ("{who} commented on ", ""),
    NotificationType.MENTIONED: ("{who} mentioned you on ", ""),
    NotificationType.DUE_SOON: ("Due tomorrow: ", ""),
    NotificationType.OVERDUE: ("Overdue: ", ""),
    NotificationType.INVITED: ("{who} joined ", " by your invite"),
    NotificationType.ROLE_CHANGED: ("{who} changed your role in ", ""),
    NotificationType.REMOVED: ("{who} removed you from ", ""),
    NotificationType.WORKSPACE_DELETED: ("{who} deleted ", ""),
}


def words(kind: NotificationType, *, who: str) -> tuple[str, str]:
    """What is said of ``kind`` before and after the title, where ``who`` did it."""
    before, after = WORDS[kind]
    return before.replace("{who}", who), after
