"""The pods of each kind of template."""

from __future__ import annotations

import pytest
from projecting import container, mounts, names, one, pods, volumes


def test_container() -> None:
    """A container template becomes a pod with main, wait before it and init before both."""
    pod = one(
        """
        spec:
          entrypoint: main
          templates:
          - name: main
            container: {name: other, image: alpine, env: [{name: A, value: b}]}
            sidecars: [{name: side, image: nginx}]
            initContainers: [{name: first, image: busybox}]
        """
    )

    assert (["wait", "main", "side"], ["init", "first"]) == names(pod)
    assert ("alpine", [{"name": "A", "value": "b"}]) == (container(pod, "main")["image"], container(pod, "main")["env"])
    assert {"/var/run/argo": "var-run-argo", "/tmp": "tmp-dir-argo"} == mounts(pod, "wait")
    assert {"var-run-argo": {"emptyDir": {}}, "tmp-dir-argo": {"emptyDir": {}}} == volumes(pod)
    assert ("step", "local", True, ()) == (pod.purpose, pod.scope, pod.reachable, pod.unknown)


def test_script() -> None:
    """A script is staged by init, and main gets its path as an argument."""
    pod = one("spec: {entrypoint: main, templates: [{name: main, script: {image: python, source: print(1)}}]}")

    assert ["/argo/staging/script"] == container(pod, "main")["args"]
    assert "source" not in container(pod, "main")
    assert "argo-staging" == mounts(pod, "init")["/argo/staging"] == mounts(pod, "wait")["/mainctrfs/argo/staging"]


def test_container_set() -> None:
    """The containers of a set keep their names, and have the mounts of the set."""
    pod = one(
        """
        spec:
          entrypoint: main
          templates:
          - name: main
            containerSet:
              volumeMounts: [{name: work, mountPath: /work}]
              containers: [{name: a, image: x}, {name: b, image: y, dependencies: [a]}]
            volumes: [{name: work, emptyDir: {}}]
        """
    )

    assert ["wait", "a", "b"] == names(pod)[0]
    assert "work" == mounts(pod, "b")["/work"]
    assert "dependencies" not in container(pod, "b")
    assert "b" == pod.pod["metadata"]["annotations"]["kubectl.kubernetes.io/default-container"]


@pytest.mark.parametrize("logs", [False, True])
def test_resource(logs: bool) -> None:
    """A resource template runs the executor, locked down; it waits only where logs are archived."""
    pod = one(
        f"""
        spec:
          entrypoint: main
          archiveLogs: {str(logs).lower()}
          templates: [{{name: main, resource: {{action: create, manifest: x}}}}]
        """,
        controller="artifactRepository: {s3: {bucket: b, endpoint: e}}",
    )
    main = container(pod, "main")

    assert (["wait", "main"] if logs else ["main"]) == names(pod)[0]
    assert (True, 8737) == (main["securityContext"]["readOnlyRootFilesystem"], main["securityContext"]["runAsUser"])
    assert "readOnlyRootFilesystem" not in container(pod, "init")["securityContext"]
    assert not any(origin.authored for origin in pod.containers.values())


def test_data() -> None:
    """A data template runs the executor alone, with the secrets of its source."""
    pod = one(
        """
        spec:
          entrypoint: main
          templates:
          - name: main
            data:
              source: {artifactPaths: {name: x, s3: {bucket: b, accessKeySecret: {name: cred, key: k}}}}
              transformation: [{expression: data}]
        """
    )

    assert (["main"], ["init"]) == names(pod)
    assert "cred" == mounts(pod, "main")["/argo/secret/cred"]


@pytest.mark.parametrize("kind", ["http: {url: 'http://x'}", "plugin: {hello: {}}"])
def test_agent(kind: str) -> None:
    """All http and plugin templates have one pod together, which only the Workflow's own fields shape."""
    found = pods(
        f"""
        spec:
          entrypoint: main
          serviceAccountName: robot
          nodeSelector: {{a: b}}
          templates:
          - name: main
            steps: [[{{name: a, template: ask}}, {{name: b, template: other}}]]
          - {{name: ask, serviceAccountName: ignored, {kind}}}
          - {{name: other, {kind}}}
        """
    )
    (pod,) = found
    spec = pod.pod["spec"]

    assert ("agent", "", (["main"], ["init"])) == (pod.purpose, pod.template, names(pod))
    assert ("robot", False, {"a": "b"}) == (
        spec["serviceAccountName"],
        spec["automountServiceAccountToken"],
        spec["nodeSelector"],
    )
    assert {"secret": {"secretName": "robot.service-account-token"}} == volumes(pod)["kube-api-access-xxxxx"]
    assert "agent" == pod.pod["metadata"]["labels"]["workflows.argoproj.io/component"]


