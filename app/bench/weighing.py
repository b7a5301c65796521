"""What a first visit weighs: a page with every file it names, as a browser fetches them with nothing kept."""

from dataclasses import dataclass
from html.parser import HTMLParser

from app.bench.asking import Request, Server, Unexpected, Visitor


@dataclass(frozen=True)
class Weight:
    """Bytes as sent, and how many requests brought them."""

    bytes: int
    requests: int


class _Named(HTMLParser):
    """The files a page loads by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.files: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a browser fetches without being asked."""
        told = dict(attrs)
        loads = told.get("rel") in ("stylesheet", "icon") if tag == "link" else tag in ("script", "img", "use")
        name = told.get("href") if tag in ("link", "use") else told.get("src")
        if loads and name and name.startswith("/"):
            self.files.add(name.partition("#")[0])


async def first_visit(server: Server, path: str) -> Weight:
    """Weigh a page and its files."""
    visitor = Visitor(server.port)
    page = await visitor.ask(Request(path), "identity")
    packed = await visitor.ask(Request(path))
    named = _Named()
    named.feed(page.body.decode())
    sizes = [packed.size]
    for file in sorted(named.files):
        answer = await visitor.ask(Request(file))
        if answer.status != 200:
            raise Unexpected(f"{file}: {answer.status}")
        sizes.append(answer.size)
    visitor.leave()
    return Weight(sum(sizes), len(sizes))
