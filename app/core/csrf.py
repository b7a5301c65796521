"""Cross-site requests are refused by Fetch Metadata and Origin; no tokens, so that pages stay cacheable."""

from asgi_cross_origin_protection import CrossOriginProtection
from starlette.datastructures import Headers
from starlette.requests import Request

from app.core import access, web
from app.core.edge import App, Receive, Scope, Send
from app.core.i18n import N_

FOREIGN = access.Reason(
    "cross-site",
    N_("This form was not sent from one of our own pages, so nothing was done. Open the page again and send it there."),
)
_ALWAYS_PROVEN = ("/sign-in", "/sign-up")


async def _deny(scope: Scope, receive: Receive, send: Send) -> None:
    response = await web.refuse(Request(scope, receive), FOREIGN)
    await response(scope, receive, send)


class CrossSite:
    """Refuses unsafe requests from elsewhere; where it matters, also those that do not say where they are from."""

    def __init__(self, app: App) -> None:
        self.usual = CrossOriginProtection(app, deny_app=_deny)
        self.proven = CrossOriginProtection(app, deny_app=_deny, allow_unverifiable_requests=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _must_be_proven(scope):
            await self.proven(scope, receive, send)
        else:
            await self.usual(scope, receive, send)


def _must_be_proven(scope: Scope) -> bool:
    cookies = Headers(scope=dict(scope)).get("cookie", "")
    return access.SESSION_COOKIE in cookies or scope["path"].startswith(_ALWAYS_PROVEN)
