"""Messages of pages: in the language of the request, values escaped, whatever is remembered of them."""

import pytest

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
