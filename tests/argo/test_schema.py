"""The structure of objects: what Argo's decoder refuses, what it drops, and what only the full CRDs refuse."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path as File
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
import yaml
from corpus import CRDS, lines

from admission.argo.fields import types
from admission.argo.kinds import KINDS
from admission.argo.schema import Refusal, misfits
from admission.lint.rules.others import OTHERS
from admission.model.path import Path


def found(text: str, kind: str = "Workflow", **options: bool) -> list[tuple[str, str, Refusal]]:
    """Kind, path and refusal of each misfit of the spec in *text*."""
    document = {"kind": kind, "metadata": {}, "spec": yaml.safe_load(text)}
    return [(each.kind, str(each.path), each.refusal) for each in misfits(document, kind, **options)]


def of_template(text: str, **options: bool) -> list[tuple[str, str, Refusal]]:
    """The same for a template of a workflow."""
    prefix = "spec.templates[0]."
    misfitting = found(f"templates: [{text}]", **options)
    return [(kind, path.removeprefix(prefix), refusal) for kind, path, refusal in misfitting]


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("{timeout: 5}", "timeout"),
        ("{daemon: 'true'}", "daemon"),
        ("{parallelism: '2'}", "parallelism"),
        ("{parallelism: 2.5}", "parallelism"),
        ("{parallelism: true}", "parallelism"),
        ("{parallelism: 9223372036854775808}", "parallelism"),
        ("{activeDeadlineSeconds: true}", "activeDeadlineSeconds"),
        ("{activeDeadlineSeconds: 1.5}", "activeDeadlineSeconds"),
        ("{container: x}", "container"),
        ("{container: {args: x}}", "container.args"),
        ("{container: {args: [x, 1]}}", "container.args[1]"),
        ("{container: {env: [{name: A, value: 3}]}}", "container.env[0].value"),
        ("{container: {resources: {limits: {memory: '{{x}}'}}}}", "container.resources.limits.memory"),
        ("{container: {resources: {limits: {memory: 1Q}}}}", "container.resources.limits.memory"),
        ('{container: {resources: {limits: {memory: "1\\n"}}}}', "container.resources.limits.memory"),
        ("{metadata: {labels: {a: true}}}", "metadata.labels.a"),
        ("{inputs: {parameters: [{name: a, enum: x}]}}", "inputs.parameters[0].enum"),
        ("{steps: [[{name: a, withItems: x}]]}", "steps[0][0].withItems"),
        ("{dag: {tasks: [{name: a, dependencies: b}]}}", "dag.tasks[0].dependencies"),
        ("{dag: {tasks: [{name: a, inline: {timeout: 5}}]}}", "dag.tasks[0].inline.timeout"),
        ("{http: {url: u, bodyFrom: {bytes: '*'}}}", "http.bodyFrom.bytes"),
        ("{plugin: []}", "plugin"),
    ],
)
def test_values_that_the_decoder_refuses(template: str, path: str) -> None:
    """A value of the wrong type stops Argo from reading the object."""
    assert [("wrong-type", path, Refusal.DECODER)] == of_template(template)


@pytest.mark.parametrize(
    "template",
    [
        "{timeout: null, container: null, steps: null}",
        "{container: {args: [null, x], resources: {limits: {cpu: 1, memory: 1.5, a: ' 1Gi '}}}}",
        "{activeDeadlineSeconds: '{{x}}'}",
        "{retryStrategy: {limit: 3, backoff: {factor: '2'}}}",
        "{inputs: {parameters: [{name: a, value: {a: 1}, enum: [[], x]}]}}",
        "{steps: [null, [null, {name: a, withItems: [1, true, x, [1], {a: b}, null]}]]}",
        "{plugin: {any: {thing: [1]}}}",
        "{http: {url: u, bodyFrom: {bytes: YWJj}}}",
        "{metrics: {prometheus: [{name: a, help: b, histogram: {value: '1', buckets: [1, 2.5]}}]}}",
    ],
)
def test_values_that_fit(template: str) -> None:
    """Null fits everywhere; parameters take anything."""
    assert [] == of_template(template)


@pytest.mark.parametrize(
    ("template", "path", "refusal"),
    [
        ("{tiemout: 5s}", "tiemout", Refusal.STRICT),
        ("{container: {imge: null}}", "container.imge", Refusal.STRICT),
        ("{dag: {tasks: [{name: a, tmplate: b}]}}", "dag.tasks[0].tmplate", Refusal.STRICT),
        ("{dag: {tasks: [{name: a, inline: {contaner: {}}}]}}", "dag.tasks[0].inline.contaner", Refusal.STRICT),
        ("{steps: [[{name: a, templte: b}]]}", "steps[0][0].templte", Refusal.DECODER),
        ("{steps: [[{name: a, arguments: {parmeters: []}}]]}", "steps[0][0].arguments.parmeters", Refusal.NOBODY),
        ("{steps: [[{name: a, inline: {contaner: {}}}]]}", "steps[0][0].inline.contaner", Refusal.NOBODY),
        (
            "{dag: {tasks: [{name: a, inline: {steps: [[{nme: b}]]}}]}}",
            "dag.tasks[0].inline.steps[0][0].nme",
            Refusal.DECODER,
        ),
    ],
)
def test_unknown_fields(template: str, path: str, refusal: Refusal) -> None:
    """Argo's decoder takes no unknown fields directly in a step, and its linter none but for those below a step."""
    assert [("unknown-field", path, refusal)] == of_template(template)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{tiemout: 5s}", "did you mean 'timeout'?"),
        ("{Container: {}}", "did you mean 'container'?"),
        ("{active_deadline_seconds: 5}", "did you mean 'activeDeadlineSeconds'?"),
        ("{container: {}, command: [a]}", "does it belong to 'container'?"),
    ],
)
def test_suggestions(written: str, expected: str) -> None:
    """What was probably meant is said."""
    document = {"spec": {"templates": [yaml.safe_load(written)]}}
    (said,) = [each.message for each in misfits(document, "WorkflowTemplate") if each.kind == "unknown-field"]

    assert said.endswith(expected)


