"""What following the references of an object finds, as Argo's validator does."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from admission.argo.variables import Analysis, Options, Weight, analyse
from admission.model.catalog import FrozenCatalog

LEAF = "{name: e, inputs: {parameters: [{name: m, default: d}]}, container: {image: a}}"
SCRIPT = "{name: g, script: {image: a, source: x}, outputs: {parameters: [{name: o, valueFrom: {path: /o}}]}}"


def workflow(main: str, *others: str, kind: str = "Workflow", **spec: Any) -> dict[str, Any]:
    """A workflow whose entrypoint is *main*, with the templates ``e`` and ``g`` and the *others*."""
    templates = [yaml.safe_load(each) for each in (main, LEAF, SCRIPT, *others)]
    return {"kind": kind, "metadata": {"name": "x"}, "spec": {"entrypoint": "main", "templates": templates, **spec}}


def analysed(document: dict[str, Any], *context: dict[str, Any], **options: Any) -> Analysis:
    """What is found in *document* beside *context*."""
    return analyse(document, FrozenCatalog.of(context), Options(**options))


def found(document: dict[str, Any], *context: dict[str, Any], **options: Any) -> list[tuple[str, str]]:
    """The rules and paths of all problems."""
    return [(each.rule, str(each.path)) for each in analysed(document, *context, **options).problems]


def steps(*groups: str) -> str:
    """A steps template ``main``."""
    return f"{{name: main, steps: [{', '.join(f'[{group}]' for group in groups)}]}}"


def step(head: str, value: str) -> str:
    """A step or task that hands *value* to the input ``m``."""
    return f"{{{head}, arguments: {{parameters: [{{name: m, value: '{value}'}}]}}}}"


VALUE = "arguments.parameters[0].value"


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        (["{name: a, template: g}", step("name: b, template: e", "{{steps.a.outputs.result}}")], []),
        ([step("name: b, template: e", "{{steps.a.status}}"), "{name: a, template: g}"], [(0, 0)]),
        (["{name: a, template: g}, " + step("name: b, template: e", "{{steps.a.outputs.parameters.o}}")], []),
        ([step("name: a, template: e", "{{steps.a.status}}")], []),
        ([step("name: a, template: e", "{{steps.a.id}}")], [(0, 0)]),
        ([step("name: a, template: e, onExit: e", "{{steps.a.id}}")], []),
        ([step("name: a, template: e, withItems: [{k: 1}]", "{{item.k}}")], []),
        ([step("name: a, template: e, withItems: [{k: 1}]", "{{item.j}}")], [(0, 0)]),
        (["{name: a, template: e, withParam: x}", step("name: b, template: e", "{{item.any}}")], []),
        ([step("name: a, template: e", "{{item}} {{Inputs.x}} {{=nope}} {{user.name}} {{ =x}}")], []),
        ([step("name: name-a, template: e", "{{steps.name-b.outputs.result}}")], []),
    ],
    ids=[
        "earlier step",
        "later step",
        "same group",
        "own status",
        "own id",
        "own id with an exit hook",
        "item",
        "other item",
        "any item, leaked",
        "not looked up",
        "begins with name",
    ],
)
def test_steps(groups: list[str], expected: list[tuple[int, int]]) -> None:
    """A step knows what the steps before it put out, whatever their group."""
    paths = [("var-unresolved", f"spec.templates[0].steps[{group}][{step}].{VALUE}") for group, step in expected]

    assert paths == found(workflow(steps(*groups)))


@pytest.mark.parametrize(
    ("tasks", "expected"),
    [
        ("{name: a, template: g}, " + step("name: b, template: e", " {{tasks.a.outputs.result}}"), []),
        ("{name: a, template: g}, " + step("name: b, template: e", "{{tasks.a.id}}"), ["dag-missing-dependency"]),
        ("{name: a, template: g}, " + step("name: b, template: e, depends: a", "{{tasks.a.status}}"), []),
        ("{name: a, template: g}, " + step("name: b, template: e", " {{tasks.a.status}}"), ["var-unresolved"]),
        (
            "{name: a, template: g, hooks: {exit: {template: e}}}, {name: b, template: e, when: '{{tasks.a.status}}'}",
            [],
        ),
        ("{name: a, template: e, onExit: e, when: '{{tasks.a.status}}'}", ["var-unresolved"]),
    ],
    ids=["any task", "argument without dependency", "ancestor", "status of another", "status with hooks", "own status"],
)
def test_dag(tasks: str, expected: list[str]) -> None:
    """A task knows the outputs of all tasks, and the status of those before it."""
    assert expected == [rule for rule, _ in found(workflow(f"{{name: main, dag: {{tasks: [{tasks}]}}}}"))]


def test_all_problems() -> None:
    """Every problem is found, not only the first."""
    group = "{name: a, template: zz}, {name: b, template: e, when: '{{steps.c.id}} {{steps.a.outputs.x}}'}, {name: c}"

    assert [
        ("ref-undefined", "spec.templates[0].steps[0][0].template"),
        ("var-unresolved", "spec.templates[0].steps[0][1].when"),
        ("ref-none", "spec.templates[0].steps[0][2]"),
    ] == found(workflow(steps(group)))


def test_behind_a_reference() -> None:
    """What is wrong in a referenced template is found at the reference, and says where it stands."""
    other = {
        "kind": "WorkflowTemplate",
        "metadata": {"name": "t", "namespace": "default"},
        "spec": {"templates": [{"name": "x", "container": {"image": "a", "args": ["{{inputs.parameters.typo}}"]}}]},
    }
    problems = analysed(workflow(steps("{name: a, templateRef: {name: t, template: x}}")), other).problems

    assert ["spec.templates[0].steps[0][0].templateRef"] == [str(problem.path) for problem in problems]
    assert problems[0].message.endswith("(WorkflowTemplate 't', spec.templates[0].container.args[0])")


@pytest.mark.parametrize(
    ("unavailable", "expected"),
    [((), ("ref-not-found", Weight.MISSING)), (("WorkflowTemplate",), ("ref-not-found", Weight.UNCHECKED))],
)
def test_absent(unavailable: tuple[str, ...], expected: tuple[str, Weight]) -> None:
    """What cannot be looked up is not taken for missing; nothing is said of what hangs on either."""
    using = step("name: b, template: e", "{{steps.a.outputs.result}}")
    document = workflow(steps("{name: a, templateRef: {name: t, template: x}}", using))
    catalog = FrozenCatalog.of((), unavailable=unavailable)

    assert [expected] == [(each.rule, each.weight) for each in analyse(document, catalog, Options()).problems]


def test_recursion() -> None:
    """Templates that call each other are each looked at once."""
    document = workflow(steps("{name: a, template: b}"), "{name: b, steps: [[{name: c, template: main}]]}")

    assert [] == found(document)


def test_a_deep_chain() -> None:
    """Templates may call each other to any depth."""
    chain = [f"{{name: t{i}, steps: [[{{name: a, template: t{i + 1}}}]]}}" for i in range(3000)]
    document = workflow(steps("{name: a, template: t0}"), *chain, "{name: t3000, container: {image: '{{pod.nam}}'}}")

    assert [("var-unresolved", "spec.templates[3003].container.image")] == found(document)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{workflow.parameters.t}}", []),
        ("{{=workflow.parameters.t}}", []),
        ("{{=workflow.parameters.t == 'e' ? 'g' : 'zz'}}", []),
        ("{{=workflow.parameters.t == 'x' ? 'g' : 'zz'}}", ["ref-undefined"]),
        ("{{=sprig.trim(workflow.parameters.t)}}", []),
        ("{{=sprig.trim(}}", ["ref-undefined"]),
        ("{{=steps.a.outputs.result}}", ["ref-undefined"]),
        ("{{=workflow.parameters.t + '-' + string(1 + 1)}}", ["ref-undefined"]),
        ("{{workflow.name}}", ["ref-undefined"]),
    ],
)
def test_template_of_a_parameter(template: str, expected: list[str]) -> None:
    """The name of a template may come from a parameter or an expression; what nobody can tell here is let be."""
    document = workflow(
        steps(f'{{name: a, template: "{template}"}}'), arguments={"parameters": [{"name": "t", "value": "e"}]}
    )

    assert expected == [rule for rule, _ in found(document)]


@pytest.mark.parametrize(("newest", "expected"), [(True, ["ref-not-found"]), (False, [])])
def test_placeholder_in_a_name(newest: bool, expected: list[str]) -> None:
    """Argo 4.0 lets a template be missing whose name has the word "placeholder" in it."""
    document = workflow(steps("{name: a, templateRef: {name: t, template: my-placeholder}}"))

    assert expected == [rule for rule, _ in found(document, newest=newest)]


def test_global_outputs() -> None:
    """A global output is known to tasks that may run after its task, and not to those that run before it."""
    producer = "{name: out, container: {image: a}, outputs: {parameters: [{name: o, globalName: g, value: x}]}}"
    user = "{name: use, container: {image: a, args: ['{{workflow.outputs.parameters.g}}']}}"
    beside = "{name: main, dag: {tasks: [{name: a, template: use}, {name: b, template: out}]}}"
    before = "{name: main, dag: {tasks: [{name: a, template: use}, {name: b, template: out, depends: a}]}}"

    assert [] == found(workflow(beside, user, producer))
    assert ["var-unresolved"] == [rule for rule, _ in found(workflow(before, user, producer))]


def test_nothing_is_said_of_what_hangs_on_the_unknown() -> None:
    """Where a template cannot be looked up, the global outputs that it may have are not called unknown."""
    using = step("name: b, template: e", "{{workflow.outputs.parameters.g}}")
    document = workflow(steps("{name: a, templateRef: {name: t, template: x}}", using))
    problems = analyse(document, FrozenCatalog.of((), unavailable=["WorkflowTemplate"]), Options()).problems

    assert [Weight.UNCHECKED] == [problem.weight for problem in problems]