def test_the_patch_of_the_agent() -> None:
    """The agent belongs to no template: of inputs its patch knows nothing, and their tags stay as they are."""
    (pod,) = pods(
        """
        spec:
          entrypoint: main
          podSpecPatch: '{"nodeSelector": {"a": "{{inputs.parameters.x}}", "b": "{{workflow.name}}"}}'
          templates: [{name: main, inputs: {parameters: [{name: x, value: y}]}, http: {url: "http://x"}}]
        """
    )

    assert ({"a": "{{inputs.parameters.x}}", "b": "wf"}, ()) == (pod.pod["spec"]["nodeSelector"], pod.unknown)


def test_artifact_gc() -> None:
    """What is to be deleted is deleted by a pod for each way of doing so; its account wins over the patch."""
    found = pods(
        """
        spec:
          entrypoint: main
          artifactGC:
            strategy: OnWorkflowDeletion
            serviceAccountName: gc
            podSpecPatch: '{serviceAccountName: patched, hostNetwork: true}'
          templates:
          - name: main
            container: {image: alpine}
            outputs:
              artifacts:
              - {name: a, path: /a, s3: {bucket: b, endpoint: e, key: k, accessKeySecret: {name: one, key: k}}}
              - {name: b, path: /b, artifactGC: {strategy: Never}}
              - {name: c, path: /c, artifactGC: {strategy: OnWorkflowCompletion, serviceAccountName: own}}
        """
    )
    collectors = [pod for pod in found if pod.purpose == "artifact-gc"]

    assert ["own", "gc"] == [pod.pod["spec"]["serviceAccountName"] for pod in collectors]
    said = [pod.pod["metadata"]["annotations"] for pod in collectors]
    assert {"workflows.argoproj.io/artifact-gc-strategy": "OnWorkflowCompletion"} == said[0]
    assert [True, True] == [pod.pod["spec"]["hostNetwork"] for pod in collectors]
    assert {"one"} == set(volumes(collectors[1]))
    assert "spec.artifactGC.podSpecPatch" == str(collectors[0].origin.patched)


@pytest.mark.parametrize(("version", "made"), [("4.1", "supervisor"), ("4.0", "wait")])
def test_without_init(version: str, made: str) -> None:
    """From 4.1 on pods may do without init: a supervisor does its work, and a volume brings the executor."""
    pod = one(
        """
        spec:
          entrypoint: main
          templates:
          - name: main
            script: {image: a, source: x}
            initContainers: [{name: own, image: b}]
        """,
        controller="initlessPod: {enabled: true}",
        version=version,
    )

    assert [made, "main"] == names(pod)[0]
    assert (["own"] if made == "supervisor" else ["init", "own"]) == names(pod)[1]
    assert ("argoexec-bin" in volumes(pod)) == (made == "supervisor") == ("/argo-bin" in mounts(pod, "main"))
    assert "argo-staging" == mounts(pod, "supervisor" if made == "supervisor" else "init")["/argo/staging"]


def test_plugins_by_artifact() -> None:
    """What has no plugin of its own counts for that of the archive's location; each has a container, in their order."""
    pod = one(
        """
        spec:
          entrypoint: main
          templates:
          - name: main
            archiveLocation: {plugin: {name: zip, configuration: c, key: k}}
            inputs:
              artifacts:
              - {name: a, path: /a, git: {repo: r}}
              - {name: b, path: /b, plugin: {name: all, configuration: c, key: k}}
            outputs: {artifacts: [{name: o, path: /o}]}
            container: {image: a}
        """,
        controller="artifactDrivers: [{name: zip, image: z}, {name: all, image: a}]",
    )

    assert (["wait", "main", "artifact-plugin-zip"], ["init", "init-artifact-zip", "init-artifact-all"]) == names(pod)


def test_an_inline_template_in_another_letter_case() -> None:
    """What Argo reads below a step in whatever case becomes a pod, too."""
    (pod,) = pods(
        """
        spec:
          entrypoint: main
          templates:
          - name: main
            steps: [[{name: a, inline: {Container: {Image: b, SecurityContext: {Privileged: true}}}}]]
        """
    )

    assert ("b", {"privileged": True}) == (container(pod, "main")["image"], container(pod, "main")["securityContext"])


def test_no_pods() -> None:
    """Steps, tasks and waiting have no pods of their own."""
    assert () == pods(
        """
        spec:
          entrypoint: main
          templates:
          - {name: main, dag: {tasks: [{name: a, template: wait}]}}
          - {name: wait, suspend: {}}
        """
    )


def test_what_nothing_runs() -> None:
    """Templates that nothing runs have their pods, too, and are said to be unreachable."""
    found = pods(
        """
        spec:
          entrypoint: main
          templates:
          - {name: main, container: {image: a}}
          - {name: spare, steps: [[{name: x, template: deep}]]}
          - {name: deep, container: {image: b}}
          - {name: never, steps: [[{name: x, template: main, when: "1 == 2"}]]}
        """
    )

    assert [("main", True), ("deep", False)] == [(pod.template, pod.reachable) for pod in found]
