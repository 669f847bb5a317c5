"""``podSpecPatch``: what it changes, and what is wrong with it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from projecting import at, container, names, one, volumes

from admission.argo.pods import EffectivePod, findings
from admission.model.finding import Action


def patched(patch: str | dict[str, Any], *, of_spec: str = "", **options: Any) -> EffectivePod:
    """The pod of a container template with that patch, and with one of the Workflow."""
    text = patch if isinstance(patch, str) else json.dumps(patch)
    whole = f"podSpecPatch: {json.dumps(of_spec)}" if of_spec else "parallelism: 1"
    return one(
        f"""
        spec:
          entrypoint: main
          arguments: {{parameters: [{{name: mem, value: 2Gi}}]}}
          {whole}
          templates:
          - name: main
            podSpecPatch: {json.dumps(text)}
            container: {{image: a, resources: {{limits: {{cpu: 1}}}}}}
            volumes: [{{name: v, emptyDir: {{}}}}]
        """,
        **options,
    )


def test_containers_merge_by_name() -> None:
    """A container of a patch goes into the one of its name; fields that it does not name stay."""
    pod = patched("containers: [{name: main, resources: {limits: {memory: '{{workflow.parameters.mem}}'}}}]")

    assert {"cpu": 1, "memory": "2Gi"} == container(pod, "main")["resources"]["limits"]


def test_new_containers_come_first() -> None:
    """A container that only the patch has comes before those that are there."""
    assert ["extra", "wait", "main"] == names(
        patched({"containers": [{"name": "extra", "image": "x"}, {"name": "main"}]})
    )[0]


@pytest.mark.parametrize(
    ("patch", "left"),
    [
        ({"containers": [{"name": "wait", "$patch": "delete"}]}, ["main"]),
        ({"containers": [{"$patch": "replace"}, {"name": "other", "image": "x"}]}, ["other"]),
    ],
)
def test_directives(patch: dict[str, Any], left: list[str]) -> None:
    """Directives take containers away."""
    assert left == names(patched(patch))[0]


def test_directives_for_what_is_empty() -> None:
    """Go writes the resources of a container even where there are none, so that a directive finds them."""
    pod = patched({"containers": [{"name": "wait", "resources": {"$patch": "replace", "limits": {"cpu": "3"}}}]})

    assert {"limits": {"cpu": "3"}} == container(pod, "wait")["resources"]


def test_a_volume_keeps_both_sources() -> None:
    """A volume of the same name has both sources, unless the patch says which to keep."""
    both = {"volumes": [{"name": "v", "hostPath": {"path": "/"}}]}
    kept = {"volumes": [{"name": "v", "$retainKeys": ["name", "hostPath"], "hostPath": {"path": "/"}}]}

    assert {"emptyDir", "hostPath"} == set(volumes(patched(both))["v"])
    assert {"hostPath"} == set(volumes(patched(kept))["v"])


def test_the_template_comes_last() -> None:
    """The Workflow's patch is applied first, the template's goes over it."""
    pod = patched("{schedulerName: mine}", of_spec="{schedulerName: theirs, hostNetwork: true}")

    assert ("mine", True) == (pod.pod["spec"]["schedulerName"], pod.pod["spec"]["hostNetwork"])


def test_tolerations_are_one_value() -> None:
    """Lists without a merge key are replaced."""
    pod = patched("tolerations: [{key: a}]", of_spec="tolerations: [{key: b}]")

    assert [{"key": "a"}] == pod.pod["spec"]["tolerations"]


def test_another_letter_case_counts() -> None:
    """A field in another letter case goes past the merge and still takes effect, as in Go; it is denied."""
    pod = patched({"HostNetwork": True, "SecurityContext": {"RunAsUser": 0}})

    assert (True, {"runAsUser": 0}) == (pod.pod["spec"]["hostNetwork"], pod.pod["spec"]["securityContext"])
    assert {("spec.templates[0].podSpecPatch", Action.DENY)} == {(str(f.path), f.action) for f in findings([pod])}
    assert 3 == len(findings([pod]))


@pytest.mark.parametrize("name", ["ho\u017ftNetwork", "hostNetwor\u212a"])
def test_letters_that_go_takes_for_others(name: str) -> None:
    """To Go the long s is an s and the sign of Kelvin a k."""
    assert patched({name: True}).pod["spec"]["hostNetwork"] is True


def test_fields_leak_from_a_list_of_another_letter_case() -> None:
    """What ``Containers`` sets stays on the element of that index of ``containers``: it is how Go decodes."""
    pod = patched({"Containers": [{"name": "x", "securityContext": {"privileged": True}}]})

    assert (["wait", "main"], True) == (names(pod)[0], container(pod, "wait")["securityContext"]["privileged"])


def test_patches_are_read_once() -> None:
    """Keys of another letter case wait for the last patch: what they leak into is what stands there then."""
    pod = patched({"volumes": [{"name": "new", "csi": {"driver": "d"}}]}, of_spec='{"Volumes": [{"emptyDir": {}}]}')

    assert {"csi": {"driver": "d"}, "emptyDir": {}} == volumes(pod)["new"]


def test_another_letter_case_beside_false() -> None:
    """What is false in the Workflow is not there for Go, so that it does not win over another letter case."""
    found = one(
        """
        spec:
          entrypoint: main
          hostNetwork: false
          templates: [{name: main, podSpecPatch: '{"HostNetwork": true}', container: {image: a}}]
        """
    )

    assert found.pod["spec"]["hostNetwork"] is True


def test_repeated_keys() -> None:
    """Of a key that stands twice the last one counts; that is denied."""
    pod = patched("hostNetwork: false\nhostNetwork: true\n")

    assert pod.pod["spec"]["hostNetwork"] is True
    assert ["hostNetwork stands there twice: the last one counts"] == [problem.message for problem in pod.problems]


@pytest.mark.parametrize("text", ["containers: [", "- a", "{hostNetwork: 'yes'}", "containers: [{image: x}]"])
def test_what_is_refused(text: str) -> None:
    """A patch that the controller cannot apply leaves everything open, and is denied."""
    pod = patched(text)

    assert (at("spec"),) == pod.unknown
    assert [True] == [problem.refused for problem in pod.problems]


def test_what_only_the_run_knows() -> None:
    """A value that only the run knows is unknown where it lands, and nowhere else."""
    pod = patched("containers: [{name: main, image: 'x/{{pod.name}}'}]\nhostNetwork: true")

    assert (at("spec", "containers", 1, "image"),) == pod.unknown
    assert pod.pod["spec"]["hostNetwork"] is True


@pytest.mark.parametrize("tag", ["{{steps.x.outputs.result}}", "{{=sprig.b64dec('eA==')}}", "{{lastRetry.message}}"])
def test_texts_of_the_run_may_be_anything(tag: str) -> None:
    """A text that the run puts into a patch may end a quote and go on: then everything is unknown."""
    pod = patched(f'priorityClassName: "{tag}"')

    assert (at("spec"),) == pod.unknown
    assert () == pod.problems


@pytest.mark.parametrize(
    "text", ["{{steps.x.outputs.result}}", '{"priority": {{steps.x.outputs.result}} }', "containers: {{item}}"]
)
def test_what_is_not_complete_is_not_refused(text: str) -> None:
    """Of a patch that only the run completes nobody knows whether it can be applied: it is open, and no finding."""
    pod = patched(text)

    assert ((at("spec"),), ()) == (pod.unknown, pod.problems)


def test_origins() -> None:
    """Of each container it is known who wrote it, where, and which patch changes it."""
    pod = patched(
        {"containers": [{"name": "extra", "image": "x"}, {"name": "wait", "securityContext": None, "tty": True}]}
    )
    origins = {
        pod.pod["spec"]["containers"][int(path[-1])]["name"]: (str(origin.path), origin.authored, str(origin.patched))
        for path, origin in pod.containers.items()
        if path[1] == "containers"
    }
    patch = "spec.templates[0].podSpecPatch"

    assert {
        "extra": (patch, True, patch),
        "wait": ("spec.templates[0]", False, patch),
        "main": ("spec.templates[0].container", True, "None"),
    } == origins
    assert ("spec.templates[0]", patch) == (str(pod.origin.path), str(pod.origin.patched))
