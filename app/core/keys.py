"""Every key of the pages: templates bind them from here, and the page that explains them is made of it."""

from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True)
class Key:
    """A key, or two that are pressed one after the other, and what it does."""

    keys: str
    words: str


LIST = {
    "walk": Key("j k", "To the next or previous row; so do the arrows, Home and End"),
    "open": Key("Enter", "Open the task"),
    "select": Key("Space", "Select it, or not; what follows is then done to all that are selected"),
    "back": Key("Escape", "Back: close what is open, select nothing"),
    "new": Key("c", "Add a task"),
    "edit": Key("e", "Change the title in its row"),
    "done": Key("x", "Done, and not done after all"),
    "assign": Key("a", "Give it to somebody"),
    "mine": Key("m", "Give it to yourself"),
    "status": Key("s", "Choose the status"),
    "priority": Key("p", "Choose the priority"),
    "due": Key("d", "Choose the due date"),
    "up": Key("[", "Move it up"),
    "down": Key("]", "Move it down"),
    "more": Key(".", "Everything that can be done to it"),
    "delete": Key("#", "Delete it"),
    "undo": Key("u", "Bring back what you have just deleted"),
    "search": Key("/", "Search"),
}
EVERYWHERE = {
    "home": Key("g h", "To where you left off"),
    "assigned": Key("g m", "What is assigned to you"),
    "notifications": Key("g n", "Notifications"),
    "workspaces": Key("g w", "Workspaces"),
    "pause": Key("g p", "Pause: what others do waits until you press it again"),
    "help": Key("?", "All keys"),
}


def key(name: str, *, told: bool = True) -> Markup:
    """The attributes that bind an element to a key. Raises KeyError for one that nobody explains.

    With ``told`` screen readers tell it; not on each of the hundreds of rows of a list.
    """
    keys = (LIST | EVERYWHERE)[name].keys
    bound = Markup(' data-key="{}"').format(keys)
    return bound + Markup(' aria-keyshortcuts="{}"').format(keys) if told else bound
