"""The strategic merge, tried on what Kubernetes' own function gives."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admission.argo.merge import merge_typed, strategic_merge
from admission.errors import MergeError

A, B = {"name": "a"}, {"name": "b"}


@pytest.mark.parametrize(
    ("original", "patch", "expected"),
    [
        ({"hostname": "a"}, {"hostname": "b"}, {"hostname": "b"}),
        ({"hostname": "a"}, {"hostname": None}, {}),
        ({}, {"nodeSelector": {"a": None, "b": "1"}}, {"nodeSelector": {"b": "1"}}),
        ({"nodeSelector": {"a": "1"}}, {"nodeSelector": {"b": "2"}}, {"nodeSelector": {"a": "1", "b": "2"}}),
        ({"tolerations": [{"key": "a"}]}, {"tolerations": [{"key": "b"}]}, {"tolerations": [{"key": "b"}]}),
        (
            {"containers": [{"name": "a", "image": "x"}]},
            {"containers": [{"name": "a", "args": ["y"]}]},
            {"containers": [{"name": "a", "image": "x", "args": ["y"]}]},
        ),
        (
            {"affinity": {"nodeAffinity": {"a": 1}}},
            {"affinity": {"podAffinity": {"b": 1}}},
            {"affinity": {"nodeAffinity": {"a": 1}, "podAffinity": {"b": 1}}},
        ),
        ({"containers": "x"}, {"containers": [A]}, {"containers": [A]}),
    ],
    ids=["value", "null", "null in what is new", "map", "atomic list", "keyed list", "object", "another type"],
)
def test_fields(original, patch, expected):
    """The patch wins, field by field; lists are merged by the key of their elements, if they have one."""
    assert expected == strategic_merge(original, patch, "PodSpec")


@pytest.mark.parametrize(
    ("original", "patch", "expected"),
    [
        ("ab", "bc", "abc"),
        ("a", "x", "xa"),
        ("abc", "ca", "bca"),
        ("abc", "xb", "xabc"),
        ("", "ba", "ba"),
        ("ab", "", "ab"),
    ],
)
def test_order(original, patch, expected):
    """What only the original has comes first only before what both have; what is new comes as early as it can."""
    merged = strategic_merge({"volumes": _named(original)}, {"volumes": _named(patch)}, "PodSpec")

    assert expected == "".join(each["name"] for each in merged["volumes"])


@pytest.mark.parametrize(
    ("original", "patch", "expected"),
    [
        ({"os": {"name": "x"}}, {"os": {"$patch": "replace", "a": 1}}, {"os": {"a": 1}}),
        ({"os": {"name": "x"}}, {"os": {"$patch": "delete"}}, {"os": {}}),
        ({}, {"os": {"$patch": "replace", "a": 1}}, {}),
        ({"volumes": [A, B]}, {"volumes": [{"name": "a", "$patch": "delete"}]}, {"volumes": [B]}),
        ({"volumes": [A]}, {"volumes": [B, {"$patch": "replace"}]}, {"volumes": [B]}),
        (
            {"volumes": [{"name": "a", "emptyDir": {}}]},
            {"volumes": [{"name": "a", "secret": {}, "$retainKeys": ["name", "secret"]}]},
            {"volumes": [{"name": "a", "secret": {}}]},
        ),
        ({"volumes": [A, B]}, {"$setElementOrder/volumes": [B, A]}, {"volumes": [B, A]}),
        (
            {"volumes": [A]},
            {"volumes": [B], "$setElementOrder/volumes": [A, B]},
            {"volumes": [A, B]},
        ),
    ],
    ids=["replace", "delete", "of nothing", "element", "list", "retain", "order", "order of more"],
)
def test_directives(original, patch, expected):
    """The directives of Kubernetes are followed, and none is left where both had something."""
    assert expected == strategic_merge(original, patch, "PodSpec")


def test_deleting_from_scalars():
    """Values of a list are taken out by a directive of their own."""
    patch = {"$deleteFromPrimitiveList/finalizers": ["b"], "finalizers": ["c"]}

    assert {"finalizers": ["c", "a"]} == strategic_merge({"finalizers": ["a", "b"]}, patch, "ObjectMeta")


@pytest.mark.parametrize(
    ("original", "patch", "message"),
    [
        ({"volumes": [A]}, {"volumes": [{"emptyDir": {}}]}, "an element of volumes has no name"),
        ({"volumes": [{}]}, {"volumes": [A]}, "an element of volumes has no name"),
        ({"volumes": [A]}, {"volumes": ["a"]}, "not all of one kind"),
        ({"os": {"a": 1}}, {"os": {"$patch": "merge"}}, "replace or delete, not 'merge'"),
        ({"volumes": [A]}, {"volumes": [{"name": "a", "$patch": "merge"}]}, "replace or delete, not 'merge'"),
        ({"os": {"a": 1}}, {"os": {"$retainKeys": "a"}}, "a list of names"),
        ({"os": {"a": 1}}, {"os": {"$retainKeys": ["b"], "a": 2}}, "does not name 'a'"),
        ({"nodeSelector": {"a": {}}}, {"nodeSelector": {"a": {}}}, "cannot be merged"),
        ({"bogus": {}}, {"bogus": {}}, "PodSpec has no field 'bogus'"),
        ({"volumes": [A, B]}, {"volumes": [B, A], "$setElementOrder/volumes": [A, B]}, "not in the order"),
    ],
)
def test_refused(original, patch, message):
    """What Kubernetes refuses to merge is refused, with the field that is to blame."""
    with pytest.raises(MergeError, match=message):
        strategic_merge(original, patch, "PodSpec")


def test_the_place_of_what_is_refused():
    """The steps of the error lead to it."""
    low, high = {"securityContext": {"sysctls": []}}, {"securityContext": {"seLinuxOptions": {}}}
    low["securityContext"]["seLinuxOptions"] = {"level": {"x": {}}}
    high["securityContext"]["seLinuxOptions"] = {"level": {"x": {}}}
    with pytest.raises(MergeError) as refused:
        strategic_merge(low, high, "PodSpec")

    assert ("securityContext", "seLinuxOptions", "level", "x") == refused.value.steps


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        ({"entrypoint": "a"}, {"entrypoint": ""}, {"entrypoint": "a"}),
        ({"nodeSelector": {"a": "b"}}, {"nodeSelector": {}}, {"nodeSelector": {"a": "b"}}),
        ({"tolerations": [{"key": "a"}]}, {"tolerations": []}, {"tolerations": [{"key": "a"}]}),
        ({"entrypoint": "a"}, {"entrypoint": None}, {"entrypoint": "a"}),
        ({"parallelism": 3}, {"parallelism": 0}, {"parallelism": 0}),
        ({"hostNetwork": True}, {"hostNetwork": False}, {"hostNetwork": False}),
        ({"tolerations": []}, {"tolerations": [{"operator": "Exists"}]}, {"tolerations": [{"operator": "Exists"}]}),
    ],
    ids=["text", "map", "list", "null", "pointer to a number", "pointer to a bool", "empty below"],
)
def test_zero_values(low, high, expected):
    """What Go leaves out when empty does not override; pointers do."""
    assert expected == merge_typed(low, high, "WorkflowSpec")


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (
            {"script": {"source": "echo", "command": ["sh"]}},
            {"script": {"image": "x"}},
            {"script": {"command": ["sh"], "image": "x"}},
        ),
        ({"dag": {"tasks": [A]}}, {"dag": {"target": "x"}}, {"dag": {"target": "x"}}),
        ({"dag": {"tasks": [A]}}, {"dag": {"tasks": []}}, {"dag": {"tasks": [A]}}),
        (
            {"resource": {"action": "create", "flags": ["a"]}},
            {"resource": {"manifest": "x"}},
            {"resource": {"flags": ["a"], "manifest": "x"}},
        ),
    ],
    ids=["script", "no tasks", "empty tasks", "resource"],
)
def test_what_go_always_writes(low, high, expected):
    """The absence of a field that Go writes all the same overrides."""
    assert expected == merge_typed(low, high, "Template")


def test_tolerations_of_a_workflow():
    """They are merged by key, two of one key into one, and those without a key cannot be merged."""
    low = [{"key": "a", "operator": "Exists"}, {"key": "z"}]
    high = [{"key": "a", "effect": "NoSchedule"}, {"key": "a", "effect": "NoExecute"}]

    expected = [{"key": "a", "operator": "Exists", "effect": "NoExecute"}, {"key": "z"}]
    assert expected == merge_typed({"tolerations": low}, {"tolerations": high}, "WorkflowSpec")["tolerations"]
    with pytest.raises(MergeError, match="an element of tolerations has no key"):
        merge_typed({"tolerations": low}, {"tolerations": [{"operator": "Exists"}]}, "WorkflowSpec")


def test_two_plugins():
    """A template has one plugin, whatever is merged."""
    with pytest.raises(MergeError, match="two plugins"):
        merge_typed({"plugin": {"a": {}}}, {"plugin": {"b": {}}}, "Template")


def test_many_elements():
    """Thousands of elements are merged in a moment: each is found, not searched for."""
    names = [{"name": f"p{number}"} for number in range(5000)]
    merged = merge_typed({"parameters": names}, {"parameters": names[::-1]}, "Arguments")

    assert names[::-1] == merged["parameters"]


def _elements(*of, key):
    return st.lists(st.sampled_from(of), max_size=3, unique_by=lambda each: each[key])


SPECS = st.fixed_dictionaries(
    {},
    optional={
        "volumes": _elements(A, B, {"name": "a", "emptyDir": {}}, {"name": "c", "secret": {}}, key="name"),
        "nodeSelector": st.dictionaries(st.sampled_from("abc"), st.sampled_from("12"), max_size=2),
        "entrypoint": st.sampled_from(["", "main"]),
        "parallelism": st.sampled_from([0, 3, None]),
        "tolerations": _elements({"key": "a"}, {"key": "b", "value": "c"}, {"key": "c"}, key="key"),
    },
)


@settings(max_examples=200, deadline=None)
@given(SPECS, SPECS)
def test_properties(low, high):
    """A merge changes no argument, and merging the winner in once more changes nothing."""
    before = copy.deepcopy((low, high))
    merged = merge_typed(low, high, "WorkflowSpec")

    assert before == (low, high)
    assert merged == merge_typed(merged, high, "WorkflowSpec")


def _named(names):
    return [{"name": name} for name in names]
