"""A template with its values put in, in Argo's two passes (argo-validation 5.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from admission.argo.languages.tags import CLOSE, OPEN
from admission.argo.validation import wire
from admission.argo.validation.inputs import artifacts, parameters
from admission.argo.validation.known import Layered
from admission.argo.validation.text import MOST, Overlong, Reader, Steps, Text, Unprintable, rebuilt, replaced, tagged
from admission.argo.validation.values import Values
from admission.model.document import Document, mapping, text
from admission.model.written import written

UNCLOSED = "close the tag with }}: nothing does, to the end of the template"
CROSSING = "close the expression with }} in its own text: as it is, it runs over the end of it"
UNPRINTABLE = "a value that is put in here has control characters that Argo cannot write as JSON: remove them"


OVERLONG = "the values that are put in here make more text than a cluster would store: shorten them"


class Unfit(Exception):
    """A value or tag that leaves no template behind: the rule, the place below the template, and what to do."""

    def __init__(self, rule: str, steps: Steps, message: str) -> None:
        super().__init__(message)
        self.rule, self.steps, self.message = rule, steps, message


class Texts(NamedTuple):
    """
    A template and those of its strings that have tags, but for its inputs, which each reference brings.

    *in_inputs*: whether there are any in its own inputs.
    """

    document: Document
    texts: tuple[Text, ...]
    in_inputs: bool = True

    @classmethod
    def of(cls, document: Document, read: Reader) -> Texts:
        """The tagged strings of *document*."""
        found = read(document)
        kept = tuple([each for each in found if each.steps[0] != "inputs"])
        return cls(document, kept, in_inputs=len(kept) < len(found))

    def called(self, inputs: Document, made_up: bool) -> Texts:
        """The same with *inputs*, which are the template's own with made-up values, or what a caller gives."""
        if not inputs and "inputs" not in self.document:
            return self
        document = {**self.document, "inputs": inputs}
        if made_up and not self.in_inputs:
            return Texts(document, self.texts)
        found = [each._replace(steps=("inputs", *each.steps)) for each in tagged(inputs)]
        return Texts(document, (*self.texts, *found))


class Filled(NamedTuple):
    """A template after substitution, and the strings in which tags are left."""

    document: Document
    texts: tuple[Text, ...]

    def below(self, *steps: str | int) -> Iterator[Text]:
        """The strings below that place."""
        return (each for each in self.texts if each.steps[: len(steps)] == steps)


def foreign(template: Document, kind: str, json: str | None) -> list[str] | None:
    """
    The names in tags of *template*, which is of that *kind* and written as *json*, but for those of its inputs.

    None where it must be made anew to be checked. Most need not be: all tags stand in the container or script, of which
    checks look at the mounts, and whether there is an image.
    """
    if json is None or len(json) > MOST // 2:
        return None
    # Of a tag that is not closed in its own string the name has a quote in it.
    names = [part.partition(CLOSE)[0] for part in json.split(OPEN)[1:]]
    if not names:
        return names
    if kind not in ("container", "script") or "volumeMounts" in template[kind]:
        return None
    body = written(template[kind])
    if body is None or body.count(b"{{") < len(names):
        return None
    given = {f"inputs.parameters.{text(each.get('name'))}" for each in parameters(template)}
    return [name for name in names if name.strip(" ") not in given]


def vanish(names: Iterable[str], known: Layered) -> bool:
    """Whether the tags of those *names* get short values that have no effect beyond their own place."""
    values = [known.get(name) or OPEN for name in names]
    return all("{" not in each and each.isprintable() for each in values) and sum(map(len, values)) < MOST // 2


