"""Every address of the program, feature by feature; what each does is in the feature."""

from app.accounts import account
from app.accounts import api as account_api
from app.accounts import pages as account_pages
from app.activity import api as activity_api
from app.activity import pages as activity_pages
from app.comments import api as comment_api
from app.comments import pages as comment_pages
from app.notifications import api as notification_api
from app.notifications import pages as notification_pages
from app.ops import keyboard
from app.tasks import api as task_api
from app.tasks import pages as task_pages
from app.tasks import search, trash
from app.workspaces import api as workspace_api
from app.workspaces import pages as workspace_pages

PAGES = (
    *account_pages.HANDLERS,
    *account.HANDLERS,
    *workspace_pages.HANDLERS,
    *task_pages.HANDLERS,
    *trash.HANDLERS,
    *search.HANDLERS,
    *comment_pages.HANDLERS,
    *notification_pages.HANDLERS,
    *activity_pages.HANDLERS,
    *keyboard.HANDLERS,
)
API = (
    *account_api.HANDLERS,
    *workspace_api.HANDLERS,
    *task_api.HANDLERS,
    *comment_api.HANDLERS,
    *notification_api.HANDLERS,
    *activity_api.HANDLERS,
)
# The parts of a process that handlers may ask for by these names.
INJECTED = (
    "database",
    "log",
    "broker",
    "gate",
    "account_page",
    "views",
    "task_renderer",
    "row_forms",
    "quick_add",
    "selection",
    "trash",
    "search",
    "workspace_renderer",
    "activity_renderer",
    "comment_renderer",
    "notification_renderer",
)
