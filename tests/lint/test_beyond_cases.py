"""What the rules beyond Argo say where their examples do not show it: references, kinds, and what a tag decides."""

from __future__ import annotations

import pytest
import yaml

from admission.argo.workflow import Workflow
from admission.lint.rules.beyond import BEYOND
from admission.model.catalog import FrozenCatalog

RULES = {rule.id: rule for rule in BEYOND}
LEAF = "{name: leaf, inputs: {parameters: [{name: m}]}, container: {image: x}}"
OTHER = f"{{kind: WorkflowTemplate, metadata: {{name: other}}, spec: {{templates: [{LEAF}]}}}}"
NESTED = "{kind: WorkflowTemplate, metadata: {name: other}, spec: {workflowTemplateRef: {name: third}}}"


def steps(step: str, *more: str) -> str:
    return f"spec: {{templates: [{{name: main, steps: [[{step}]]}}, {LEAF}{''.join(f', {each}' for each in more)}]}}"


STEP = "spec.templates[0].steps[0][0]"

CASES = [
    # references to other objects: denied where the Workflow would run at once, a warning where they may still come
    ("rt-hook-template-undefined", steps("{hooks: {exit: {templateRef: {name: other, template: leaf}}}}"), OTHER, []),
    (
        "rt-hook-template-undefined",
        steps("{hooks: {exit: {templateRef: {name: other, template: laef}}}}"),
        OTHER,
        [(f"{STEP}.hooks.exit.templateRef", "Deny")],
    ),
    (
        "rt-hook-template-undefined",
        "kind: WorkflowTemplate\n" + steps("{hooks: {exit: {templateRef: {name: none, template: leaf}}}}"),
        OTHER,
        [(f"{STEP}.hooks.exit.templateRef", "Warn")],
    ),
    (
        "rt-hook-template-undefined",
        "spec: {workflowTemplateRef: {name: other}, hooks: {exit: {template: leaf}}}",
        OTHER,
        [],
    ),
    (
        "rt-hook-template-undefined",
        "spec: {workflowTemplateRef: {name: other}, hooks: {exit: {template: laef}}}",
        OTHER,
        [("spec.hooks.exit.template", "Deny")],
    ),
    ("rt-hook-template-undefined", steps("{hooks: {exit: {template: '{{item}}'}}}"), OTHER, []),
    (
        "rt-hook-input-unsupplied",
        steps("{hooks: {x: {expression: a, templateRef: {name: other, template: leaf}}}}"),
        OTHER,
        [(f"{STEP}.hooks.x.templateRef", "Deny")],
    ),
    (
        "rt-unused-argument",
        steps("{templateRef: {name: other, template: leaf}, arguments: {parameters: [{name: m}, {name: n}]}}"),
        OTHER,
        [(f"{STEP}.arguments.parameters[1]", "Warn")],
    ),
    (
        "rt-unused-argument",
        steps("{templateRef: {name: none, template: t}, arguments: {parameters: [{name: n}]}}"),
        OTHER,
        [],
    ),
    ("rt-wft-nested-ref", "spec: {workflowTemplateRef: {name: other}}", OTHER, []),
    ("rt-wft-nested-ref", "spec: {workflowTemplateRef: {name: other}}", NESTED, [("spec.workflowTemplateRef", "Deny")]),
    (
        "rt-dynamic-template-missing",
        steps("{templateRef: {name: other, template: '{{item.t}}'}, withItems: [{t: leaf}, {t: none}]}"),
        OTHER,
        [(f"{STEP}.templateRef", "Warn")],
    ),
    # what the caller's workflow may bring is not certain in a template
    (
        "rt-volume-undefined",
        "kind: WorkflowTemplate\n" + "spec: {templates: [{name: a, container: {volumeMounts: [{name: v}]}}]}",
        OTHER,
        [("spec.templates[0].container.volumeMounts[0].name", "Warn")],
    ),
    ("rt-volume-undefined", "spec: {templates: [{container: {volumeMounts: [{name: '{{x}}'}]}}]}", OTHER, []),
    (
        "rt-volume-undefined",
        "spec: {volumeClaimTemplates: [{metadata: {name: v}}], templates: [{script: {volumeMounts: [{name: v}]}}]}",
        OTHER,
        [],
    ),
    (
        "rt-global-supplied",
        "kind: WorkflowTemplate\nspec: {arguments: {parameters: [{name: p, valueFrom: {supplied: {}}}]}}",
        OTHER,
        [],
    ),
    # what a tag decides
    ("rt-when-syntax", steps("{template: leaf, when: '{{item.a}} {{item.b}} {{item.c}}'}"), OTHER, []),
    ("rt-when-syntax", steps("{template: leaf, when: \"'{{a}}' == b c\"}"), OTHER, [(f"{STEP}.when", "Warn")]),
    ("rt-when-not-bool", steps("{template: leaf, when: '{{a}}'}"), OTHER, []),
    ("rt-timeout-format", "spec: {templates: [{timeout: '{{inputs.parameters.t}}'}]}", OTHER, []),
    (
        "rt-timeout-format",
        "spec: {templateDefaults: {timeout: 1d}}",
        OTHER,
        [("spec.templateDefaults.timeout", "Deny")],
    ),
    ("rt-resource-conditions", "spec: {templates: [{resource: {successCondition: '{{x}} === y'}}]}", OTHER, []),
    # who waits for whom
    ("rt-sibling-ref", steps("{name: a, template: leaf}, {name: b, when: '{{=steps.a.status ?? 1}}'}"), OTHER, []),
    (
        "rt-sibling-ref",
        steps("{name: a, template: leaf}, {name: b, when: '{{=steps.a.status}}'}"),
        OTHER,
        [("spec.templates[0].steps[0][1].when", "Deny")],
    ),
    ("rt-self-ref", steps("{name: a, hooks: {exit: {expression: 'steps.a.status == x'}}}"), OTHER, []),
    ("rt-item-outside-loop", steps("{withItems: [1], inline: {steps: [[{when: '{{item}} == 1'}]]}}"), OTHER, []),
    (
        "rt-later-ref-expression",
        steps("{name: a, when: '{{=tasks.b.status}}'}"),
        OTHER,
        [(f"{STEP}.when", "Deny")],
    ),
    # a template's name in the names of pods
    ("rt-template-name-case", steps("{template: Upper}", "{name: Upper, suspend: {}}"), OTHER, []),
    (
        "rt-template-name-case",
        steps("{template: Upper}", "{name: Upper, container: {image: x}}"),
        OTHER,
        [("spec.templates[2].name", "Deny")],
    ),
    # objects that have run, and those that should
    (
        "rt-completed-label",
        "{status: {phase: Succeeded}, metadata: {labels: {workflows.argoproj.io/completed: 'true'}}}",
        OTHER,
        [],
    ),
    ("rt-status-supplied", "{status: {phase: Running, startedAt: now, nodes: {a: {}}}}", OTHER, []),
]


