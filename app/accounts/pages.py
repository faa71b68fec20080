"""The pages for signing in, signing up and signing out; plain forms that need no scripts."""

from typing import Annotated

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import Cookie, State
from litestar.di import NamedDependency
from litestar.params import QueryParameter, URLEncodedBody
from litestar.response import Redirect

from app.accounts import commands, cookies
from app.accounts.commands import SignedIn
from app.accounts.gate import Client, Gate
from app.accounts.tokens import Device
from app.core.errors import Forbidden, Invalid, TandemError, TooMany, Unauthenticated
from app.core.forms import field_errors
from app.core.models import new_id
from app.core.paths import own_path
from app.core.scope import Scope
from app.core.unit_of_work import UnitOfWork
from app.core.views import Views

WebRequest = Request[object, object, State]
Goal = Annotated[str, QueryParameter(name="next")]


class LoginForm(msgspec.Struct):
    """What the form for signing in holds."""

    email: str = ""
    password: str = ""
    goal: str = msgspec.field(default="/", name="next")


class RegisterForm(LoginForm):
    """What the form for signing up holds."""

    name: str = ""


@get("/login")
async def login_page(
    request: WebRequest,
    views: NamedDependency[Views],
    visitor: NamedDependency[Scope | None],
    goal: Goal = "/",
) -> Response[str]:
    if visitor is not None:
        return Redirect(own_path(goal), status_code=303)
    return _login_page(views, request, LoginForm(goal=goal), None)


@post("/login", status_code=303)
async def login(
    request: WebRequest,
    data: URLEncodedBody[LoginForm],
    uow: NamedDependency[UnitOfWork],
    gate: NamedDependency[Gate],
    client: NamedDependency[Client],
    views: NamedDependency[Views],
) -> Response[str]:
    try:
        signed_in = await commands.sign_in(uow, gate, client, email=data.email, password=data.password)
    except (Unauthenticated, TooMany) as refusal:
        return _login_page(views, request, data, refusal)
    return _let_in(gate, client, signed_in, data.goal)


@get("/register")
async def register_page(
    request: WebRequest,
    views: NamedDependency[Views],
    visitor: NamedDependency[Scope | None],
    goal: Goal = "/",
) -> Response[str]:
    if visitor is not None:
        return Redirect(own_path(goal), status_code=303)
    return _register_page(views, request, RegisterForm(goal=goal), None)


@post("/register", status_code=303)
async def register(
    request: WebRequest,
    data: URLEncodedBody[RegisterForm],
    uow: NamedDependency[UnitOfWork],
    gate: NamedDependency[Gate],
    client: NamedDependency[Client],
    views: NamedDependency[Views],
) -> Response[str]:
    try:
        signed_in = await commands.register(
            uow,
            gate,
            client,
            email=data.email,
            name=data.name,
            password=data.password,
            invite=data.goal,
        )
    except (Forbidden, Invalid, TooMany) as refusal:
        return _register_page(views, request, data, refusal)
    return _let_in(gate, client, signed_in, data.goal)


@post("/logout", status_code=303)
async def logout(
    uow: NamedDependency[UnitOfWork],
    gate: NamedDependency[Gate],
    visitor: NamedDependency[Scope | None],
) -> Redirect:
    if visitor is not None:
        await commands.sign_out(uow, visitor)
    no_cookie = cookies.no_session_cookie(gate.settings)
    return Redirect("/login", status_code=303, cookies=[no_cookie])


HANDLERS = (login_page, login, register_page, register, logout)


def _let_in(gate: Gate, client: Client, signed_in: SignedIn, goal: str) -> Redirect:
    user_id = signed_in.user.id
    device = client.device if client.is_known_to(user_id) else None
    device = device or Device(id=new_id(), user_id=user_id)
    new_cookies: list[Cookie] = [
        cookies.session_cookie(gate.settings, signed_in.claims),
        cookies.device_cookie(gate.settings, device),
    ]
    return Redirect(own_path(goal), status_code=303, cookies=new_cookies)


def _login_page(
    views: Views, request: WebRequest, form: LoginForm, refusal: TandemError | None
) -> Response[str]:
    answer = views.page(
        request,
        "accounts/login.html",
        title="Sign in",
        page="login",
        next=own_path(form.goal),
        email=form.email,
        errors=field_errors(refusal),
    )
    return _refused(answer, refusal)


def _register_page(
    views: Views, request: WebRequest, form: RegisterForm, refusal: TandemError | None
) -> Response[str]:
    answer = views.page(
        request,
        "accounts/register.html",
        title="Sign up",
        page="register",
        next=own_path(form.goal),
        email=form.email,
        name=form.name,
        errors=field_errors(refusal),
    )
    return _refused(answer, refusal)


def _refused(answer: Response[str], refusal: TandemError | None) -> Response[str]:
    if isinstance(refusal, Forbidden | TooMany):
        answer.status_code = refusal.status
        answer.headers.update(refusal.headers)
    elif refusal is not None:
        # Not 401, which browsers and htmx take for a page that cannot be shown.
        answer.status_code = Invalid.status
    return answer
