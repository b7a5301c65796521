"""Pages as they are drawn: messages in the language of the request, everything escaped, however it is called."""

import pytest
from jinja2 import UndefinedError, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from app.core import i18n, templating
from app.core.web import environment


def page(source: str, **values: object) -> str:
    return environment().from_string(source).render(values)


def test_a_message_follows_the_language_of_the_request() -> None:
    for lang, word in (("id", "Dukung"), ("en", "Support"), ("id", "Dukung")):
        token = i18n.language.set(lang)
        assert page("{{ _('Support') }}") == word
        i18n.language.reset(token)


def test_values_are_escaped_and_percent_signs_stand_once() -> None:
    assert page("{{ _('100%% of %(who)s', who=who) }}", who="<b>") == "100% of &lt;b&gt;"
    assert page("{{ _('100%% of all') }}") == "100% of all"
    assert page("{% trans who=who %}<i>{{ who }}{% endtrans %}", who="<b>").endswith("&lt;b&gt;")
    assert page("{{ ngettext('%(num)d <i>', '%(num)d <u>%(who)s', 2, who=who) }}", who="<b>") == "2 <u>&lt;b&gt;"


def test_a_message_without_its_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        templating.translated("%(missing)s")


def test_templates_share_one_set_of_globals() -> None:
    one, other = environment().get_template("base.html"), environment().get_template("pages/home.html")
    assert one.globals is other.globals is environment().globals
    assert environment().from_string("{{ own }}", {"own": 7}).render() == "7"


def test_our_own_functions_and_macros_are_called_without_a_detour() -> None:
    made = environment()
    source = """{% import "ui/page.html" as page %}{% macro own(x) %}<i>{{ x }}</i>{% endmacro %}
    {{ _("Voting") }}{{ page.tag("a") }}{{ own("b") }}{{ percent(1, 2) }}{% call page.details("c") %}d{% endcall %}"""
    assert "context.call(" not in str(made.compile(source, raw=True))
    assert "context.call(" in str(made.compile("{{ given('x') }}", raw=True)), "what a page is given may want it"


def test_what_is_drawn_is_escaped_unless_it_is_markup() -> None:
    macro = "{% macro own(x) %}<i>{{ x }}</i>{% endmacro %}"
    assert page(macro + "{{ own(x) }}{{ x }}{{ 3 }}", x="<b>") == "<i>&lt;b&gt;</i>&lt;b&gt;3"
    assert page("{{ x }}", x=Markup("<b>")) == "<b>"
    assert page("{{ x|safe }}{{ x }}", x="<b>") == "<b>&lt;b&gt;"

    class Foreign(str):
        """A text of another library."""

    assert page("{{ x }}", x=Foreign("<b>")) == "&lt;b&gt;"


def test_functions_that_want_the_context_and_words_of_python_still_work() -> None:
    @pass_context
    def told(context: Context, word: str) -> str:
        return f"{word} {context['x']}"

    assert page("{{ told('a') }}", told=told, x="b") == "a b"
    assert page("{% macro own() %}{{ kwargs['class'] }}{% endmacro %}{{ own(class='c') }}") == "c"
    assert page("{% macro own() %}{{ varargs|join(',') }}{% endmacro %}{{ own(*[1, 2]) }}") == "1,2"
    with pytest.raises(UndefinedError):
        page("{{ missing('x') }}")


def test_numbers_in_messages_are_written_as_the_message_says() -> None:
    assert templating.translated("%(n)d of %(x).1f, %(who)s", n=3, x=0.25, who="<b>") == "3 of 0.2, &lt;b&gt;"
