"""Whose word counts for each field of a pod."""

from __future__ import annotations

import pytest
from projecting import container, mounts, names, one, pods, volumes

BOUNDARY = """
spec:
  entrypoint: outer
  nodeSelector: {{from: spec}}
  tolerations: [{{key: spec}}]
  podPriorityClassName: spec
  securityContext: {{runAsUser: 1, fsGroup: 2}}
  hostAliases: [{{ip: 1.1.1.1}}]
  templates:
  - {{name: outer, steps: [[{{name: a, template: around}}]], nodeSelector: {{from: grandparent}}}}
  - {{name: around, steps: [[{{name: a, template: main}}]], {around}}}
  - {{name: main, container: {{image: x}}, {own}}}
"""


@pytest.mark.parametrize(
    ("around", "own", "expected"),
    [
        ("parallelism: 1", "timeout: 5s", {"from": "spec"}),
        ("nodeSelector: {a: b}", "timeout: 5s", {"a": "b"}),
        ("nodeSelector: {a: b}", "nodeSelector: {c: d}", {"c": "d"}),
        ("nodeSelector: {a: b}", "nodeSelector: {}", {"a": "b"}),
    ],
)
def test_scheduling(around: str, own: str, expected: dict[str, str]) -> None:
    """Scheduling is the template's, else that of the steps directly around it, else the Workflow's; never a mixture."""
    assert expected == one(BOUNDARY.format(around=around, own=own)).pod["spec"]["nodeSelector"]


def test_pod_fields() -> None:
    """A template's security context replaces the whole of the Workflow's; host aliases add up."""
    own = "securityContext: {runAsUser: 3}, hostAliases: [{ip: 2.2.2.2}], priorityClassName: own"
    spec = one(BOUNDARY.format(around="parallelism: 1", own=own)).pod["spec"]

    assert ({"runAsUser": 3}, "own") == (spec["securityContext"], spec["priorityClassName"])
    assert ["1.1.1.1", "2.2.2.2"] == [alias["ip"] for alias in spec["hostAliases"]]


CONTROLLER = """
executor:
  image: registry/argoexec
  imagePullPolicy: Always
  resources: {limits: {cpu: 1}}
  securityContext: {runAsNonRoot: true}
mainContainer:
  image: fallback
  resources: {limits: {cpu: 2, memory: 1Gi}}
  securityContext: {runAsUser: 5}
"""


def test_defaults_of_the_controller() -> None:
    """Main gets what ``mainContainer`` says and it lacks; wait and init get ``executor``; sidecars get nothing."""
    pod = one(
        """
        spec:
          entrypoint: main
          templates:
          - name: main
            container: {image: a, resources: {limits: {cpu: 8}}}
            sidecars: [{name: side, image: b}]
        """,
        controller=CONTROLLER,
    )

    assert {"cpu": 8, "memory": "1Gi"} == container(pod, "main")["resources"]["limits"]
    assert {"runAsUser": 5} == container(pod, "main")["securityContext"]
    for name in ("wait", "init"):
        assert ("registry/argoexec", "Always") == (
            container(pod, name)["image"],
            container(pod, name)["imagePullPolicy"],
        )
        assert {"limits": {"cpu": 1}} == container(pod, name)["resources"]
    assert {"name", "image", "volumeMounts"} == set(container(pod, "side"))


def test_template_defaults() -> None:
    """``templateDefaults`` reach every template, wherever it comes from; those of a referenced object do not count."""
    found = pods(
        """
        spec:
          entrypoint: main
          templateDefaults: {container: {imagePullPolicy: Never}, script: {image: other}, serviceAccountName: ours}
          templates:
          - name: main
            steps:
            - - {name: a, templateRef: {name: lib, template: work}}
              - {name: b, inline: {container: {image: inline}}}
        ---
        kind: WorkflowTemplate
        metadata: {name: lib}
        spec:
          serviceAccountName: theirs
          templateDefaults: {container: {workingDir: /theirs}}
          templates: [{name: work, container: {image: lib}}]
        """
    )

    assert {"lib", "inline"} == {container(pod, "main")["image"] for pod in found}
    for pod in found:
        assert ("Never", "ours") == (container(pod, "main")["imagePullPolicy"], pod.pod["spec"]["serviceAccountName"])
        assert "workingDir" not in container(pod, "main")


def test_template_defaults_leak() -> None:
    """Argo reads the merge into the template: an element has what the one at its index had before, too."""
    pod = one(
        """
        spec:
          entrypoint: main
          templateDefaults:
            container: {env: [{name: A, value: a}, {name: B, value: b}]}
          templates:
          - name: main
            container: {image: x, env: [{name: B, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]}
        """
    )

    source = {"fieldRef": {"fieldPath": "metadata.name"}}
    assert [
        {"name": "A", "value": "a", "valueFrom": source},
        {"name": "B", "value": "b", "valueFrom": source},
    ] == container(pod, "main")["env"]


