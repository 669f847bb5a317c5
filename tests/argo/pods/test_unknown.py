"""What only the run decides, and where all values are known."""

from __future__ import annotations

import pytest
from projecting import at, container, documents, one, pods

from admission.argo.pods import effective_pods
from admission.model.catalog import FrozenCatalog

STEPS = """
spec:
  entrypoint: main
  arguments: {{parameters: [{{name: registry, value: corp}}]}}
  templates:
  - name: main
    steps:
    - [{step}]
  - name: work
    inputs: {{parameters: [{{name: image, {declared}}}]}}
    container: {{image: "{{{{inputs.parameters.image}}}}"}}
"""


def images(step: str, declared: str = "default: d") -> list[str]:
    """The images of the pods of the template ``work``, when *step* calls it; unknown ones as ``?``."""
    found = pods(STEPS.format(step=step, declared=declared))
    path = at("spec", "containers", 1, "image")
    return ["?" if path in pod.unknown else container(pod, "main")["image"] for pod in found]


CALL = "{{name: a, template: work, {loop}arguments: {{parameters: [{{name: image, value: {value}}}]}}}}"


@pytest.mark.parametrize(
    ("value", "loop", "expected"),
    [
        ("x", "", ["x"]),
        ("'{{item}}'", "withItems: [x, y], ", ["x", "y"]),
        ("'{{workflow.parameters.registry}}/{{item.i}}'", "withItems: [{i: x}, {i: y}], ", ["corp/x", "corp/y"]),
        ("'n{{item}}'", "withParam: '[1, \"z\"]', ", ["n1", "nz"]),
        ("'{{item}}'", "withSequence: {start: 2, end: 0, format: v%02d}, ", ["v02", "v01", "v00"]),
        ("'{{item}}'", "withParam: '{{steps.x.outputs.result}}', ", ["?"]),
        ("'{{steps.x.id}}'", "", ["?"]),
        ("\"{{=workflow.parameters.registry == 'corp' ? 'in' : 'out'}}\"", "", ["in"]),
        ("\"{{=sprig.upper('x')}}\"", "", ["X"]),
        ("\"{{=sprig.sha256sum('x')}}\"", "", ["?"]),
    ],
)
def test_values_of_callers(value: str, loop: str, expected: list[str]) -> None:
    """Literal arguments and items are known; results of steps and what cannot be evaluated are not."""
    assert expected == images(CALL.format(value=value, loop=loop))


@pytest.mark.parametrize(
    ("entrypoint", "status", "expected"),
    [
        ("mian", "", []),
        ("mian", "status: {storedTemplates: {local/mian: {name: mian, container: {image: a}}}}", ["spec.entrypoint"]),
        ("'{{workflow.creationTimestamp.s}}'", "", ["spec.entrypoint"]),
    ],
    ids=["misspelt", "kept in the status", "known to the run"],
)
def test_a_template_that_is_not_there(entrypoint: str, status: str, expected: list[str]) -> None:
    """What calls it ends at once, without a pod; unless the status keeps one of that name, or only the run knows it."""
    found = pods(f"spec: {{entrypoint: {entrypoint}, templates: [{{name: main, container: {{image: a}}}}]}}\n{status}")

    assert expected == [str(pod.origin.path) for pod in found if not pod.template]


def test_defaults() -> None:
    """An input that no caller gives has its default."""
    assert ["d"] == images("{name: a, template: work}")


def test_all_parameters_as_json() -> None:
    """All arguments, or inputs, as one JSON text, as Go writes it."""
    pod = one(
        """
        spec:
          entrypoint: main
          arguments: {parameters: [{name: a, value: "x<y", description: d}]}
          templates:
          - name: main
            inputs: {parameters: [{name: p, default: "1"}]}
            container: {image: a, args: ["{{workflow.parameters}}", "{{inputs.parameters}}"]}
        """
    )

    assert [
        r'[{"name":"a","value":"x\u003cy","description":"d"}]',
        '[{"name":"p","default":"1","value":"1"}]',
    ] == container(pod, "main")["args"]