@pytest.mark.parametrize(
    ("rule", "document", "other", "expected"), CASES, ids=[f"{c[0]}-{n}" for n, c in enumerate(CASES)]
)
def test_case(rule: str, document: str, other: str, expected: list[tuple[str, str]]) -> None:
    """A rule says what is certain of what it can see, and no more."""
    workflow = Workflow(yaml.safe_load(document), FrozenCatalog.of([yaml.safe_load(other)]))

    assert expected == [(str(finding.path), finding.action.value) for finding in RULES[rule](workflow)]


@pytest.mark.parametrize("rule", ["rt-hook-template-undefined", "rt-unused-argument", "rt-wft-nested-ref"])
def test_what_could_not_be_looked_up_is_not_missing(rule: str) -> None:
    """Of what the catalog cannot know nothing is said."""
    document = "{workflowTemplateRef: {name: other}, hooks: {exit: {templateRef: {name: o, template: t}}}}"
    workflow = Workflow({"spec": yaml.safe_load(document)}, FrozenCatalog.of(unavailable=["WorkflowTemplate"]))

    assert [] == list(RULES[rule](workflow))


READS = """
{spec: {arguments: {parameters: [{name: a, valueFrom: {configMapKeyRef: {name: c, key: k}, %s}}]},
 synchronization: {semaphores: [{configMapKeyRef: {name: c, key: k}}]}}}
"""


@pytest.mark.parametrize(
    ("live", "unavailable", "source", "expected"),
    [
        (True, [], "", ["rt-configmap-param", "rt-sync-configmap"]),
        (True, [], "default: x", ["rt-sync-configmap"]),
        (True, ["ConfigMap"], "", []),
        (False, [], "", []),
    ],
)
def test_a_config_map_that_is_not_there(live: bool, unavailable: list[str], source: str, expected: list[str]) -> None:
    """Only where the cluster was asked one is missing: files rarely have ConfigMaps."""
    catalog = FrozenCatalog.of(unavailable=unavailable)
    workflow = Workflow(yaml.safe_load(READS % source), catalog, live=live)

    assert expected == [rule for rule in ("rt-configmap-param", "rt-sync-configmap") if RULES[rule](workflow)]
