"""Parameters of Go notebooks for papermill.

papermill loads this module through its entry point for engines; as it is
loaded, it registers how Go is written. A parameter keeps the type that its
line `var name = literal` has, and an unknown name or a value of another type
is an error, as with `circuitbook run -p`.
"""

import json
import re

from papermill.engines import NBClientEngine
from papermill.exceptions import PapermillException
from papermill.models import Parameter
from papermill.translators import Translator, papermill_translators


class Engine(NBClientEngine):
    """papermill's own way to execute a notebook, by the kernel's name."""


STRING = r'"(?:[^"\\\n]|\\.)*"|`[^`]*`'
LINE = re.compile(
    r"^[ \t]*(?:var[ \t]+)?(?P<name>[^\W\d]\w*)(?:[ \t]+(?P<type>\w+))?[ \t]*=[ \t]*"
    r"(?P<value>" + STRING + r"|[-+]?[\w.]+(?:(?<=[eEpP])[-+]\w+)?)[ \t]*;?[ \t]*(?://[ \t]*(?P<help>.*))?$",
    re.MULTILINE,
)


def kind(written, value):
    """The Go type of a literal, if the line does not write one."""
    if written:
        return written
    if value[0] in '"`':
        return "string"
    if value in ("true", "false"):
        return "bool"
    digits = value.lstrip("+-").lower()
    if digits.startswith("0x") and "p" not in digits or not re.search(r"[.ep]", digits):
        return "int"
    return "float64"


def literal(name, want, value):
    """value as Go's literal of the type want; want is None where nothing is known."""
    wrong = PapermillException(f"the parameter {name} is {want or 'a number, string or bool'}; {value!r} is not")
    if isinstance(value, bool):
        if want not in (None, "bool"):
            if want == "string":
                return json.dumps(str(value).lower())
            raise wrong
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        if want == "string":
            return json.dumps(str(value))
        if want == "bool" or value != value or value in (float("inf"), float("-inf")):
            raise wrong
        if want is not None and not want.startswith("float") and value != int(value):
            raise wrong
        return repr(int(value)) if want is not None and not want.startswith("float") else repr(value)
    if isinstance(value, str):
        if want in (None, "string"):
            return json.dumps(value, ensure_ascii=False)
        # papermill's -r, and the words of Go, come as text.
        if want == "bool" and value in ("true", "false"):
            return value
        try:
            return literal(name, want, float(value) if want.startswith("float") else int(value))
        except ValueError:
            raise wrong from None
    raise wrong


class GoTranslator(Translator):
    known = None  # type by name, of the notebook at hand

    @classmethod
    def comment(cls, text):
        return f"// {text}"

    @classmethod
    def inspect(cls, cell):
        cls.known, found = {}, []
        for m in LINE.finditer(cell["source"]):
            cls.known[m["name"]] = kind(m["type"], m["value"])
            found.append(Parameter(m["name"], cls.known[m["name"]], m["value"], (m["help"] or "").strip()))
        return found

    @classmethod
    def codify(cls, parameters, comment="Parameters"):
        known, cls.known = cls.known, None
        lines = [cls.comment(comment)]
        for name, value in parameters.items():
            if not re.fullmatch(r"[^\W\d]\w*", str(name)):
                raise PapermillException(f"{name!r} is not a name in Go")
            if known is not None and name not in known:
                has = ", ".join(f"{k} ({v})" for k, v in known.items())
                raise PapermillException(f"unknown parameter {name}; the notebook has: {has or 'none'}")
            want = known[name] if known is not None else None
            lines.append(f"var {name}{' ' + want if want else ''} = {literal(name, want, value)}")
        return "\n".join(lines) + "\n"


papermill_translators.register("go", GoTranslator)
papermill_translators.register("circuitbook", GoTranslator)
