"""The table of Go's types, and decoding by it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admission.argo.decoding import decoded
from admission.argo.types import types
from admission.errors import MergeError


def test_the_table_is_whole():
    """Every shape in the table is a scalar or a type of the table, and every merge key a field of the element."""
    scalars = {"str", "bool", "int", "int32", "uint", "bytes", "time", "text", "intstr", "qty", "any", "plugin"}
    for of in types().values():
        for field in of.fields.values():
            name = field.shape.removeprefix("*")
            while name.startswith(("[]", "{}", "*")):
                name = name[1:] if name[0] == "*" else name[2:]
            assert name in scalars or name in types(), (of.name, field)
            if field.key not in ("", "-", "="):
                assert field.key in types()[name].fields, (of.name, field)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"entrypoint": "a", "bogus": 1}, {"entrypoint": "a"}),
        ({"entrypoint": None}, {}),
        (
            {"arguments": {"parameters": [{"name": "a", "value": 3}]}},
            {"arguments": {"parameters": [{"name": "a", "value": "3"}]}},
        ),
        (
            {"arguments": {"parameters": [{"name": "a", "enum": [1e3, -0.0, 12345678901234567890, 1e-7]}]}},
            {"arguments": {"parameters": [{"name": "a", "enum": ["1000", "-0", "12345678901234567000", "0.0000001"]}]}},
        ),
        ({"volumes": [None]}, {"volumes": [{}]}),
        ({"metrics": {"prometheus": [None]}}, {"metrics": {"prometheus": [None]}}),
        (
            {"volumes": [{"name": "a", "emptyDir": {"sizeLimit": " 1Gi"}}]},
            {"volumes": [{"name": "a", "emptyDir": {"sizeLimit": "1Gi"}}]},
        ),
        (
            {"templates": [{"http": {"bodyFrom": {"bytes": "YWJj\nZGVm"}}}]},
            {"templates": [{"http": {"bodyFrom": {"bytes": "YWJjZGVm"}}}]},
        ),
        (
            {"templates": [{"container": {"readinessProbe": {"httpGet": {"path": "/"}}}}]},
            {"templates": [{"container": {"readinessProbe": {"httpGet": {"path": "/", "port": 0}}}}]},
        ),
    ],
    ids=[
        "unknown", "null", "any string", "numbers as text", "null in a list", "null in a list of pointers", "quantity",
        "base64", "no port",
    ],
)  # fmt: skip
def test_decoding(given, expected):
    """A document is read as the controller reads it."""
    assert expected == decoded(given, "WorkflowSpec")


def test_unknown_fields_may_stay():
    """What nobody knows stays where that is asked for, but for a step, whose decoder is strict."""
    assert {"bogus": 1} == decoded({"bogus": 1}, "WorkflowSpec", keep_unknown=True)
    with pytest.raises(MergeError, match="a step has no field 'templte'"):
        decoded({"steps": [[{"name": "a", "templte": "b"}]]}, "Template", keep_unknown=True)


def test_letter_case_below_a_step():
    """Below a step the decoder takes fields in any letter case; of a step itself, and elsewhere, it does not."""
    step = {"name": "a", "inline": {"Container": {"IMAGE": "a", "image": "b", "securityContext": {"PRIVILEGED": True}}}}
    template = {"steps": [[step]], "container": {"Image": "c"}}

    expected = {"image": "b", "securityContext": {"privileged": True}}
    assert {
        "steps": [[{"name": "a", "inline": {"container": expected}}]],
        "container": {},
    } == decoded(template, "Template")
    with pytest.raises(MergeError, match="a step has no field 'Inline'"):
        decoded({"steps": [[{"Inline": {}}]]}, "Template")


def test_nothing_to_do():
    """A document that is as it should be is the same object afterwards."""
    document = {"entrypoint": "a", "templates": [{"name": "a", "container": {"image": "b", "args": ["c"]}}]}

    assert decoded(document, "WorkflowSpec") is document


def test_by_version():
    """Fields of 4.1 are unknown to 4.0."""
    assert {} == decoded({"pendingTimeout": "1m"}, "Template", newest=False)
    assert {"pendingTimeout": "1m"} == decoded({"pendingTimeout": "1m"}, "Template")


@pytest.mark.parametrize(
    ("given", "steps"),
    [
        ({"entrypoint": True}, ("entrypoint",)),
        ({"parallelism": 1.5}, ("parallelism",)),
        ({"parallelism": True}, ("parallelism",)),
        ({"parallelism": 2**63}, ("parallelism",)),
        ({"parallelism": 2.0}, ("parallelism",)),
        ({"priority": 2**31}, ("priority",)),
        ({"arguments": {"artifacts": [{"git": {"depth": -1}}]}}, ("arguments", "artifacts", 0, "git", "depth")),
        ({"templates": [{"http": {"bodyFrom": {"bytes": "?"}}}]}, ("templates", 0, "http", "bodyFrom", "bytes")),
        ({"retryStrategy": {"limit": 2**31}}, ("retryStrategy", "limit")),
        ({"nodeSelector": []}, ("nodeSelector",)),
        ({"nodeSelector": {"a": 1}}, ("nodeSelector", "a")),
        ({"volumes": {}}, ("volumes",)),
        ({"suspend": "yes"}, ("suspend",)),
        ({"templates": [{}, {"container": []}]}, ("templates", 1, "container")),
        ({"templates": [{"plugin": {"a": 1, "b": 2}}]}, ("templates", 0, "plugin")),
        ({"retryStrategy": {"limit": False}}, ("retryStrategy", "limit")),
        (
            {"templates": [{"container": {"resources": {"limits": {"cpu": "{{x}}"}}}}]},
            ("templates", 0, "container", "resources", "limits", "cpu"),
        ),
        (
            {"templates": [{"container": {"resources": {"limits": {"cpu": False}}}}]},
            ("templates", 0, "container", "resources", "limits", "cpu"),
        ),
    ],
)
def test_misfits(given, steps):
    """A value that does not fit its field is refused, and the steps lead to it."""
    with pytest.raises(MergeError) as misfit:
        decoded(given, "WorkflowSpec")

    assert steps == misfit.value.steps


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda below: (
        st.lists(below, max_size=3)
        | st.dictionaries(
            st.sampled_from([*types()["WorkflowSpec"].fields, *types()["Template"].fields, "x"]), below, max_size=4
        )
    ),
    max_leaves=15,
)


@settings(max_examples=300, deadline=None)
@given(JSON)
def test_anything(document):
    """Whatever stands in a document, it is read or refused; what was read is read again as it is."""
    try:
        read = decoded(document, "WorkflowSpec")
    except MergeError:
        return

    assert read == decoded(read, "WorkflowSpec")
