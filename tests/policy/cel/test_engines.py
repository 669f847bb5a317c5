"""What expressions come to, on both engines."""

import pytest

from admission.errors import ConfigurationError, EvaluationError, PolicyError
from admission.policy.cel import ENGINES, engine
from admission.policy.cel.engine import VARIABLES
from admission.policy.cel.expression import compiled

OBJECT = {
    "name": "main",
    "image": "quay.io/a/b:1",
    "n": 2,
    "half": 0.5,
    "null_": None,
    "list": [1, 2, 3],
    "map": {"a": {"b": "c"}},
    "yes": True,
}

BOTH = [
    ("object.name == 'main'", True),
    ("object.n + 1", 3),
    ("object.half * 4.0", 2.0),
    ("object.n > 1 && object.half < 1.0", True),
    ("object.null_ == null", True),
    ("has(object.image) && !has(object.nothing)", True),
    ("has(object.map.a.b)", True),
    ("'a' in object.map && !('b' in object.map)", True),
    ("2 in object.list", True),
    ("object.list.all(x, x > 0)", True),
    ("object.list.exists(x, x == 4)", False),
    ("object.list.exists_one(x, x == 3)", True),
    ("object.list.filter(x, x != 2)", [1, 3]),
    ("object.list.map(x, {'value': x})", [{"value": 1}, {"value": 2}, {"value": 3}]),
    ("object.map.all(key, key == 'a')", True),
    ("object.list + [4]", [1, 2, 3, 4]),
    ("object.map['a']['b']", "c"),
    ("object.list[1]", 2),
    ("size(object.list) + object.name.size()", 7),
    ("object.image.startsWith('quay') ? 'yes' : 'no'", "yes"),
    ("object.image.matches('^[a-z.]+/')", True),
    ("object.image.split('/')", ["quay.io", "a", "b:1"]),
    ("object.image.split('/').join('+')", "quay.io+a+b:1"),
    ("'ÄBC'.lowerAscii() + 'äbc'.upperAscii()", "ÄbcäBC"),
    ("'aXbX'.replace('X', '-')", "a-b-"),
    ("image(object.image).registry", "quay.io"),
    ("1 / 0 == 1 || true", True),
    ("type(object.map) == map", True),
    ("string(object.n) + 'é😀'", "2é😀"),
    ("object", OBJECT),
]


def run(text, name, **values):
    return compiled(engine(name), text, VARIABLES).evaluate(engine(name).activation({"object": OBJECT, **values}))


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize(("text", "expected"), BOTH, ids=[text for text, _ in BOTH])
def test_value(text, expected, name):
    """Both engines give the same value, as JSON has it."""
    value = run(text, name)

    assert expected == value
    assert type(expected) is type(value)


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize(
    "text",
    [
        "object.nothing",
        "object.list[7]",
        "1 / 0",
        "object.name + 1",
        "object.n.x",
        "image(object.n)",
        "b'bytes'",
        "{1: 2}",
    ],
)
def test_failure(text, name):
    """An expression that has no value, or none that JSON has, fails; it never gives something else."""
    with pytest.raises(EvaluationError):
        run(text, name)


@pytest.mark.parametrize("name", ENGINES)
def test_a_failure_shows_no_values(name):
    """A message of a failed expression does not show what it looked at."""
    with pytest.raises(EvaluationError) as failed:
        run("object.secret + 1", name, object={"secret": "hunter2", "list": ["hunter3"]})

    assert "hunter" not in str(failed.value)


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 +", "line 1, column 4"),
        ("object.name ==\n  )", "line 2, column 3"),
        ("nothing(1)", "nothing"),
        ("object.name.nothing()", "nothing"),
        ("quantities('1Gi')", "quantities"),
        ("ip('::1').families()", "families"),
        ("variables.nothing", "no variable before this expression is called 'nothing'"),
        ("(" * 40 + "1" + ")" * 40, "deeper"),
        (".".join(["object"] * 200), "chains"),
        ("+".join(["1"] * 200), "chains"),
        ("'a'" + " " * 20_000, "characters"),
        ("[1].all(a, [1].all(b, [1].all(c, [1].all(d, true))))", "loops"),
        ("'aaa'.replace('a', object.name)", "replacement"),
        ("targets.size() > 0 || true || nothing", ""),
    ],
)
def test_refused(text, message, name):
    """What cannot be run, or could cost too much, is refused when it is compiled, with its place if that is known."""
    names = [variable for variable in VARIABLES if variable not in ("targets", "target", "elements", "bindings")]
    with pytest.raises(PolicyError, match=None) as refused:
        compiled(engine(name), text, names)

    assert message in str(refused.value)


def test_iterations_are_bounded():
    """An evaluation ends after 9,999 iterations, however many elements there are."""
    with pytest.raises(EvaluationError, match="budget"):
        run("object.all(x, x == 1)", "cel-expr-python", object=[1] * 20_000)


def test_what_the_second_engine_lacks_is_refused():
    """The second engine refuses what only the first can run, instead of failing at a request."""
    text = "object.?nothing.orValue('x') == 'x'"

    assert run(text, "cel-expr-python") is True
    with pytest.raises(PolicyError, match="cel-python"):
        compiled(engine("cel-python"), text, VARIABLES)


def test_values_without_a_form_in_cel():
    """Half a surrogate pair and numbers beyond 64 bits fail the expression that reads them, and nothing else."""
    for value in ("\ud800", 2**70):
        with pytest.raises(EvaluationError):
            run("object.x == 1", "cel-expr-python", object={"x": value})


def test_unknown_engine():
    """An engine that does not exist is a mistake of the configuration."""
    with pytest.raises(ConfigurationError, match="cel-expr-python, cel-python"):
        engine("cel-go")
