"""What people write is shown as they meant it and runs nothing."""

import re
import time
from html.parser import HTMLParser

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from app.core.markdown import MAX_CHARACTERS, _sanitised, as_stored, to_html, to_text

PAYLOADS = [
    "<script>alert(1)</script>",
    "<ScRiPt>alert(1)</sCrIpT>",
    "<script src=//evil.example/x.js></script>",
    "<scr<script>ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src='x' onerror\n=alert(1)//",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><a xlink:href=javascript:alert(1)><text y=20>x</text></a></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<math><maction actiontype=statusline xlink:href=javascript:alert(1)>x",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<audio src onerror=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<button form=x formaction=javascript:alert(1)>x",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css';</style>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<textarea></textarea><img src=x onerror=alert(1)>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[><script>alert(1)</script>]]>",
    "<?xml version='1.0'?><script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A;&#x61;vascript&colon;alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](file:///etc/passwd)",
    "[x](\x01javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    '[x](http://a.example/"onmouseover="alert(1))',
    "[x](http://a.example 'y\" onmouseover=\"alert(1)')",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    '![x" onerror="alert(1)](http://a.example/x.png)',
    "![x](http://a.example/x.png)",
    "[![x](http://a.example/x.png)](javascript:alert(1))",
    "[x]: javascript:alert(1)\n\n[x]",
    "```html onload=alert(1)\n<script>alert(1)</script>\n```",
    "```x\" onload=\"alert(1)\nx\n```",
    "`<img src=x onerror=alert(1)>`",
    "| <script>alert(1)</script> |\n|---|\n| <img src=x onerror=alert(1)> |",
    "# <svg onload=alert(1)>",
    "> <img src=x onerror=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\x00<script\x00>alert(1)</script>",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
]  # fmt: skip

TAGS = {"p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"} | {
    *("h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td")
}


