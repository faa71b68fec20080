"""The only door to a mail server; knows nothing of what it is sent."""

from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import formataddr
from urllib.parse import unquote, urlsplit

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from app.config import Settings

PATIENCE_SECONDS = 10.0
_TRANSIENT = range(400, 500)
_OWN_MACHINE = ("localhost", "127.0.0.1", "::1")


class Unreachable(Exception):
    """There is no mail server to talk to, or it takes nothing from us now. Nothing was sent."""


class Refused(Exception):
    """The mail server did not take this one mail, or did not say whether it did."""

    def __init__(self, words: str, *, again: bool) -> None:
        super().__init__(words)
        # Whether it was certainly not taken, and may be taken later.
        self.again = again


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """Where mail goes, and from whom."""

    host: str
    port: int
    secure: bool
    user: str | None
    password: str | None
    sender: str

    async def send(self, message: EmailMessage, *, to: str) -> None:
        """Hand ``message`` over. Raises Unreachable or Refused."""
        message["From"] = formataddr(("Tandem", self.sender))
        message["To"] = to
        client = SMTP(
            hostname=self.host,
            port=self.port,
            use_tls=self.secure,
            # Nobody's password goes over a network in the clear.
            start_tls=True if self.user and not self.secure and self.host not in _OWN_MACHINE else None,
            username=self.user,
            password=self.password,
            timeout=PATIENCE_SECONDS,
        )
        try:
            await client.connect()
            # Addresses may hold any letter where the server can carry them; the text is ASCII on the wire.
            await client.mail(self.sender, options=[] if to.isascii() else ["SMTPUTF8"])
        except (SMTPException, OSError) as error:
            client.close()
            raise Unreachable(str(error)) from error
        try:
            await _hand_over(client, message, to)
        finally:
            client.close()


def mail_server(settings: Settings) -> MailServer | None:
    """The one of the settings, if there is one."""
    if settings.smtp_url is None or settings.mail_from is None:
        return None
    address = urlsplit(settings.smtp_url)
    secure = address.scheme == "smtps"
    return MailServer(
        host=address.hostname or "",
        port=address.port or (465 if secure else 25),
        secure=secure,
        user=unquote(address.username) if address.username else None,
        password=unquote(address.password) if address.password else None,
        sender=settings.mail_from,
    )


async def _hand_over(client: SMTP, message: EmailMessage, to: str) -> None:
    encoding = "ascii" if to.isascii() else "utf-8"
    try:
        await client.rcpt(to, encoding=encoding)
    except SMTPResponseException as error:
        raise Refused(f"{error.code} {error.message}", again=error.code in _TRANSIENT) from error
    except (SMTPException, OSError) as error:
        raise Unreachable(str(error)) from error
    try:
        await client.data(message.as_bytes(policy=WIRE))
    except SMTPResponseException as error:
        raise Refused(f"{error.code} {error.message}", again=error.code in _TRANSIENT) from error
    except (SMTPException, OSError) as error:
        # It went silent after it had everything: it may have taken it, and nothing comes twice.
        raise Refused(str(error), again=False) from error
    with suppress(SMTPException, OSError):
        await client.quit()