@pytest.mark.parametrize(
    ("template", "kind", "path"),
    [
        ("{http: {}}", "missing-field", "http"),
        ("{sidecars: [{image: a}]}", "missing-field", "sidecars[0]"),
        ("{retryStrategy: {retryPolicy: ''}}", "unknown-value", "retryStrategy.retryPolicy"),
        ("{resource: {action: '{{x}}'}}", "unknown-value", "resource.action"),
        ("{container: {env: [{name: A}, {name: B}, {name: A}]}}", "repeated-item", "container.env[2]"),
        ("{inputs: {parameters: [{name: a, value: 3}]}}", "wrong-type", "inputs.parameters[0].value"),
    ],
)
def test_what_only_the_full_crds_refuse(template: str, kind: str, path: str) -> None:
    """Argo's own decoder takes these, the API server with the full CRDs does not."""
    assert [(kind, path, Refusal.CRD)] == of_template(template)


def test_fields_of_a_later_version() -> None:
    """What came with 4.1 is unknown to 4.0."""
    assert [] == of_template("{pendingTimeout: 5s}", newest=True)
    assert [("unknown-field", "pendingTimeout", Refusal.STRICT)] == of_template("{pendingTimeout: 5s}", newest=False)


def test_steps_in_one_list() -> None:
    """Steps that lack a level of lists are told so, one by one."""
    assert [
        ("decode-steps-shape", "steps[0]", Refusal.DECODER),
        ("decode-steps-shape", "steps[1]", Refusal.DECODER),
    ] == of_template("{steps: [{name: a}, {name: b}]}")


@pytest.mark.parametrize("count", [0, 2])
def test_plugins(count: int) -> None:
    """A plugin template has one key."""
    plugin = {f"p{number}": {} for number in range(count)}

    assert [("decode-plugin-one-key", "plugin", Refusal.DECODER)] == of_template(f"{{plugin: {plugin}}}")


@pytest.mark.parametrize("document", [{}, {"spec": "x"}, {"spec": []}, {"metadata": 1, "spec": None, "status": []}])
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_too_odd(kind: str, document: dict[str, Any]) -> None:
    """What is no object where one should be is a misfit, or absent."""
    assert misfits(document, kind) or kind == "WorkflowTaskResult"


def test_depth() -> None:
    """Objects of any depth are read."""
    template: dict[str, Any] = {"timeout": 5}
    for _ in range(5000):
        template = {"steps": [[{"name": "a", "inline": template}]]}
    (misfit,) = misfits({"metadata": {}, "spec": {"templates": [template]}}, "Workflow")

    assert "timeout" == misfit.path[-1]


def test_the_table_is_whole() -> None:
    """Every type of the table can be reached from a kind, and every kind is there."""
    waiting, seen = [types()[kind] for kind in KINDS], set()
    while waiting:
        type = waiting.pop()
        for field in type.fields.values():
            shape: Any = field.shape
            while hasattr(shape, "item") or hasattr(shape, "value"):
                shape = shape.item if hasattr(shape, "item") else shape.value
            if hasattr(shape, "fields") and shape.name not in seen:
                seen.add(shape.name)
                waiting.append(shape)

    assert set(types()) == seen | set(KINDS)