def filled(texts: Texts, known: Layered) -> Filled:
    """
    The template of *texts* with the *known* names of workflow and template, then with its own inputs.

    Raises :class:`Unfit` where Argo cannot make a template of the result.
    """
    if not texts.texts:
        return Filled(texts.document, ())
    at_once = _at_once(texts, known)
    if at_once is not None:
        return at_once
    first = _all_put_in(texts.texts, known)
    whole = any(_asks_for_all_inputs(each.text) for each in first)
    values = known.and_(of_template(_with(texts.document, texts.texts, first), whole=whole))
    second = _all_put_in(first, values)
    open_ended = next((each for each in (*texts.texts, *first, *second) if _runs_on(each)), None)
    if open_ended is not None:
        return _filled_as_text(texts.document, known, open_ended)
    left = tuple(each for each in second if OPEN in each.text)
    return Filled(_with(texts.document, texts.texts, second), left)


def _at_once(texts: Texts, known: Layered) -> Filled | None:
    """The same in one pass, where no value brings tags of its own and none is left: so it is nearly always."""
    # Plain loops: this is done for every template, of which there may be thousands.
    whole = False
    for each in texts.texts:
        if each.steps[0] in ("inputs", "outputs") or not each.is_simple:
            return None
        whole = whole or _asks_for_all_inputs(each.text)
    values = known.and_(of_template(texts.document, whole=whole))
    done = []
    room = MOST
    for each in texts.texts:
        new = _put_in(each, values)
        room -= len(new.text)
        if room < 0 or new.tags or OPEN in new.text:
            return None
        done.append(new)
    return Filled(rebuilt(texts.document, done), ())


def _runs_on(each: Text) -> bool:
    """Whether a tag begins in the string that ends elsewhere."""
    return each.is_open and wire.keeps("Template", each.steps)


def _filled_as_text(document: Document, known: Layered, culprit: Text) -> Filled:
    try:
        done = wire.substituted(document, known, of_template)
    except wire.Unclosed:
        raise Unfit("subst-unclosed", culprit.steps, UNCLOSED) from None
    except wire.Crossing:
        raise Unfit("subst-expr-cross", culprit.steps, CROSSING) from None
    except Unprintable:
        raise Unfit("subst-json", culprit.steps, UNPRINTABLE) from None
    return Filled(done, tuple(tagged(done)))


def _with(document: Document, before: Sequence[Text], after: Sequence[Text]) -> Document:
    changed = [new for old, new in zip(before, after, strict=True) if old is not new]
    return rebuilt(document, changed) if changed else document


def _put_in(each: Text, values: Values) -> Text:
    try:
        return replaced(each, values)
    except Unprintable:
        raise Unfit("subst-json", each.steps, UNPRINTABLE) from None
    except Overlong:
        raise Unfit("subst-json", each.steps, OVERLONG) from None


def _all_put_in(texts: Sequence[Text], values: Values) -> list[Text]:
    done: list[Text] = []
    room = MOST
    for each in texts:
        done.append(_put_in(each, values))
        room -= len(done[-1].text)
        if room < 0:
            raise Unfit("subst-json", each.steps, OVERLONG)
    return done


def _asks_for_all_inputs(written: str) -> bool:
    """Whether a tag may be for ``inputs.parameters`` as a whole: costly to write, and hardly ever asked for."""
    return "{{=" in written or _ALL_INPUTS.search(written) is not None


_ALL_INPUTS = re.compile(r"inputs\.parameters(?!\.)")


def of_template(template: Document, *, whole: bool = True) -> dict[str, str]:
    """The names that a template has of its own; ``inputs.parameters`` itself only if *whole*."""
    given = list(parameters(template))
    values = {}
    for each in given:
        # One from a ConfigMap comes when the workflow runs.
        if isinstance(each.get("value"), str):
            values[f"inputs.parameters.{text(each.get('name'))}"] = each["value"]
    if whole:
        values["inputs.parameters"] = wire.dumps(given, "[]Parameter") if given else "null"
    for direction in ("inputs", "outputs"):
        for artifact in artifacts(template, direction) if direction in template else ():
            if path := text(artifact.get("path")):
                values[f"{direction}.artifacts.{text(artifact.get('name'))}.path"] = path
    for parameter in parameters(template, "outputs") if "outputs" in template else ():
        if path := text(mapping(parameter.get("valueFrom")).get("path")):
            values[f"outputs.parameters.{text(parameter.get('name'))}.path"] = path
    return values
