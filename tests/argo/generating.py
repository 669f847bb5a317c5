"""
Templates that refer to each other in every way, made up by chance.

Hypothesis gives the seed alone: to draw every part of such objects would take it most of the time of a test.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st

from admission.model.document import Document

#: Objects, and the templates in them: few, so that references meet, cycles included.
OBJECTS, NAMES = ("one", "two", "three"), ("a", "b", "main")

_Made = TypeVar("_Made")


def _of_seed(make: Callable[[Random], _Made]) -> st.SearchStrategy[_Made]:
    return st.integers(0, 2**48).map(lambda seed: make(Random(seed)))


def catalogs(*, inline: bool) -> st.SearchStrategy[list[Document]]:
    """Templates of both kinds, of some of the names that are referred to."""
    return _of_seed(lambda random: made_catalog(random, inline))


def workflows(*, inline: bool) -> st.SearchStrategy[Document]:
    """Workflows with templates of their own, or with a reference to all of an object's."""
    return _of_seed(lambda random: made_workflow(random, inline))


def made_catalog(random: Random, inline: bool) -> list[Document]:
    """Templates of both kinds."""
    places = [(kind, name) for kind in ("WorkflowTemplate", "ClusterWorkflowTemplate") for name in OBJECTS]
    return [_object(kind, name, _spec(random, inline)) for kind, name in places if random.random() < 0.7]


def made_workflow(random: Random, inline: bool) -> Document:
    """A Workflow that may refer to them."""
    if random.random() < 0.3:
        spec: Document = {"workflowTemplateRef": {"name": random.choice(OBJECTS), **_scope(random)}}
    else:
        spec = _spec(random, inline)
    return _object("Workflow", "w", spec)


def _spec(random: Random, inline: bool) -> Document:
    templates = [
        {"name": name, **_some(random, metadata=_labels), **_body(random, 2 if inline else 0)} for name in NAMES
    ]
    hooks = _some(random, hooks=lambda random: {"exit": _callee(random, 0)})
    return {"entrypoint": "main", "templates": templates, **hooks, **_some(random, podMetadata=_labels)}


def _body(random: Random, inline: int) -> Document:
    """What a template does: a container, steps or tasks; *inline*: how deep templates may stand in each other."""
    kind = random.choice(["container", "steps", "dag"])
    if kind == "container":
        return {"container": {"image": random.choice(["alpine", "busybox"])}}
    calls = [{"name": f"s{index}", **_call(random, inline)} for index in range(random.randint(1, 3))]
    return {"steps": [[each] for each in calls]} if kind == "steps" else {"dag": {"tasks": calls}}


def _call(random: Random, inline: int) -> Document:
    more = _some(
        random,
        arguments=_arguments,
        hooks=lambda random: {random.choice(["exit", "running"]): _callee(random, 0)},
        onExit=lambda random: random.choice(NAMES),
    )
    return {**_callee(random, inline), **more}


def _callee(random: Random, inline: int) -> Document:
    kind = random.choice(["template", "templateRef", *(["inline"] if inline else [])])
    if kind == "template":
        return {"template": random.choice(NAMES)}
    if kind == "inline":
        return {"inline": _body(random, inline - 1)}
    name, template = random.choice([*OBJECTS, "none"]), random.choice([*NAMES, *NAMES, "nowhere", "{{item}}"])
    return {"templateRef": {"name": name, "template": template, **_scope(random)}}


def _scope(random: Random) -> Document:
    return random.choice([{}, {"clusterScope": True}, {"clusterScope": False}])


def _arguments(random: Random) -> Document:
    names = random.sample("xyz", random.randint(0, 2))
    return {"parameters": [{"name": name, "value": f"{name}-value"} for name in names]}


def _labels(random: Random) -> Document:
    return {"labels": {key: random.choice("12") for key in random.sample("kl", random.randint(0, 2))}}


def _some(random: Random, **fields: Callable[[Random], Any]) -> Document:
    """Some of *fields*."""
    return {name: make(random) for name, make in fields.items() if random.random() < 0.3}


def _object(kind: str, name: str, spec: Document) -> Document:
    metadata = {"name": name} if kind.startswith("Cluster") else {"name": name, "namespace": "default"}
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec}