@pytest.mark.parametrize(("version", "expected"), [("4.0", "pod"), ("4.1", "template")])
def test_metadata(version: str, expected: str) -> None:
    """In 4.0 the Workflow's podMetadata goes over the template's own metadata, since 4.1 under it."""
    pod = one(
        """
        spec:
          entrypoint: main
          podMetadata: {labels: {a: pod, b: pod}}
          podGC: {strategy: OnPodSuccess, deleteDelayDuration: 90s}
          templates:
          - name: main
            metadata: {labels: {a: template, workflows.argoproj.io/completed: "true"}}
            container: {image: a}
        """,
        version=version,
        controller="instanceID: mine",
    )

    assert {
        "a": expected,
        "b": "pod",
        "workflows.argoproj.io/workflow": "wf",
        "workflows.argoproj.io/completed": "true",
        "workflows.argoproj.io/controller-instanceid": "mine",
    } == pod.pod["metadata"]["labels"]
    assert "OnPodSuccess/1m30s" == pod.pod["metadata"]["annotations"]["workflows.argoproj.io/pod-gc-strategy"]


def test_exit_handlers() -> None:
    """The pods of exit handlers are marked, and do without the deadline of the Workflow."""
    found = pods(
        """
        spec:
          entrypoint: main
          activeDeadlineSeconds: 5
          onExit: bye
          templates: [{name: main, container: {image: a}}, {name: bye, container: {image: b}}]
        """
    )
    marked = {pod.template: "workflows.argoproj.io/on-exit" in pod.pod["metadata"]["labels"] for pod in found}

    assert {"main": False, "bye": True} == marked
    assert [False] == ["activeDeadlineSeconds" in pod.pod["spec"] for pod in found if pod.template == "bye"]


def test_volumes_of_the_workflow() -> None:
    """Volumes and claims of the Workflow are in the pods that mount them; the template's own go first."""
    pod = one(
        """
        spec:
          entrypoint: main
          volumes: [{name: a, emptyDir: {}}, {name: b, emptyDir: {}}, {name: c, hostPath: {path: /spec}}]
          volumeClaimTemplates: [{metadata: {name: claim}}]
          templates:
          - name: main
            volumes: [{name: c, hostPath: {path: /own}}]
            container:
              image: x
              volumeMounts: [{name: a, mountPath: /a}, {name: c, mountPath: /c}, {name: claim, mountPath: /d}]
        """
    )

    assert {"var-run-argo", "tmp-dir-argo", "a", "c", "claim"} == set(volumes(pod))
    assert {"path": "/own"} == volumes(pod)["c"]["hostPath"]
    assert {"claimName": "wf-claim"} == volumes(pod)["claim"]["persistentVolumeClaim"]
    assert {"/mainctrfs/a", "/mainctrfs/c", "/mainctrfs/d"} <= set(mounts(pod, "wait"))


def test_artifacts() -> None:
    """Credentials of artifacts are mounted where the executor works, inputs in main, unless a volume is there."""
    pod = one(
        """
        spec:
          entrypoint: main
          arguments:
            artifacts: [{name: given, s3: {bucket: b, endpoint: e, key: k, accessKeySecret: {name: s, key: k}}}]
          templates:
          - name: main
            inputs:
              artifacts:
              - {name: given, path: /in/given}
              - {name: below, path: /work/below, git: {repo: r, passwordSecret: {name: g, key: p}}}
              - {name: plugged, path: /in/plugged, plugin: {name: p, configuration: c, key: k}}
              - {name: none, path: /in/none, optional: true}
            outputs: {artifacts: [{name: out, path: /out}]}
            container: {image: x, volumeMounts: [{name: v, mountPath: /work}]}
            sidecars: [{name: mirror, image: y, mirrorVolumeMounts: true}]
            volumes: [{name: v, emptyDir: {}}]
        """,
        controller="""
        artifactRepository: {gcs: {bucket: b, serviceAccountKeySecret: {name: repo, key: json}}}
        artifactDrivers: [{name: p, image: driver}]
        """,
    )

    assert {"s", "g", "repo"} <= set(volumes(pod))
    assert {"/argo/secret/s", "/argo/secret/g", "/argo/secret/repo"} <= set(mounts(pod, "init")) & set(
        mounts(pod, "wait")
    )
    assert {"/work", "/in/given", "/in/plugged", "/var/run/argo"} == set(mounts(pod, "main"))
    assert set(mounts(pod, "main")) == set(mounts(pod, "mirror"))
    assert ["init", "init-artifact-p"] == names(pod)[1]
    assert "driver" == container(pod, "init-artifact-p")["image"]