def test_an_enum_says_what_is_possible() -> None:
    """An input with an enum has one of its values, whatever the run brings."""
    step = "{name: a, template: work, arguments: {parameters: [{name: image, value: '{{steps.x.id}}'}]}}"

    assert ["x", "y"] == images(step, "enum: [x, y]")


def test_every_caller_counts() -> None:
    """A template has the pods of all its callers, each once."""
    found = pods(
        """
        spec:
          entrypoint: main
          onExit: work
          arguments: {parameters: [{name: image, value: at-exit}]}
          templates:
          - name: main
            dag:
              tasks:
              - {name: a, template: work, arguments: {parameters: [{name: image, value: x}]}}
              - {name: b, template: middle}
              - {name: c, template: work, arguments: {parameters: [{name: image, value: x}]}}
          - name: middle
            steps: [[{name: a, template: work, arguments: {parameters: [{name: image, value: y}]}}]]
          - name: work
            inputs: {parameters: [{name: image}]}
            container: {image: "{{inputs.parameters.image}}"}
        """
    )

    assert {"x", "y", "at-exit"} == {container(pod, "main")["image"] for pod in found}
    assert 3 == len(found)


def test_what_handles_the_end_of_a_step() -> None:
    """Without arguments of its own it gets those of the Workflow, and not those of the step."""
    found = pods(
        """
        spec:
          entrypoint: main
          arguments: {parameters: [{name: image, value: at-exit}]}
          templates:
          - name: main
            steps:
            - - name: a
                template: work
                arguments: {parameters: [{name: image, value: x}]}
                hooks: {exit: {template: work}}
          - name: work
            inputs: {parameters: [{name: image}]}
            container: {image: "{{inputs.parameters.image}}"}
        """
    )

    assert {"x", "at-exit"} == {container(pod, "main")["image"] for pod in found}


def test_too_many_values_are_unknown() -> None:
    """Of a template at most 50 pods are told apart; beyond that the value is unknown."""
    few = ", ".join(f"v{n}" for n in range(50))
    fifty, more = (CALL.format(value="'{{item}}'", loop=f"withItems: [{items}], ") for items in (few, f"{few}, v50"))

    assert 50 == len(images(fifty))
    assert ["?"] == images(more)


def test_too_many_callers() -> None:
    """The same where the values come from many callers."""
    steps = ", ".join(
        f"{{name: s{n}, template: work, arguments: {{parameters: [{{name: image, value: v{n}}}]}}}}" for n in range(51)
    )

    assert ["?"] == images(f"{{name: a, template: work}}, {steps}")


def test_recursion_ends() -> None:
    """A template that calls itself with ever new inputs is visited so long, and no longer."""
    found = pods(
        """
        spec:
          entrypoint: main
          arguments: {parameters: [{name: n, value: "0"}]}
          templates:
          - name: main
            inputs: {parameters: [{name: n}]}
            steps:
            - - {name: work, template: work, arguments: {parameters: [{name: n, value: "{{inputs.parameters.n}}"}]}}
              - name: again
                template: main
                arguments: {parameters: [{name: n, value: "{{=asInt(inputs.parameters.n) + 1}}"}]}
          - name: work
            inputs: {parameters: [{name: n}]}
            container: {image: "v{{inputs.parameters.n}}"}
        """
    )

    assert [at("spec", "containers", 1, "image")] == [path for pod in found for path in pod.unknown]


def test_arguments_of_a_template_are_free() -> None:
    """Who starts a template may choose any value of an enum; of a parameter without one, the value is taken."""
    found = pods(
        """
        kind: WorkflowTemplate
        spec:
          entrypoint: main
          arguments:
            parameters: [{name: image, value: a, enum: [a, b]}, {name: tag, value: "1"}, {name: free}]
          templates:
          - name: main
            container:
              image: "{{workflow.parameters.image}}:{{workflow.parameters.tag}}"
              args: ["{{workflow.parameters.free}}"]
        """
    )

    assert ["a:1", "b:1"] == [container(pod, "main")["image"] for pod in found]
    assert all(at("spec", "containers", 1, "args", 0) in pod.unknown for pod in found)