if CRDS.is_dir():

    @pytest.mark.corpus
    def test_the_table_is_made_from_the_crds() -> None:
        """The table is what the script makes of the CRDs."""
        root = File(__file__).parents[2]
        made = subprocess.run([sys.executable, root / "scripts" / "fields.py", CRDS], capture_output=True, check=True)

        assert (root / "admission" / "argo" / "data" / "fields.txt").read_bytes() == made.stdout

    #: What of the CRDs our table leaves out: the API server's own limits.
    LIMITS = {
        "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "format", "description",
        "default",
    }  # fmt: skip

    def bare(schema: Any) -> Any:
        """*schema* without limits and without what is Kubernetes' own."""
        if isinstance(schema, list):
            return [bare(each) for each in schema]
        if not isinstance(schema, dict):
            return schema
        kept = {key: each for key, each in schema.items() if key not in LIMITS and not key.startswith("x-")}
        if "properties" in kept:
            return {**kept, "properties": {name: bare(each) for name, each in schema["properties"].items()}}
        return {key: bare(each) for key, each in kept.items()}

    def without_nulls(value: Any) -> Any:
        """*value* as the API server has it before it looks at the schema."""
        if isinstance(value, dict):
            return {key: without_nulls(each) for key, each in value.items() if each is not None}
        return [without_nulls(each) for each in value] if isinstance(value, list) else value

    def mutants() -> list[tuple[str, dict[str, Any]]]:
        """The mutants, with their ids."""
        return [(case["id"], without_nulls(case["docs"][0])) for case in lines("mutants.jsonl.gz")]

    def examples() -> list[tuple[str, dict[str, Any]]]:
        """The examples of the rules on the kinds that are not Argo's validator's, with their rules."""
        return [
            (rule.id, {"metadata": {}, **next(yaml.safe_load_all(text))})
            for rule in OTHERS
            for text in (rule.good, rule.bad)
        ]

    @pytest.fixture(scope="module")
    def schemas() -> dict[str, Any]:
        """The schemas of the full CRDs, bare, by kind."""
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        crds = [yaml.load(file.read_text(encoding="utf-8"), loader) for file in CRDS.glob("*.yaml")]
        return {
            crd["spec"]["names"]["kind"]: bare(crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]) for crd in crds
        }

    @pytest.mark.corpus
    def test_two_validators_say_the_same(schemas: dict[str, Any]) -> None:
        """The fast validator of JSON schemas that is the measure here agrees with the one that everybody knows."""
        for id, document in (*mutants()[::150], *examples()):
            schema = schemas[document["kind"]]
            fast = {tuple(each.instance_path) for each in jsonschema_rs.validator_for(schema).iter_errors(document)}
            slow = {tuple(each.absolute_path) for each in jsonschema.Draft202012Validator(schema).iter_errors(document)}

            assert (id, slow) == (id, fast)

    @pytest.mark.corpus
    def test_the_crds_say_the_same(schemas: dict[str, Any]) -> None:
        """A validator of JSON schemas finds something wrong with the same objects, unknown fields left out."""
        validators = {kind: jsonschema_rs.validator_for(schema) for kind, schema in schemas.items()}
        different = {
            (id, place)
            for id, document in (*mutants(), *examples())
            for place in differences(document, validators[document["kind"]])
            if not any(re.search(pattern, place) for pattern in SAID_OTHERWISE)
        }

        assert set() == different

    #: Misfits of which the bare CRDs do not speak.
    BEYOND_THE_CRDS = ("unknown-field", "repeated-item", "decode-plugin-one-key")
    #: Places where Argo's decoder and the CRDs are not of one mind, and why.
    SAID_OTHERWISE = {
        r"\.inline": "no schema in the CRDs",
        r"\.withItems": "no schema in the CRDs",
        r"^metadata": "no schema in the CRDs: the API server knows it",
        r"\.resources\.(limits|requests)": "a pattern in the CRDs, which is left out here",
        r"parameters\[\d+\]\.(value|default)": "the decoder takes anything (parameter-value-lost)",
        r"\[\d+\]$": "the decoder takes null for an item, and reads it as an empty one",
    }

    def differences(document: dict[str, Any], validator: Any) -> set[str]:
        """The places of which one of the two finds something to say, if the other has nothing at all."""
        ours = [each for each in misfits(document, document["kind"]) if each.kind not in BEYOND_THE_CRDS]
        theirs = [] if validator.is_valid(document) else list(validator.iter_errors(document))
        if bool(ours) == bool(theirs):
            return set()
        return {str(each.path) for each in ours} | {str(Path(each.instance_path)) for each in theirs}
