"""Parameter contracts: what the author of a template lets its callers hand over."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from expanding import call, catalog, cluster_template, container, obj, ref, referring, steps, template, workflow

from admission.argo.contracts import own
from admission.argo.contracts.calls import violations
from admission.argo.contracts.contract import Contract, Contracts, problems
from admission.argo.expand import expand
from admission.model.annotations import PARAMETERS
from admission.model.document import Document

CONTRACT = {
    "stage": {"pattern": "^(test|prod)$"},
    "replicas": {"minimum": 1, "maximum": 9.5},
    "owner": {"required": True},
    "build/ref": {"pattern": "^v[0-9]"},
}
REFERENCE = "spec.workflowTemplateRef"


def annotated(contract: object) -> dict[str, Any]:
    return {PARAMETERS: contract if isinstance(contract, str) else json.dumps(contract)}


def parameters(**values: Any) -> Document:
    return {"parameters": [{"name": name, "value": value} for name, value in values.items()]}


def base(kind: str = "WorkflowTemplate", contract: object = CONTRACT) -> Document:
    """A template with a contract on its arguments, and on an input of one of its templates."""
    spec = {
        "entrypoint": "main",
        "arguments": {
            "parameters": [
                {"name": "stage", "value": "test"},
                {"name": "replicas", "value": 1},
                {"name": "owner", "value": "nobody"},
                {"name": "size", "value": "small", "enum": ["small", "large", 3]},
            ]
        },
        "templates": [
            container("main"),
            {
                **container("build"),
                "inputs": {"parameters": [{"name": "ref"}, {"name": "size", "default": "small", "enum": ["small"]}]},
            },
        ],
    }
    return obj(kind, "base", spec, annotations=annotated(contract))


def found(document: Document, *others: Document) -> list[str]:
    return [str(path) for path, _ in violations(document, catalog(*(others or (base(),))), "default", "4.1")]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"owner": "me"}, []),
        ({"owner": "me", "stage": "prod", "replicas": "9.5", "size": "large"}, []),
        ({"owner": "me", "size": 3}, []),
        ({}, [REFERENCE]),
        ({"owner": ""}, ["spec.arguments.parameters[0].value"]),
        ({"owner": "me", "stage": "dev"}, ["spec.arguments.parameters[1].value"]),
        ({"owner": "me", "stage": "prod2"}, ["spec.arguments.parameters[1].value"]),
        ({"owner": "me", "replicas": 10}, ["spec.arguments.parameters[1].value"]),
        ({"owner": "me", "replicas": "0.9"}, ["spec.arguments.parameters[1].value"]),
        ({"owner": "me", "replicas": "many"}, ["spec.arguments.parameters[1].value"]),
        ({"owner": "me", "size": "huge"}, ["spec.arguments.parameters[1].value"]),
        ({"owner": "{{workflow.name}}", "stage": "{{workflow.name}}"}, []),
        ({"owner": "me", "another": "x"}, []),
    ],
    ids=[
        "what is required",
        "everything",
        "a number in an enum",
        "nothing",
        "an empty value",
        "no match",
        "a match in part",
        "too much",
        "too little",
        "no number",
        "outside of the enum",
        "known at run time",
        "what nobody asked for",
    ],
)
def test_arguments_of_a_workflow(values: dict[str, Any], expected: list[str]) -> None:
    """The submitter's own parameters take the place of the template's, and are held to its contract all the same."""
    assert expected == found(referring(arguments=parameters(**values)))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"ref": "v1"}, []),
        ({"ref": "main"}, ["ref"]),
        ({"ref": "v1", "size": "large"}, ["size"]),
        ({"ref": "{{workflow.parameters.wanted}}"}, ["ref"]),
        ({"ref": "{{inputs.parameters.wanted}}"}, ["ref"]),
        ({"ref": "{{workflow.parameters.unknown}}"}, []),
        ({"ref": "{{item}}"}, []),
    ],
    ids=["good", "no match", "enum", "an argument", "an input of the entrypoint", "unknown", "an item"],
)
@pytest.mark.parametrize("cluster", [False, True])
@pytest.mark.parametrize("place", ["step", "task", "hook"])
def test_arguments_of_a_call(values: dict[str, str], expected: list[str], cluster: bool, place: str) -> None:
    """Steps, tasks and hooks are held to the contract of what they run, also where their value is a known parameter."""
    runs = {**ref("base", "build", cluster=cluster), "arguments": parameters(**values)}
    calls = {
        "step": steps("main", call("s", **runs)),
        "task": {"name": "main", "dag": {"tasks": [call("s", **runs)]}},
        "hook": steps("main", call("s", template="own", hooks={"exit": runs})),
    }[place]
    main = {**calls, "inputs": {"parameters": [{"name": "wanted"}]}}
    document = workflow(entrypoint="main", arguments=parameters(wanted="main"), templates=[main, container("own")])
    messages = [
        message.partition(":")[0]
        for _, message in violations(document, catalog(base(), base("ClusterWorkflowTemplate")), "default", "4.1")
    ]

    assert expected == messages


def test_other_callers() -> None:
    """CronWorkflows, event bindings and templates are callers, at the places where they say it."""
    cron = obj("CronWorkflow", "c", {"workflowSpec": referring(arguments=parameters(stage="x", owner="o"))["spec"]})
    submit = {"workflowTemplateRef": {"name": "base"}, "arguments": parameters(stage="x")}
    binding = obj("WorkflowEventBinding", "b", {"event": {"selector": "true"}, "submit": submit})
    other = template(
        "other", templates=[steps("main", call("s", arguments=parameters(ref="x"), **ref("base", "build")))]
    )

    assert ["spec.workflowSpec.arguments.parameters[0].value"] == found(cron)
    assert ["spec.submit.arguments.parameters[0].value", "spec.submit.workflowTemplateRef"] == found(binding)
    assert ["spec.templates[0].steps[0][0].arguments.parameters[0].value"] == found(other)


def test_resubmission() -> None:
    """What was written out once is held to the contract of what it was made of, by whatever names its copies have."""
    build = steps("main", call("s", arguments=parameters(ref="v1"), **ref("base", "build")))
    document = workflow(entrypoint="main", templates=[build, container("build")])
    stored = expand(document, catalog(base()), namespace="default", argo_version="4.1").document
    said = json.dumps([{"kind": "WorkflowTemplate", "name": "base"}])
    stored = {**stored, "metadata": {**stored["metadata"], "annotations": {"argo-admission.io/expanded-from": said}}}
    changed = json.loads(json.dumps(stored).replace('"v1"', '"main"'))

    assert stored["spec"]["templates"][0]["steps"][0][0]["template"].startswith("build-")
    assert [] == found(stored)
    assert ["spec.templates[0].steps[0][0].arguments.parameters[0].value"] == found(changed)


def test_resubmission_of_all_of_a_template() -> None:
    """The arguments of a Workflow that ran all of a template are held to its contract when it runs again."""
    given = referring(arguments=parameters(owner="me"))
    stored = expand(given, catalog(base()), namespace="default", argo_version="4.1").document
    said = json.dumps([{"kind": "WorkflowTemplate", "name": "base"}])
    metadata = {**stored["metadata"], "annotations": {"argo-admission.io/expanded-from": said}}
    spec = {**stored["spec"], "arguments": parameters(owner="me", stage="dev")}

    assert [] == found({**stored, "metadata": metadata})
    assert ["spec.arguments.parameters[1].value"] == found({**stored, "metadata": metadata, "spec": spec})


@pytest.mark.parametrize(
    "said",
    [
        "{",
        "[1]",
        '"x"',
        {"a": 1},
        {"a": {"size": 1}},
        {"a": {"minimum": "1"}},
        {"a": {"required": "yes"}},
        {"a": {"pattern": "(?=x)"}},
        {"a": {"pattern": 1}},
    ],
)
def test_contracts_that_cannot_be_read(said: object) -> None:
    """A contract that nobody can read is refused on its template, and binds nobody."""
    document = base(contract=said)

    assert [*problems(document)]
    assert ["metadata.annotations['argo-admission.io/parameters']"] == [str(path) for path, _ in own.wrong(document)]
    assert not Contracts.of(document)


def test_a_template_keeps_its_own_contract() -> None:
    """A default that the contract forbids is the author's mistake; so is a contract of no parameter."""
    document = base(contract={"stage": {"pattern": "^prod$"}, "nothing": {"required": True}})

    assert ["spec.arguments.parameters[0].value"] == [str(path) for path, _ in own.wrong(document)]
    assert ["'nothing' is no parameter of this template"] == [message for _, message in own.idle(document)]
    assert [] == [*own.wrong(base()), *own.idle(base())]


@pytest.mark.parametrize("pattern", [r"^(a+)+$", r"^(a|a)*$", r"(.*a){20}", r"^(([a-z])+.)+[A-Z]([a-z])+$"])
def test_patterns_are_linear(pattern: str) -> None:
    """No pattern of an author makes the text of a caller costly: these take other engines years."""
    start = time.process_time()

    assert Contract(pattern=pattern).violation("a" * 30_000 + "!") or pattern.startswith("(.*a)")
    assert time.process_time() - start < 1


def test_a_cluster_template_has_a_contract_too() -> None:
    """The scope of a reference says whose contract counts."""
    whole = workflow(workflowTemplateRef={"name": "base", "clusterScope": True}, arguments=parameters(stage="x"))
    strict, free = base("ClusterWorkflowTemplate", {"stage": {"pattern": "^y$"}}), base(contract={})

    assert ["spec.arguments.parameters[0].value"] == found(whole, strict, free)
    assert [] == found(whole, cluster_template(templates=[container("main")]), base())