class Seen(HTMLParser):
    """Collects the tags and attributes a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]


def assert_harmless(html: str) -> None:
    seen = Seen(html)
    assert set(seen.tags) <= TAGS
    for tag, name, value in seen.attributes:
        assert (tag, name) in {("a", "href"), ("a", "rel"), ("ol", "start")}
        if name == "href":
            assert re.match(r"(https?://|mailto:|tel:|/(?![/\\]))", value, re.IGNORECASE), value
        if name == "rel":
            assert value == "nofollow ugc noopener"
    assert all("rel" in names for names in _names_by_link(seen))
    browser = html5lib.parseFragment(html, namespaceHTMLElements=False)
    assert {element.tag for element in browser.iter() if isinstance(element.tag, str)} <= TAGS | {"DOCUMENT_FRAGMENT"}


def _names_by_link(seen: Seen) -> list[set[str]]:
    names = [name for tag, name, _ in seen.attributes if tag == "a"]
    return [set(names[start : start + 2]) for start in range(0, len(names), 2)]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_text_runs_and_loads_nothing(payload: str) -> None:
    for text in (payload, f"Air bersih {payload} untuk desa", f"- a\n  {payload}\n", payload * 3):
        assert_harmless(to_html(text))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_sanitiser_holds_even_if_the_renderer_lets_everything_through(payload: str) -> None:
    assert_harmless(_sanitised(payload))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_kept_rendering_that_was_tampered_with_is_harmless(payload: str) -> None:
    assert_harmless(as_stored(payload))


def test_a_kept_rendering_is_shown_as_it_was_made() -> None:
    made = to_html("# A\n\n[a](/b) *c*\n\n1. d")
    assert as_stored(str(made)) == made


@given(st.text(st.sampled_from("<>&\"'`*_[]()!#|\\-+ \n\tabjavascript:/=\x00\u202e"), max_size=80))
def test_no_mixture_of_marks_gets_through(text: str) -> None:
    assert_harmless(to_html(text))


@given(st.text(max_size=200), st.integers(1, 60))
def test_any_text_has_a_page_and_a_bounded_plain_beginning(text: str, limit: int) -> None:
    assert isinstance(to_html(text), Markup)
    line = to_text(text, limit)
    assert len(line) <= limit
    assert not re.search(r"[\n\r\u200b\u202a-\u202e\u2066-\u2069]", line)


def test_raw_html_is_shown_as_written() -> None:
    assert to_html("<b>tebal</b>") == "<p>&lt;b&gt;tebal&lt;/b&gt;</p>\n"


def test_people_can_write_the_usual_things() -> None:
    assert to_html("**a** _b_ ~~c~~ `d`\ne") == (
        "<p><strong>a</strong> <em>b</em> <s>c</s> <code>d</code><br>\ne</p>\n"
    )
    assert to_html("3. a\n4. b") == '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>\n'
    assert "<blockquote>" in to_html("> a")
    assert "<td>1</td>" in to_html("|a|\n|-|\n|1|")


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("[a](https://desa.example/x?a=1&b=2)", "https://desa.example/x?a=1&amp;b=2"),
        ("[a](/proposals/7K2M-4QX9A)", "/proposals/7K2M-4QX9A"),
        ("[a](mailto:camat@desa.example)", "mailto:camat@desa.example"),
        ("[a](tel:+62274123456)", "tel:+62274123456"),
        ("[a](https://desa.example 'judul')", "https://desa.example"),
    ],
)
def test_links_lead_out_without_recommendation(written: str, address: str) -> None:
    assert to_html(written) == f'<p><a href="{address}" rel="nofollow ugc noopener">a</a></p>\n'


@pytest.mark.parametrize("written", ["[a](//evil.example)", "[a](evil)", "[a](?x)", "[a](#x)", "[a](ftp://x)"])
def test_other_addresses_stay_as_typed(written: str) -> None:
    assert to_html(written) == f"<p>{written}</p>\n"


def test_a_picture_gives_way_to_its_description() -> None:
    assert to_html("![Sumur *tua*](https://a.example/x.png)") == "<p>Sumur tua</p>\n"


@pytest.mark.parametrize("words", ["", " ", "\u200b", "![](https://b.example/x.png)"])
def test_a_link_without_words_shows_its_address(words: str) -> None:
    assert "https://a.example</a>" in to_html(f"[{words}](https://a.example)")


def test_headings_stand_below_the_page_and_skip_no_level() -> None:
    assert re.findall(r"<h\d>.", to_html("# A\n\n### B\n\n###### C\n\n## D\n\n# E")) == [
        *("<h3>A", "<h4>B", "<h5>C", "<h4>D", "<h3>E")
    ]
    assert re.findall(r"<h\d>.", to_html("#### A\n\n# B\n\nC\n-\n", top_heading=2)) == ["<h2>A", "<h2>B", "<h3>C"]
    assert re.findall(r"<h\d>.", to_html("# A\n\n## B\n\n### C", top_heading=5)) == ["<h5>A", "<h6>B", "<h6>C"]


@pytest.mark.parametrize("level", [1, 7, 0])
def test_a_heading_never_competes_with_the_pages_own(level: int) -> None:
    with pytest.raises(ValueError, match="2 to 6"):
        to_html("# A", top_heading=level)


def test_nothing_empty_is_announced() -> None:
    assert "<h" not in to_html("#\n\n## \u200b\n\n###")
    assert to_html("||b|\n|-|-|\n|1|2|").count("<th>") == 1
    assert "<td></td>\n<th>b</th>" in to_html("||b|\n|-|-|\n|1|2|")


def test_text_that_pretends_to_read_differently_is_set_right() -> None:
    assert to_html("bayar \u202ehalada\u202c\u0007\x85 ini\ufeff") == "<p>bayar halada ini</p>\n"


def test_other_scripts_and_joined_emoji_are_kept_whole() -> None:
    text = "مرحبا \u2067עברית\u2069 ꦲꦤ\u200cꦕ 👩\u200d🌾 a\u200bb"
    assert to_html(text) == f"<p>{text}</p>\n"
    assert to_text(text) == "مرحبا עברית ꦲꦤ\u200cꦕ 👩\u200d🌾 ab"


@pytest.mark.parametrize("mark", ["> ", "- ", "1. ", "* > "])
def test_nesting_has_an_end(mark: str) -> None:
    html = to_html(mark * 10_000 + "a")
    assert max(html.count("<blockquote>"), html.count("<ul>"), html.count("<ol>")) <= 20


COSTLY = [
    "a", "kata ", "*a ", "**a", "_a_", "*_*_a", "[", "[a](", "![", "![a](", "](", "[\\](", "`", "`a``", "<", "<a@",
    "<!--", "<?", "<![CDATA[", "> ", ">\n", "- ", "* a\n", "1. a\n", "&amp;", "&#", "\\", "~~a", "a\n---\n", "\n",
    "a\n\n", "```\n", "<http://a.b>", "[a](b", '[a](b "', "[a](/b)", "|", "a|\n", "# a\n", "\u200b", "\u0301", "[](/a)",
]  # fmt: skip


@pytest.mark.parametrize("unit", [*COSTLY, "|a" * 200 + "|\n" + "|-" * 200 + "|\n" + "|a\n" * 33_000])
def test_a_hundred_thousand_characters_are_rendered_soon_and_stay_in_proportion(unit: str) -> None:
    text = (unit * (MAX_CHARACTERS // len(unit) + 1))[:MAX_CHARACTERS]
    start = time.process_time()
    html = to_html(text)
    assert time.process_time() - start < 10
    assert len(html) < 60 * MAX_CHARACTERS


def test_an_address_cannot_be_multiplied_by_definitions() -> None:
    assert len(to_html("[a]: http://x.example/" + "b" * 10_000 + "\n\n" + "[a] " * 10_000)) < 100_000


def test_what_is_longer_than_the_limit_is_cut() -> None:
    assert to_html("a" * (MAX_CHARACTERS + 5)) == "<p>" + "a" * MAX_CHARACTERS + "</p>\n"


def test_the_beginning_is_plain_words() -> None:
    text = "# Air *bersih*\n\nUntuk **RT 3**\ndan [RT 4](https://a.example).\n\n- satu\n- dua\n\n```\nkode\n```"
    assert to_text(text) == "Air bersih Untuk RT 3 dan RT 4. satu dua kode"
    assert to_text("![Sumur](https://a.example/x.png) <b>") == "Sumur <b>"


def test_a_long_beginning_is_cut_between_words() -> None:
    assert to_text("Perbaikan jalan, desa kami", 17) == "Perbaikan jalan…"
    assert to_text("Perbaikan jalan", 15) == "Perbaikan jalan"
    assert to_text("a" * 50, 10) == "a" * 9 + "…"
    assert to_text("a " + "b" * 50, 40) == "a " + "b" * 37 + "…"


def test_a_letter_of_several_characters_is_never_cut_in_two() -> None:
    assert to_text("👩\u200d🌾" * 9, 5) == "👩\u200d🌾…"
    assert to_text("e\u0301" * 9, 4) == "e\u0301…"
    assert to_text("\u0301" * 9, 4) == "…"


@pytest.mark.parametrize("unit", ["a ", "*", "[", "![", "> ", "`", "\u0301", "\u200b", "a\n\n"])
def test_the_beginning_of_a_huge_text_is_found_at_once(unit: str) -> None:
    start = time.process_time()
    to_text(unit * 1_000_000, 200)
    assert time.process_time() - start < 2  # work that grows with the square takes minutes
