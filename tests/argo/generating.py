"""Templates that refer to each other in every way, made up by Hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from admission.model.document import Document

#: Objects, and the templates in them: few, so that references meet, cycles included.
OBJECTS, NAMES = ("one", "two", "three"), ("a", "b", "main")

_scopes = st.sampled_from([{}, {"clusterScope": True}, {"clusterScope": False}])
_references = st.builds(
    lambda name, template, scope: {"name": name, "template": template, **scope},
    st.sampled_from([*OBJECTS, "none"]),
    st.sampled_from([*NAMES, "nowhere", "{{item}}"]),
    _scopes,
)
_parameters = st.lists(st.sampled_from("xyz"), max_size=2, unique=True).map(
    lambda names: {"parameters": [{"name": name, "value": f"{name}-value"} for name in names]}
)


def _callees(inline: st.SearchStrategy[Document]) -> st.SearchStrategy[Document]:
    return st.one_of(
        st.sampled_from(NAMES).map(lambda name: {"template": name}),
        _references.map(lambda reference: {"templateRef": reference}),
        inline.map(lambda template: {"inline": template}),
    )


def _calls(inline: st.SearchStrategy[Document]) -> st.SearchStrategy[Document]:
    hooks = st.dictionaries(st.sampled_from(["exit", "running"]), _callees(st.nothing()), max_size=1)
    more: dict[str, st.SearchStrategy[Any]] = {
        "arguments": _parameters,
        "hooks": hooks,
        "onExit": st.sampled_from(NAMES),
    }
    return st.tuples(_callees(inline), st.fixed_dictionaries({}, optional=more)).map(
        lambda parts: {**parts[0], **parts[1]}
    )


def _named(calls: list[Document]) -> list[Document]:
    return [{"name": f"s{index}", **each} for index, each in enumerate(calls)]


def bodies(inline: st.SearchStrategy[Document]) -> st.SearchStrategy[Document]:
    """What a template does: nothing, steps or tasks."""
    calls = st.lists(_calls(inline), min_size=1, max_size=3).map(_named)
    return st.one_of(
        st.sampled_from(["alpine", "busybox"]).map(lambda image: {"container": {"image": image}}),
        calls.map(lambda found: {"steps": [[each] for each in found]}),
        calls.map(lambda found: {"dag": {"tasks": found}}),
    )


_pods = st.fixed_dictionaries({}, optional={"labels": st.dictionaries(st.sampled_from("kl"), st.sampled_from("12"))})

_WITHOUT_INLINE = bodies(st.nothing())
_WITH_INLINE = bodies(_WITHOUT_INLINE)


def templates(*, inline: bool) -> st.SearchStrategy[list[Document]]:
    """The templates of one object, all of those that are called by name."""
    body = _WITH_INLINE if inline else _WITHOUT_INLINE
    one = st.tuples(body, st.fixed_dictionaries({}, optional={"metadata": _pods})).map(
        lambda parts: {**parts[1], **parts[0]}
    )
    return st.tuples(*[one] * len(NAMES)).map(
        lambda found: [{"name": name, **each} for name, each in zip(NAMES, found, strict=True)]
    )


def specs(*, inline: bool) -> st.SearchStrategy[Document]:
    """Specs with templates, and hooks."""
    more = {"podMetadata": _pods, "hooks": st.dictionaries(st.just("exit"), _callees(st.nothing()), max_size=1)}
    return st.tuples(templates(inline=inline), st.fixed_dictionaries({}, optional=more)).map(
        lambda parts: {"entrypoint": "main", "templates": parts[0], **parts[1]}
    )


def _object(kind: str, name: str, spec: Document) -> Document:
    metadata = {"name": name} if kind.startswith("Cluster") else {"name": name, "namespace": "default"}
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec}


def catalogs(*, inline: bool) -> st.SearchStrategy[list[Document]]:
    """Templates of both kinds, of the names that are referred to."""
    places = [(kind, name) for kind in ("WorkflowTemplate", "ClusterWorkflowTemplate") for name in OBJECTS]
    return st.tuples(*[st.one_of(st.none(), specs(inline=inline))] * len(places)).map(
        lambda found: [_object(kind, name, spec) for (kind, name), spec in zip(places, found, strict=True) if spec]
    )


def workflows(*, inline: bool) -> st.SearchStrategy[Document]:
    """Workflows with templates of their own, or with a reference to all of an object's."""
    whole = st.tuples(st.sampled_from(OBJECTS), _scopes).map(
        lambda parts: {"workflowTemplateRef": {"name": parts[0], **parts[1]}}
    )
    return st.one_of(specs(inline=inline), whole).map(lambda spec: _object("Workflow", "w", spec))