@pytest.mark.parametrize(
    ("options", "secret"),
    [("{serverSideCustomerKeySecret: {name: sse, key: k}}", False),
     ("{enableEncryption: true, serverSideCustomerKeySecret: {name: sse, key: k}}", True)],
)  # fmt: skip
def test_keys_of_the_customer(options: str, secret: bool) -> None:
    """S3 encrypts with a key of the customer only once it is told to."""
    pod = one(
        f"""
        spec:
          entrypoint: main
          templates:
          - name: main
            inputs:
              artifacts: [{{name: a, path: /a, s3: {{bucket: b, endpoint: e, key: k, encryptionOptions: {options}}}}}]
            container: {{image: x}}
        """
    )

    assert secret == ("sse" in volumes(pod))


def test_what_data_templates_read() -> None:
    """What does not say where it is, is in the repository: what a data template reads, too."""
    pod = one(
        """
        spec:
          entrypoint: main
          templates:
          - name: main
            data:
              source: {artifactPaths: {name: a, s3: {key: k}}}
              transformation: [{expression: data}]
        """,
        controller="artifactRepository: {gcs: {bucket: b, serviceAccountKeySecret: {name: repo, key: json}}}",
    )

    assert "repo" in volumes(pod)


@pytest.mark.parametrize(
    ("reference", "secret"),
    [("", "first"), ("artifactRepositoryRef: {key: other}", "second")],
    ids=["default", "other"],
)
def test_repositories_of_the_namespace(reference: str, secret: str) -> None:
    """The namespace's default repository goes before the controller's, one that is referred to before both."""
    pod = one(
        f"""
        spec:
          entrypoint: main
          {reference or "parallelism: 1"}
          templates: [{{name: main, outputs: {{artifacts: [{{name: a, path: /a}}]}}, container: {{image: x}}}}]
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: artifact-repositories
          annotations: {{workflows.argoproj.io/default-artifact-repository: own}}
        data:
          own: "gcs: {{bucket: b, serviceAccountKeySecret: {{name: first, key: k}}}}"
          other: "gcs: {{bucket: b, serviceAccountKeySecret: {{name: second, key: k}}}}"
        """,
        controller="artifactRepository: {gcs: {bucket: b, serviceAccountKeySecret: {name: controllers, key: k}}}",
    )

    assert {"controllers", "first", "second"} & set(volumes(pod)) == {secret}


def test_the_timeout_comes_last() -> None:
    """The timeout of a template is the deadline of its pod even where another one is shorter."""
    pod = one(
        """
        spec:
          entrypoint: main
          activeDeadlineSeconds: 5
          templates: [{name: main, activeDeadlineSeconds: 10, timeout: 1m, container: {image: a}}]
        """
    )

    assert 60 == pod.pod["spec"]["activeDeadlineSeconds"]


@pytest.mark.parametrize(
    ("account", "secret"),
    [
        ({"secrets": [{"name": "listed"}]}, "listed"),
        (
            {"metadata": {"name": "exec", "annotations": {"workflows.argoproj.io/service-account-token.name": "said"}}},
            "said",
        ),
        ({}, "exec.service-account-token"),
    ],
)
def test_token_of_the_executor(account: dict[str, object], secret: str) -> None:
    """The executor's own account shows in a volume with its token, for the executor's containers alone."""
    import json

    document = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "exec"}, **account}
    pod = one(
        f"""
        spec:
          entrypoint: main
          serviceAccountName: robot
          automountServiceAccountToken: false
          executor: {{serviceAccountName: exec}}
          templates: [{{name: main, container: {{image: a}}}}]
        ---
        {json.dumps(document)}
        """
    )

    assert {"secret": {"secretName": secret}} == volumes(pod)["exec-sa-token"]
    assert ("robot", False) == (pod.pod["spec"]["serviceAccountName"], pod.pod["spec"]["automountServiceAccountToken"])
    assert "exec-sa-token" in mounts(pod, "wait").values()
    assert "exec-sa-token" not in mounts(pod, "main").values()


def test_artifacts_of_other_steps() -> None:
    """An artifact that another step makes is where that puts it, and needs the credentials for that place."""
    pod = one(
        """
        spec:
          entrypoint: outer
          templates:
          - name: outer
            steps:
            - - {name: make, template: inner}
            - - name: use
                template: main
                arguments: {artifacts: [{name: a, from: "{{steps.make.outputs.artifacts.o}}"}]}
          - name: inner
            outputs: {artifacts: [{name: o, from: "{{steps.x.outputs.artifacts.p}}"}]}
            steps: [[{name: x, template: work}]]
          - name: work
            container: {image: a}
            outputs:
              artifacts: [{name: p, path: /p, gcs: {bucket: b, key: k, serviceAccountKeySecret: {name: cred, key: j}}}]
          - name: main
            inputs: {artifacts: [{name: a, path: /a}]}
            container: {image: b}
        """
    )

    assert "cred" == mounts(pod, "init")["/argo/secret/cred"]
    assert "input-artifacts" == mounts(pod, "main")["/a"]
