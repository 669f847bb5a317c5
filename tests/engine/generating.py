"""Workflows that somebody might write: with references, defaults, steps, tasks and containers of every kind."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from admission.model.document import Document
from engine.asking import container, steps, template, workflow

#: What the generated Workflows refer to.
CATALOG = (
    template(
        "build",
        steps("main", {"template": "compile"}, {"templateRef": {"name": "lib", "template": "test"}}),
        container("compile", image="registry.corp/cc:1"),
        arguments={"parameters": [{"name": "who", "value": "me"}]},
        serviceAccountName="builder",
    ),
    template(
        "lib",
        container("test", resources={"limits": {"cpu": "2"}}),
        container("unused"),
        podMetadata={"labels": {"lib": "1"}},
    ),
    template(
        "shared",
        steps("main", {"template": "main2"}),
        container("main2", image="evil:1"),
        kind="ClusterWorkflowTemplate",
    ),
)

_RESOURCES = st.sampled_from(
    [{}, {"limits": {"cpu": "1"}}, {"limits": {"memory": "1Gi", "cpu": "1"}}, {"requests": {"cpu": "1"}}]
)
_CONTAINER: st.SearchStrategy[Document] = st.fixed_dictionaries(
    {"image": st.sampled_from(["alpine:3.20", "evil:1", "registry.corp/a:2", "{{inputs.parameters.image}}"])},
    optional={
        "command": st.just(["true"]),
        "resources": _RESOURCES,
        "securityContext": st.fixed_dictionaries({}, optional={"privileged": st.booleans()}),
        "env": st.just([{"name": "A", "value": "{{workflow.parameters.who}}"}]),
    },
)
_SIDECARS = st.lists(_CONTAINER.map(lambda each: {"name": "side", **each}), max_size=1)
_BODY = st.one_of(
    st.fixed_dictionaries({"container": _CONTAINER}, optional={"sidecars": _SIDECARS, "initContainers": _SIDECARS}),
    st.fixed_dictionaries({"script": _CONTAINER.map(lambda each: {**each, "source": "echo"})}),
    st.fixed_dictionaries(
        {"containerSet": st.fixed_dictionaries({"containers": _CONTAINER.map(lambda c: [{"name": "main", **c}])})}
    ),
)
_INPUTS = {"inputs": {"parameters": [{"name": "image", "value": "alpine:3.20"}]}}
_CALL = st.sampled_from(
    [
        {"template": "leaf"},
        {"templateRef": {"name": "lib", "template": "test"}},
        {"templateRef": {"name": "build", "template": "main"}},
        {"templateRef": {"name": "shared", "template": "main", "clusterScope": True}},
        {"template": "leaf", "withItems": [1, 2]},
    ]
)
_METADATA = st.fixed_dictionaries(
    {}, optional={"labels": st.just({"team": "a"}), "annotations": st.just({"note": "x"})}
)
_SPEC = {
    "serviceAccountName": st.sampled_from(["runner", "default"]),
    "templateDefaults": st.fixed_dictionaries({"container": st.fixed_dictionaries({"resources": _RESOURCES})}),
    "activeDeadlineSeconds": st.just(60),
    "podMetadata": st.just({"labels": {"a": "b"}}),
}


def _tasks(calls: list[Document]) -> Document:
    tasks: list[Any] = [{"name": f"t{index}", **call} for index, call in enumerate(calls)]
    return {"name": "main", "dag": {"tasks": tasks}}


_MAIN = st.lists(_CALL, min_size=1, max_size=4).flatmap(
    lambda calls: st.sampled_from([steps("main", *calls), _tasks(calls)])
)
_OWN = st.builds(
    lambda main, leaf, spec, metadata: workflow(
        metadata=metadata,
        **{"entrypoint": "main", "templates": [main, {"name": "leaf", **_INPUTS, **leaf}], **spec},
        arguments={"parameters": [{"name": "who", "value": "you"}]},
    ),
    _MAIN,
    _BODY,
    st.fixed_dictionaries({}, optional=_SPEC),
    _METADATA,
)
_REFERRING = st.builds(
    lambda reference, spec, metadata: workflow(metadata=metadata, workflowTemplateRef=reference, **spec),
    st.sampled_from([{"name": "build"}, {"name": "shared", "clusterScope": True}]),
    st.fixed_dictionaries({}, optional=_SPEC),
    _METADATA,
)

#: Workflows that Argo would run, more or less.
WORKFLOWS = st.one_of(_OWN, _REFERRING)
