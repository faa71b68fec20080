"""Every key of the pages: templates bind them from here, and what explains or lists them is made of it."""

from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True)
class Key:
    """A key, or two that are pressed one after the other, and what it does.

    ``on_task`` says that the page of one task has it, too.
    """

    keys: str
    words: str
    on_task: bool = False

    @property
    def shown(self) -> list[str]:
        """What is written on the keys."""
        return (
            ["Ctrl", self.keys.removeprefix(CONTROL)] if self.keys.startswith(CONTROL) else self.keys.split()
        )


# Together with the next one; on a Mac Command does the same.
CONTROL = "Control+"
LIST = {
    "walk": Key("j k", "To the next or previous row; so do the arrows, Home and End"),
    "open": Key("Enter", "Open the task"),
    "select": Key("Space", "Select it, or not; what follows is then done to all that are selected"),
    "back": Key("Escape", "Back: close what is open, select nothing"),
    "new": Key("c", "Add a task"),
    "edit": Key("e", "Change the title in its row", on_task=True),
    "done": Key("x", "Done, and not done after all", on_task=True),
    "assign": Key("a", "Give it to somebody", on_task=True),
    "mine": Key("m", "Give it to yourself"),
    "status": Key("s", "Choose the status", on_task=True),
    "priority": Key("p", "Choose the priority", on_task=True),
    "due": Key("d", "Choose the due date", on_task=True),
    "up": Key("[", "Move it up"),
    "down": Key("]", "Move it down"),
    "more": Key(".", "Everything that can be done to it"),
    "delete": Key("#", "Delete it", on_task=True),
    "undo": Key("u", "Bring back what you have just deleted"),
}
EVERYWHERE = {
    "search": Key("/", "Search"),
    "palette": Key(f"{CONTROL}K", "Search or run a command"),
    "home": Key("g h", "To where you left off"),
    "assigned": Key("g m", "Assigned to me"),
    "notifications": Key("g n", "Notifications"),
    "workspaces": Key("g w", "Workspaces"),
    "pause": Key("g p", "Pause: what others do waits until you press it again"),
    "help": Key("?", "The keys of this page"),
}
KEYS = LIST | EVERYWHERE
# No element has these: the list itself knows them, wherever letters are off, too.
OF_THE_LIST = {"walk", "open", "select", "back"}


def key(name: str, *, told: bool = True) -> Markup:
    """The attributes that bind an element to a key. Raises KeyError for one that nobody explains.

    With ``told`` screen readers tell it; not on each of the hundreds of rows of a list.
    """
    keys = KEYS[name].keys
    bound = Markup(' data-key="{}"').format(keys)
    return bound + Markup(' aria-keyshortcuts="{}"').format(keys) if told else bound


def bound(name: str) -> dict[str, str]:
    """The same for what takes its attributes one by one; nobody is told."""
    return {"data-key": KEYS[name].keys}
