"""The controller's ConfigMap."""

import pytest

from admission.argo.controller import decode_config, template_referencing
from admission.errors import ConfigurationError


def test_one_key_an_option():
    """Each key is one option: a word, or YAML where it has several lines."""
    options = decode_config(
        {"parallelism": "10", "instanceID": "a", "workflowRestrictions": "templateReferencing: Strict\n"}
    )

    assert {"parallelism": 10, "instanceID": "a", "workflowRestrictions": {"templateReferencing": "Strict"}} == options
    assert ("a", "Strict") == (options["instanceID"], template_referencing(options))


def test_one_key_for_all():
    """The key ``config`` holds them all."""
    options = decode_config({"config": "parallelism: 10\nworkflowDefaults:\n  spec: {entrypoint: main}\n"})

    assert {"parallelism": 10, "workflowDefaults": {"spec": {"entrypoint": "main"}}} == options


@pytest.mark.parametrize("data", [{}, {"config": ""}, {"parallelism": ""}], ids=["no data", "empty", "an empty option"])
def test_nothing(data):
    """What says nothing is no option."""
    assert {} == decode_config(data)


def test_no_restriction():
    """Without options there is neither an id nor a restriction."""
    assert "" == template_referencing({})


def test_letter_case_in_the_defaults():
    """The controller takes the fields of its defaults in any letter case."""
    options = decode_config({"workflowDefaults": "SPEC:\n  ServiceAccountName: 007\n"})

    assert {"spec": {"serviceAccountName": "7"}} == options["workflowDefaults"]


def test_texts_in_the_defaults():
    """The controller knows the types of its defaults: words are text where text belongs."""
    written = "metadata:\n  labels: {a: y, b: yes, c: 1, d: 1.50}\nspec:\n  suspend: yes\n  parallelism: 3\n"
    defaults = decode_config({"workflowDefaults": written})["workflowDefaults"]

    assert {"a": "y", "b": "true", "c": "1", "d": "1.5"} == defaults["metadata"]["labels"]
    assert {"suspend": True, "parallelism": 3} == defaults["spec"]


def test_texts_in_other_options():
    """Where a text belongs in the containers of the controller, numbers and words for true are text, as Go has it."""
    options = decode_config(
        {"executor": "env:\n- {name: y, value: 1e8}\n- {name: on, value: 010}\n", "instanceID": "7"}
    )

    assert [{"name": "true", "value": "1e+08"}, {"name": "true", "value": "8"}] == options["executor"]["env"]
    assert "7" == options["instanceID"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"config": "a: 1", "parallelism": "1"}, "no other key beside it"),
        ({"paralelism": "1"}, "no option 'paralelism': did you mean 'parallelism'"),
        ({"config": "- a"}, "config: not one YAML mapping"),
        ({"config": "a: [\n"}, "config: "),
        ({"parallelism": "a: b: c"}, "parallelism: "),
        ({"workflowDefaults": "spec: {}\nspec: {}\n"}, "stands there twice"),
        ({"workflowDefaults": "spec:\n  parallelism: x\n"}, r"workflowDefaults.spec.parallelism: a whole number"),
        ({"workflowDefaults": "text"}, "workflowDefaults is an object"),
        ({"workflowRestrictions": "templateReferencing: strict\n"}, "Strict, Secure or nothing"),
        ({"workflowRestrictions": "Strict"}, "workflowRestrictions is an object"),
        ({"instanceID": "[a]"}, "instanceID is a text"),
        ({"parallelism": 1}, "parallelism: the values of a ConfigMap are text"),
    ],
)
def test_refused(data, message):
    """What the controller would not start with is refused, and the sentence says where."""
    with pytest.raises(ConfigurationError, match=message):
        decode_config(data)
