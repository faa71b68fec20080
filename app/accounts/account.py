"""The page about oneself, and the forms on it: name, password, keys, and where one is signed in."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from app.accounts import commands, queries
from app.accounts.cookies import ACCOUNT, Done, done_cookie, just_done, said_cookie
from app.accounts.gate import Client, Gate
from app.accounts.models import Letters
from app.accounts.words import browser_name
from app.core.errors import Invalid, TandemError, TooMany
from app.core.forms import chosen, field_errors, optional_choice, read_form
from app.core.scope import Scope
from app.core.unit_of_work import UnitOfWork
from app.core.views import Views

AnyRequest = Request[Any, Any, Any]
AnyResponse = Response[Any]
Uow = NamedDependency[UnitOfWork]
Caller = NamedDependency[Scope]


@dataclass(frozen=True, kw_only=True)
class AccountPage:
    """Shows it, also again with what was refused; a password is never shown."""

    gate: Gate
    views: Views

    async def show(
        self,
        request: AnyRequest,
        caller: Scope,
        uow: UnitOfWork,
        form: dict[str, str] | None = None,
        refusal: TandemError | None = None,
    ) -> AnyResponse:
        """The page as the account is now."""
        async with self.gate.database.read() as session:
            user = await queries.user(session, caller.user_id)
            sessions = await queries.open_sessions(session, caller, uow.clock())
        done = just_done(request.cookies)
        answer = self.views.page(
            request,
            "accounts/account.html",
            title="Your account",
            page="account",
            status_code=refusal.status if refusal else 200,
            user=user,
            form=form or {},
            errors=field_errors(refusal),
            done=None if refusal else done,
            sessions=[(each, browser_name(each.user_agent)) for each in sessions],
            here=caller.session_id,
        )
        answer.headers.update(refusal.headers if refusal else {})
        if done is not None:
            answer.set_cookie(said_cookie(self.gate.settings))
        return answer

    def done(self, what: Done) -> AnyResponse:
        """To the page, which says ``what`` was done."""
        return Redirect(ACCOUNT, status_code=303, cookies=[done_cookie(self.gate.settings, what)])


Page = NamedDependency[AccountPage]


@get(ACCOUNT)
async def show_account(request: AnyRequest, account_page: Page, uow: Uow, caller: Caller) -> AnyResponse:
    """Who one is here, and what one can change about it."""
    return await account_page.show(request, caller, uow)


@post(f"{ACCOUNT}/name")
async def rename(request: AnyRequest, account_page: Page, uow: Uow, caller: Caller) -> AnyResponse:
    """Another name."""
    form = await read_form(request)
    try:
        await commands.rename(uow, caller, name=form.get("name", ""))
    except Invalid as refusal:
        return await account_page.show(request, caller, uow, form, refusal)
    return account_page.done(Done.RENAMED)


@post(f"{ACCOUNT}/password")
async def change_password(
    request: AnyRequest, account_page: Page, uow: Uow, caller: Caller, client: NamedDependency[Client]
) -> AnyResponse:
    """Another password; all other sessions end."""
    form = await read_form(request)
    old, new = form.get("old_password", ""), form.get("password", "")
    try:
        await commands.change_password(uow, account_page.gate, client, caller, old=old, new=new)
    except (Invalid, TooMany) as refusal:
        return await account_page.show(request, caller, uow, form, refusal)
    return account_page.done(Done.PASSWORD)


@post(f"{ACCOUNT}/keys")
async def choose_letters(request: AnyRequest, account_page: Page, uow: Uow, caller: Caller) -> AnyResponse:
    """Where single letters work."""
    form = await read_form(request)
    try:
        letters = chosen(optional_choice(form, "letters", Letters), "letters")
        await commands.choose_letters(uow, caller, letters)
    except Invalid as refusal:
        return await account_page.show(request, caller, uow, form, refusal)
    return account_page.done(Done.KEYS)


@post(f"{ACCOUNT}/sessions/end")
async def end_other_sessions(account_page: Page, uow: Uow, caller: Caller) -> AnyResponse:
    """Signed out everywhere but here."""
    await commands.end_other_sessions(uow, caller)
    return account_page.done(Done.SESSIONS)


@post(f"{ACCOUNT}/sessions/{{session_id:uuid}}/end")
async def end_session(
    account_page: Page, uow: Uow, caller: Caller, session_id: FromPath[UUID]
) -> AnyResponse:
    """Signed out there."""
    await commands.end_session(uow, caller, session_id)
    return account_page.done(Done.SESSIONS)


HANDLERS = (show_account, rename, change_password, choose_letters, end_other_sessions, end_session)
