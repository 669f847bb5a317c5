"""What templates say with made-up values in them: the same, whether or not they are made anew."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admission.argo.validation import walk
from admission.argo.validation.filled import foreign
from admission.argo.validation.text import Reader
from admission.argo.workflow import Workflow
from admission.model.document import Document

INPUTS = {"parameters": [{"name": "a", "value": "1"}]}
TAGS = (
    *("{{inputs.parameters.a}}", "{{ inputs.parameters.a }}", "{{inputs.parameters.b}}", "{{{inputs.parameters.a}}}"),
    *("{{workflow.parameters.x}}", "{{workflow.name}}", "{{pod.name}}", "{{retries}}", "{{inputs.artifacts.f.path}}"),
    *("{{inputs.parameters}}", "{{=inputs.parameters.a}}", "{{other}}", "{{", "}}", "{"),
)
TEXT = st.lists(st.sampled_from(("", "x", "/x", "10", *TAGS, *TAGS[:1] * 20)), max_size=3).map("".join)
CONTAINER: st.SearchStrategy[Document] = st.fixed_dictionaries(
    {"image": TEXT},
    optional={
        "args": st.lists(TEXT, max_size=2),
        "env": st.builds(lambda value: [{"name": "A", "value": value}], TEXT),
        "volumeMounts": st.lists(TEXT.map(lambda path: {"name": "v", "mountPath": path}), max_size=2),
        "resources": st.builds(lambda name, value: {"limits": {name: value}}, TEXT, TEXT),
    },
)
TEMPLATE: st.SearchStrategy[Document] = st.fixed_dictionaries(
    {},
    optional={
        "inputs": st.builds(
            lambda value, path: {
                "parameters": [{"name": "a", "value": value}],
                "artifacts": [{"name": "f", "path": path}],
            },
            TEXT,
            TEXT,
        )
        | st.just(INPUTS),
        "outputs": TEXT.map(lambda path: {"parameters": [{"name": "o", "valueFrom": {"path": path}}]}),
        "timeout": TEXT,
        "activeDeadlineSeconds": TEXT,
        "retryStrategy": st.just({"limit": "1"}),
    },
)
BODY: st.SearchStrategy[Document] = st.one_of(
    CONTAINER.map(lambda container: {"container": container}),
    st.builds(lambda container, source: {"script": {**container, "source": source}}, CONTAINER, TEXT),
    TEXT.map(lambda manifest: {"resource": {"action": "create", "manifest": manifest}}),
)
GIVEN = st.sampled_from(["", "x", "{{a}}", "y{", "\x07", "{{inputs.parameters.a}}"])


def workflow(value: str, *templates: Document) -> Document:
    arguments = {"parameters": [{"name": "x", "value": value}]}
    spec = {"entrypoint": "t0", "arguments": arguments, "templates": list(templates)}
    return {"kind": "Workflow", "metadata": {"name": "w"}, "spec": spec}


def problems(document: Document) -> list[Any]:
    return [(each.rule, each.path, each.message) for each in Workflow(document).analysis.problems]


@settings(max_examples=300, deadline=None)
@given(GIVEN, st.lists(st.builds(lambda template, body: {**template, **body}, TEMPLATE, BODY), min_size=1, max_size=3))
def test_the_same_as_anew(value: str, templates: list[Document]) -> None:
    """What is found in templates that are not made anew is found in those that are, and nothing else."""
    document = workflow(value, *({"name": f"t{index}", **each} for index, each in enumerate(templates)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walk, "foreign", lambda *_: None)
        anew = problems(document)

    assert anew == problems(document)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ({"container": {"image": "a"}}, []),
        ({"inputs": INPUTS, "container": {"image": "a", "args": ["{{inputs.parameters.a}}"]}}, []),
        ({"container": {"image": "{{workflow.parameters.image}}"}}, ["workflow.parameters.image"]),
        ({"inputs": INPUTS, "container": {"image": "{{ inputs.parameters.a }}"}}, []),
        ({"inputs": INPUTS, "container": {"image": "{{ inputs.parameters.b }}"}}, [" inputs.parameters.b "]),
        ({"container": {"image": "a", "volumeMounts": [{"mountPath": "{{workflow.name}}"}]}}, None),
        ({"container": {"image": "a"}, "timeout": "{{workflow.name}}"}, None),
    ],
    ids=["no tags", "inputs", "another", "with space", "nobody's", "mounts", "elsewhere"],
)
def test_what_is_made_anew(template: Document, expected: list[str] | None) -> None:
    """A template is made anew where a check looks at what is put in; the usual one is not."""
    assert expected == foreign(template, "container", Reader().written(template))
