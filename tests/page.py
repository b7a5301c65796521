"""A browser without JavaScript that checks every page it opens against the rules of the house."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib
from httpx2 import Response
from starlette.testclient import TestClient

from app.core import db, tokens
from app.core.access import SESSION_COOKIE
from tests import factories

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
UNLABELLED = ("hidden", "submit", "button", "image", "reset")


@dataclass
class Page:
    """An answer, and its document if it has one."""

    response: Response
    document: Element | None

    @property
    def status(self) -> int:
        """The status code."""
        return self.response.status_code

    @property
    def url(self) -> str:
        """The path that was answered."""
        return str(self.response.url.raw_path.decode())

    @property
    def html(self) -> str:
        """The body as text."""
        return self.response.text

    @property
    def root(self) -> Element:
        """The document's root element."""
        assert self.document is not None
        return self.document

    @property
    def text(self) -> str:
        """All visible text, with single spaces."""
        return " ".join(" ".join(self.root.find("body").itertext()).split())  # type: ignore[union-attr]

    @property
    def h1(self) -> str:
        """The one heading of the page."""
        return " ".join("".join(self.root.iter("h1").__next__().itertext()).split())

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Every element with this tag and these attributes (class_ for class)."""
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [e for e in self.root.iter(tag) if all(e.get(name) == value for name, value in wanted.items())]

    def links(self) -> list[str]:
        """Where the page leads."""
        return [e.get("href", "") for e in self.root.iter("a")]

    def form(self, action: str) -> dict[str, Any]:
        """The fields of a form as they stand, by its action."""
        found = [e for e in self.root.iter("form") if urlsplit(e.get("action", "")).path == action]
        assert found, f"no form to {action} on {self.url}: {[e.get('action') for e in self.root.iter('form')]}"
        return _fields(found[0])

    @property
    def errors(self) -> list[str]:
        """The sentences of the error summary."""
        boxes = [e for e in self.root.iter() if "govuk-error-summary" in (e.get("class") or "").split()]
        return [" ".join("".join(item.itertext()).split()) for box in boxes for item in box.iter("li")]


def _fields(form: Element) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for e in form.iter():
        name = e.get("name")
        if not name or e.tag not in ("input", "textarea", "select"):
            continue
        if e.tag == "textarea":
            value: str | None = "".join(e.itertext()).removeprefix("\n")
        elif e.tag == "select":
            options = list(e.iter("option"))
            chosen = [o for o in options if o.get("selected") is not None] or options[:1]
            value = chosen[0].get("value", "") if chosen else ""
        elif e.get("type") in ("checkbox", "radio"):
            value = e.get("value", "on") if e.get("checked") is not None else None
        elif e.get("type") in ("submit", "file", "button"):
            value = None
        else:
            value = e.get("value", "")
        if value is not None:
            fields[name] = [*fields[name], value] if isinstance(fields.get(name), list) else (
                [fields[name], value] if name in fields else value
            )  # fmt: skip
    return fields


class Browser:
    """One visitor: remembers cookies, follows redirects, checks pages."""

    def __init__(self, app: Any, person: "factories.Person | None" = None, lang: str = "id") -> None:
        self.app = app
        self.client = TestClient(
            app, base_url="http://127.0.0.1:8000", headers=SAME_ORIGIN, raise_server_exceptions=True
        )
        self.client.cookies.set("rembuk_lang", lang)
        if person is not None:
            self.sign_in(person)

    def as_(self, person: "factories.Person | None" = None, lang: str = "id") -> "Browser":
        """Another browser, of this person."""
        return Browser(self.app, person, lang)

    def sign_in(self, person: "factories.Person") -> None:
        """Be signed in as a person, without the form."""
        token = tokens.new_token()
        db.write_now(factories.sign_in, person, token)
        self.client.cookies.set(SESSION_COOKIE, token)

    def get(self, url: str, *, htmx: bool = False, **headers: str) -> Page:
        """Open a page."""
        return self._page(self.client.get(url, headers=self._headers(htmx, headers)), htmx)

    def post(
        self, url: str, fields: dict[str, Any] | None = None, *, htmx: bool = False, files: Any = None, **headers: str
    ) -> Page:
        """Send a form."""
        sent = self.client.post(url, data=fields or {}, files=files, headers=self._headers(htmx, headers))
        return self._page(sent, htmx)

    def submit(self, page: Page, action: str, *, htmx: bool = False, files: Any = None, **changes: Any) -> Page:
        """Fill in a form of a page and send it."""
        fields = page.form(urlsplit(action).path) | changes
        return self.post(urljoin(page.url, action), fields, htmx=htmx, files=files)

    def _headers(self, htmx: bool, headers: dict[str, str]) -> dict[str, str]:
        return {**({"HX-Request": "true"} if htmx else {}), **{k.replace("_", "-"): v for k, v in headers.items()}}

    def _page(self, response: Response, htmx: bool) -> Page:
        if "html" not in response.headers.get("content-type", "") or not response.text:
            return Page(response, None)
        parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
        document = parser.parseFragment(response.text) if htmx else parser.parse(response.text)
        page = Page(response, document)
        if not htmx:
            check(page, parser.errors)
        return page


def check(page: Page, errors: list[Any]) -> None:
    """The rules every page keeps."""
    root, where = page.root, page.url
    assert not errors, f"{where}: {errors[:3]}"
    assert len(list(root.iter("h1"))) == 1, f"{where}: one h1"
    title = root.find("head/title")
    assert title is not None and (title.text or "").strip(), f"{where}: a title"
    assert root.get("lang") in ("id", "en"), f"{where}: a language"
    identifiers = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(identifiers) == len(set(identifiers)), f"{where}: {[i for i in identifiers if identifiers.count(i) > 1]}"
    labelled = {e.get("for") for e in root.iter("label")}
    for e in root.iter():
        assert e.get("style") is None and e.tag != "style", f"{where}: no inline style"
        assert not [name for name in e.attrib if name.startswith("on")], f"{where}: no inline handler"
        assert e.tag != "script" or e.get("src") or e.get("type") == "application/ld+json", f"{where}: no inline script"
        if e.tag in ("input", "select", "textarea") and e.get("type") not in UNLABELLED:
            assert e.get("id") in labelled or e.get("aria-label") or e.get("aria-labelledby"), (
                f"{where}: label {e.attrib}"
            )
        if e.tag == "form":
            assert e.get("action"), f"{where}: a form says where it goes"
        if e.tag == "img":
            assert e.get("alt") is not None, f"{where}: a picture says what it shows"
        if e.tag == "a":
            assert e.get("href"), f"{where}: a link leads somewhere"
