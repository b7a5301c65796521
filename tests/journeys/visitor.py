"""A person at a real browser, who finds things by what they say, in either language, with or without JavaScript."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page, Request, Response, expect

from app.core import i18n

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
PASSWORD = "rembuk-demo"
expect.set_options(timeout=10_000)


class Visitor:
    """One person with a browser of their own; what goes wrong in it is collected."""

    def __init__(
        self, browser: Browser, address: str, lang: str = "id", script: bool = True, width: int = 1280,
        scheme: str = "light", bypass_csp: bool = False,
    ) -> None:  # fmt: skip
        self.address = address
        self.lang = lang
        self.script = script
        self.context = browser.new_context(
            base_url=address, java_script_enabled=script, viewport={"width": width, "height": 900},
            color_scheme=scheme, bypass_csp=bypass_csp,
        )  # fmt: skip
        self.context.set_default_timeout(15_000)
        self.context.add_cookies([{"name": "rembuk_lang", "value": lang, "url": address}])
        self.page: Page = self.context.new_page()
        self.wrong: list[str] = []
        self.expected: list[int] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("dialog", lambda dialog: self.wrong.append(f"dialog: {dialog.message}"))
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning") and "status of 4" not in message.text:
            self.wrong.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        if urlsplit(request.url).scheme in ("http", "https") and not request.url.startswith(f"{self.address}/"):
            self.wrong.append(f"another host: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.wrong.append(f"{response.status} for {response.url}")

    @contextmanager
    def refused(self, *statuses: int) -> Iterator[None]:
        """Refusals that the journey is about."""
        self.expected = list(statuses)
        yield
        self.expected = []

    def close(self) -> None:
        """Leave; nothing may have gone wrong."""
        self.context.close()
        assert self.wrong == []

    # -- words -------------------------------------------------------------------------------------

    def t(self, message: str, **values: Any) -> str:
        """What the page says in this visitor's language."""
        token = i18n.language.set(self.lang)
        try:
            text = i18n.gettext(message)
            return text % values if values else text
        finally:
            i18n.language.reset(token)

    # -- ways --------------------------------------------------------------------------------------

    def open(self, path: str) -> "Visitor":
        """Go to an address of the site."""
        self.page.goto(path)
        return self

    @property
    def path(self) -> str:
        """Where the visitor is."""
        return urlsplit(self.page.url).path

    def follow(self, message: str, **values: Any) -> None:
        """Follow the link that says this."""
        self.page.get_by_role("link", name=self.t(message, **values), exact=True).first.click()

    def follow_title(self, text: str) -> None:
        """Follow the link with a title that people wrote."""
        self.page.get_by_role("main").get_by_role("link", name=text, exact=True).first.click()

    def button(self, message: str, **values: Any) -> Locator:
        """The button that says this."""
        return self.page.get_by_role("button", name=self.t(message, **values), exact=True).first

    def press(self, message: str, **values: Any) -> None:
        """Press the button that says this."""
        self.button(message, **values).click()

    def field(self, label: str, within: Locator | None = None) -> Locator:
        """The field with this label."""
        name = re.escape(self.t(label))
        optional = re.escape(self.t("(optional)"))
        return (within or self.page.get_by_role("main")).get_by_label(re.compile(rf"^\s*{name}(\s+{optional})?\s*$"))

    def fill(self, label: str, text: str) -> None:
        """Write into the field with this label."""
        self.field(label).first.fill(text)

    def choose(self, option: str, kind: Any = "radio") -> None:
        """Choose an answer, or tick a box."""
        self.page.get_by_role(kind, name=self.t(option), exact=True).first.check()

    # -- what is there -----------------------------------------------------------------------------

    def sees(self, message: str, **values: Any) -> None:
        """The page says this."""
        expect(self.page.get_by_text(self.t(message, **values)).filter(visible=True).first).to_be_visible()

    def reads(self, text: str) -> None:
        """The page shows this text that people wrote."""
        expect(self.page.get_by_text(text).filter(visible=True).first).to_be_visible()

    def sees_not(self, message: str, **values: Any) -> None:
        """The page does not say this."""
        expect(self.page.get_by_role("main").get_by_text(self.t(message, **values))).to_have_count(0)

    def title(self, message: str, **values: Any) -> None:
        """The page's heading says this."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(self.t(message, **values))

    # -- who ---------------------------------------------------------------------------------------

    def sign_in(self, email: str, password: str = PASSWORD) -> "Visitor":
        """Sign in through the form."""
        self.open("/sign-in")
        self.fill("E-mail address", email)
        self.fill("Password", password)
        self.press("Sign in")
        expect(self.page).not_to_have_url(re.compile("/sign-in"))
        self.open(f"/?lang={self.lang}")  # signing in brings the language of the account
        expect(self.page.get_by_role("button", name=self.t("Sign out"), include_hidden=True)).to_have_count(1)
        return self

    def sign_up(self, name: str, email: str, password: str) -> "Visitor":
        """Open an account, find the message, follow its link and confirm."""
        self.open("/sign-up")
        self.fill("Name that others see", name)
        self.fill("E-mail address", email)
        self.fill("Password", password)
        self.choose("I have read the privacy notice and agree", "checkbox")
        self.press("Open my account")
        self.title("Look in your mailbox")
        self.page.get_by_role("main").get_by_role("link", name=self.t("Read sent mail")).click()
        letter = self.page.get_by_role("article").filter(has_text=email).first
        letter.get_by_role("link", name=re.compile("confirm")).click()
        self.press("Yes, confirm this address")
        return self
