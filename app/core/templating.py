"""The environment of the templates: Jinja, with what pages do hundreds of times made cheap."""

from collections.abc import Mapping, MutableMapping
from functools import lru_cache
from keyword import iskeyword
from typing import Any

from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, escape

from app.core import i18n

#: Functions of the house that pages call by name; none of them asks for the context of a page.
PLAIN = frozenset({"_", "gettext", "ngettext", "percent", "asset", "say"})


class _Code(CodeGenerator):
    """Writes calls of our own functions and macros as calls.

    Jinja asks of everything that is called, each time, whether it wants the context of the page. What this file names
    and what a template imports or defines as a macro does not.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._modules: set[str] = set()
        self._macros: set[str] = set()

    def visit_Import(self, node: nodes.Import, frame: Frame) -> None:
        """An imported template holds nothing but macros."""
        self._modules.add(node.target)
        super().visit_Import(node, frame)

    def visit_Macro(self, node: nodes.Macro, frame: Frame) -> None:
        """A macro can be called below."""
        super().visit_Macro(node, frame)
        self._macros.add(node.name)

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        """A call, without the detour where it is not needed."""
        if not self._is_plain(node):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for argument in node.args:
            self.visit(argument, frame)
            self.write(", ")
        for named in node.kwargs:
            self.visit(named, frame)
            self.write(", ")
        self.write("caller=caller)" if forward_caller else ")")

    def _is_plain(self, node: nodes.Call) -> bool:
        if node.dyn_args or node.dyn_kwargs or any(iskeyword(named.key) for named in node.kwargs):
            return False
        called = node.node
        if isinstance(called, nodes.Getattr) and isinstance(called.node, nodes.Name):
            return called.node.name in self._modules
        return isinstance(called, nodes.Name) and (called.name in PLAIN or called.name in self._macros)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.shown(")


def shown(value: Any) -> str:
    """A value as it stands in a page: escaped, unless it is markup of ours."""
    return value if type(value) is Markup else escape(value)


class Pages(Environment):
    """Jinja for pages of many small parts, each of which imports the same macros."""

    code_generator_class = _Code
    shown = staticmethod(shown)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """One dictionary for all templates: a chain of two for each makes every import in a loop slow."""
        return super().make_globals(d) if d else self.globals


def translated(message: str, /, **values: Any) -> Markup:
    """A message of the page in the language of the request; its values are escaped, `%%` is a percent sign."""
    if values:
        return _filled(_message(i18n.language.get(), message), values)
    return _without_values(i18n.language.get(), message)


def translated_number(one: str, many: str, number: int, /, **values: Any) -> Markup:
    """A message in the form for a number, which it may name `num`."""
    return _filled(i18n.ngettext(one, many, number), {"num": number, **values})


def _filled(message: str, values: Mapping[str, Any]) -> Markup:
    """A message with its values, escaped; numbers stay numbers, as some messages say how to write them."""
    safe = {name: it if type(it) is int or type(it) is float else shown(it) for name, it in values.items()}
    return Markup(str.__mod__(message, safe))  # noqa: S704


@lru_cache(maxsize=8192)
def _message(_lang: str, message: str) -> Markup:
    return Markup(i18n.gettext(message))  # noqa: S704


@lru_cache(maxsize=8192)
def _without_values(lang: str, message: str) -> Markup:
    return _message(lang, message) % {}