def test_tags_that_nobody_fills_stay() -> None:
    """A tag of a name that Argo does not know stays as it is: that is known."""
    pod = one("spec: {entrypoint: main, templates: [{name: main, container: {image: a, args: ['{{ .Values.x }}']}}]}")

    assert (["{{ .Values.x }}"], ()) == (container(pod, "main")["args"], pod.unknown)


def test_unknown_values_are_shown_as_written() -> None:
    """Where a value is unknown the pod has the tag, with what is known around it."""
    pod = one(
        """
        metadata: {generateName: wf-}
        spec:
          entrypoint: main
          templates:
          - name: main
            container: {image: "corp/{{pod.name}}", env: [{name: N, value: "{{workflow.name}}"}]}
        """
    )

    assert "corp/{{pod.name}}" == container(pod, "main")["image"]
    assert {
        "spec.containers[1].image",
        "spec.containers[1].env[0].value",
        "metadata.labels['workflows.argoproj.io/workflow']",
    } == set(map(str, pod.unknown))


def test_references_with_known_names() -> None:
    """A reference whose names come from the items of a loop is followed for each of them."""
    found = pods(
        """
        spec:
          entrypoint: main
          templates:
          - name: main
            steps:
            - - {name: a, templateRef: {name: "{{item}}", template: outer}, withItems: [one, two]}
          - {name: work, container: {image: own}}
        ---
        kind: WorkflowTemplate
        metadata: {name: one}
        spec: {templates: [{name: outer, steps: [[{name: x, template: work}]]}, {name: work, container: {image: x}}]}
        ---
        kind: WorkflowTemplate
        metadata: {name: two}
        spec: {templates: [{name: outer, container: {image: y}}]}
        """
    )

    assert {("work", "namespaced/one", "x"), ("outer", "namespaced/two", "y"), ("work", "local", "own")} == {
        (pod.template, pod.scope, container(pod, "main")["image"]) for pod in found
    }
    place = "spec.templates[0].steps[0][0].templateRef"
    origins = {str(o.path) for pod in found if pod.reachable for o in (pod.origin, *pod.containers.values())}
    assert {place} == origins


@pytest.mark.parametrize(
    "reference", ["{name: missing, template: x}", "{name: '{{inputs.parameters.q}}', template: x}"]
)
def test_unknown_templates(reference: str) -> None:
    """Of a template that nobody knows yet, everything is unknown; the reference is to blame."""
    (pod,) = pods(
        f"spec: {{entrypoint: main, templates: [{{name: main, steps: [[{{name: a, templateRef: {reference}}}]]}}]}}"
    )

    assert (at("metadata"), at("spec")) == pod.unknown
    assert "spec.templates[0].steps[0][0]" == str(pod.origin.path)


def test_what_nobody_could_look_up() -> None:
    """Which Secret has the token of an account is unknown where nobody may read accounts."""
    (document,) = documents("spec: {entrypoint: main, templates: [{name: main, http: {url: x}}]}")
    catalog = FrozenCatalog.of([document], unavailable=["ServiceAccount"])
    (pod,) = effective_pods(document, catalog, namespace="ns", argo_version="4.1")

    assert (at("spec", "volumes", 1, "secret", "secretName"),) == pod.unknown


def test_a_deadline_that_runs_already() -> None:
    """How much is left of the Workflow's own time is unknown, unless the template's is shorter."""
    spec = """
    spec:
      entrypoint: main
      activeDeadlineSeconds: 60
      templates: [{{name: main, activeDeadlineSeconds: {}, container: {{image: a}}}}]
    """

    assert 30 == one(spec.format(30)).pod["spec"]["activeDeadlineSeconds"]
    assert (at("spec", "activeDeadlineSeconds"),) == one(spec.format(90)).unknown
