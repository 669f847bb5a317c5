"""What expressions read."""

import pytest

from admission.policy.cel.reads import reads, templated, whole
from admission.policy.cel.syntax import parse

FIELDS = [
    ("object.image == 'a'", {"image"}),
    ("has(object.resources) && has(object.resources.limits)", {"resources"}),
    ("object['image'] == 'a' && params.x == object.name", {"image", "name"}),
    ("object.env.all(e, e.name != params.name)", {"env"}),
    ("object.?image.orValue('') == ''", {"image"}),
    ("'image' in object", None),
    ("object[params.key] == 'a'", None),
    ("object == {}", None),
    ("object.all(key, key != 'x')", None),
    ("image(object.image).registry in params.registries", {"image"}),
    ("params.list.all(object, object.x == 1)", set()),
    ("[object].all(o, o.image == '')", {"image"}),
    ("[object, object].filter(o, o.name == '').size() == 0", {"name"}),
    ("(has(object.a) ? object.b : object.c).d == 1", {"a", "b", "c"}),
    ("object.a.map(x, x.b).exists(y, y == object.c)", {"a", "c"}),
]


@pytest.mark.parametrize(("text", "expected"), FIELDS, ids=[text for text, _ in FIELDS])
def test_fields(text, expected):
    """All fields that the result may depend on are named; None where that may be any."""
    fields = whole(reads(parse(text))).fields("object")

    assert expected == (None if fields is None else set(fields) - {"*any*"})


TEMPLATED = "{{inputs.parameters.x}}"

UNKNOWN = [
    ("object.image == 'a'", {"image": TEMPLATED}, True),
    ("object.image == 'a'", {"image": "a", "args": [TEMPLATED]}, False),
    ("has(object.image)", {"image": TEMPLATED}, False),
    ("has(object.image.registry)", {"image": TEMPLATED}, True),
    ("object.args.size() == 1", {"args": [TEMPLATED]}, False),
    ("object.args.size() == 1", {"args": TEMPLATED}, True),
    ("'a' in object.args", {"args": [TEMPLATED]}, True),
    ("'cpu' in object.limits", {"limits": {"cpu": TEMPLATED}}, False),
    ("'cpu' in object.limits", {"limits": {TEMPLATED: "1"}}, True),
    ("object.env.all(e, e.name != '')", {"env": [{"name": "A", "value": TEMPLATED}]}, False),
    ("object.env.all(e, e.value != '')", {"env": [{"name": "A", "value": TEMPLATED}]}, True),
    ("object.env.filter(e, e.name == 'A').all(e, e.value == '')", {"env": [{"name": "A", "value": TEMPLATED}]}, True),
    ("object.env.filter(e, e.name == 'A').size() == 0", {"env": [{"name": "A", "value": TEMPLATED}]}, False),
    ("object.env.map(e, e.name).all(n, n != '')", {"env": [{"name": "A", "value": TEMPLATED}]}, False),
    ("object.env.map(e, e.value).all(v, v != '')", {"env": [{"name": "A", "value": TEMPLATED}]}, True),
    ("object.a[0].b == 1", {"a": [{"b": 1}, {"b": TEMPLATED}]}, False),
    ("object.a[params.i].b == 1", {"a": [{"b": 1}, {"b": TEMPLATED}]}, True),
    ("object.?a.?b.orValue('') == ''", {"a": {"b": TEMPLATED, "c": ""}}, True),
    ("object.?a.?b.orValue('') == ''", {"a": {"b": "", "c": TEMPLATED}}, False),
    ("object.steps.all(g, g.all(s, s.name != ''))", {"steps": [[{"name": "a", "when": TEMPLATED}]]}, False),
    ("object.steps.all(g, g.all(s, s.when != ''))", {"steps": [[{"name": "a", "when": TEMPLATED}]]}, True),
    ("object.m.all(k, v, v != '')", {"m": {"a": TEMPLATED}}, True),
    ("object.m.all(k, v, k != '')", {"m": {"a": TEMPLATED}}, False),
    ("object.m.all(k, k != '')", {"m": {TEMPLATED: ""}}, True),
    ("object.m.all(k, k != '')", {"m": {"a": ""}, "n": {TEMPLATED: ""}}, False),
    ("string(object) != ''", {"deep": [{"er": TEMPLATED}]}, True),
    ("(true ? object.a : object.b) == ''", {"a": "", "b": TEMPLATED}, True),
    ("[object.a] + [object.b] == []", {"a": "", "b": TEMPLATED}, True),
]


@pytest.mark.parametrize(
    ("text", "target", "expected"), UNKNOWN, ids=[f"{text} of {target}" for text, target, _ in UNKNOWN]
)
def test_unknown(text, target, expected):
    """An expression is unknown where it may read a value with a tag in it, and only there."""
    places = whole(reads(parse(text))).places

    assert expected == any(templated(target, steps, mode) for (root, *steps), mode in places if root == "object")
