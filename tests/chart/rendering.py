"""
The chart as helm renders it, for every set of values in ``values/``.

    python tests/chart/rendering.py

writes ``golden/`` anew: what the default values give, and how what the other sets give differs from that.
"""

from __future__ import annotations

import difflib
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from admission.cli.demo.go import HELM, built

HERE = Path(__file__).parent
CHART = HERE.parents[1] / "charts" / "argo-admission"
GOLDEN = HERE / "golden"
SETS = {file.stem: file for file in sorted((HERE / "values").glob("*.yaml"))}

RELEASE, NAMESPACE = "argo-admission", "platform"

#: The oldest Kubernetes that the chart takes, and the one that the tests have.
OLDEST, NEWEST = "1.30.0", "1.36.0"

#: What the labels of every object begin with.
LABELS = (
    "helm.sh/chart",
    *(f"app.kubernetes.io/{end}" for end in ("instance", "managed-by", "name", "part-of", "version")),
)

Object = dict[str, Any]


class Refused(Exception):
    """Helm renders nothing."""


def render(helm: Path, *flags: str, release: str = RELEASE, version: str = NEWEST) -> list[Object]:
    """The objects of the chart; ``Refused`` with what helm says where there are none."""
    command = [str(helm), "template", release, str(CHART), "--namespace", NAMESPACE, "--kube-version", version, *flags]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(done.stderr)
    return [document for document in yaml.safe_load_all(done.stdout) if document]


def rendered(helm: Path) -> dict[str, list[Object]]:
    """The objects of each of the sets."""
    return {name: render(helm, "--values", str(file)) for name, file in SETS.items()}


def one(objects: Iterable[Object], kind: str, end: str = "") -> Object:
    """The one object of *kind* whose name ends so."""
    [found] = [each for each in objects if each["kind"] == kind and each["metadata"]["name"].endswith(end)]
    return found


def configuration(objects: Iterable[Object]) -> bytes:
    """The configuration of ``serve`` among *objects*."""
    text: str = next(each for each in objects if each["kind"] == "ConfigMap" and "configuration.yaml" in each["data"])[
        "data"
    ]["configuration.yaml"]
    return text.encode()


def texts(objects: Iterable[Object]) -> dict[str, str]:
    """Each object as YAML by its kind and name, without what is compared elsewhere: our labels, and files of ours."""
    return {f"{each['kind']} {each['metadata']['name']}": _text_of(each) for each in objects}


def golden(charts: Mapping[str, Sequence[Object]], values: str) -> tuple[Path, str]:
    """The golden file of one of the sets, and what it should say."""
    found, default = texts(charts[values]), texts(charts["default"])
    if values == "default":
        return GOLDEN / "default.yaml", "---\n".join(f"# {name}\n{found[name]}" for name in sorted(found))
    return GOLDEN / f"{values}.diff", "\n".join(_differences(default, found)) + "\n"


def _differences(default: Mapping[str, str], found: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({*default, *found}):
        if name not in found:
            yield f"- {name}"
        elif name not in default:
            yield f"+ {name}"
            yield from (f"+   {line}" for line in found[name].splitlines())
        elif default[name] != found[name]:
            yield f"~ {name}"
            lines = list(difflib.unified_diff(default[name].splitlines(), found[name].splitlines(), lineterm="", n=2))
            # Where a change stands says nothing: what stands around it does.
            yield from ("  @@" if line.startswith("@@") else f"  {line}" for line in lines[2:])


def _text_of(document: Object) -> str:
    if document["kind"] == "CustomResourceDefinition":
        document = {"metadata": document["metadata"]}
    if "argo-admission.json" in document.get("data", {}):
        document = {**document, "data": {"argo-admission.json": "files/dashboard.json"}}
    return yaml.dump(_without_labels(document), Dumper=_Dumper, sort_keys=False, width=120)


def _without_labels(document: Object) -> Object:
    """*document* without the labels that every object of the release has."""
    metadata = document["metadata"]
    labels = {key: value for key, value in metadata["labels"].items() if not key.startswith(LABELS)}
    return {**document, "metadata": {**{key: metadata[key] for key in metadata if key != "labels"}, **_if(labels)}}


def _if(labels: Mapping[str, str]) -> Object:
    return {"labels": labels} if labels else {}


class _Dumper(yaml.SafeDumper):
    """Text of several lines as a block."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


if __name__ == "__main__":
    everything = rendered(built(HELM))
    for name in SETS:
        file, content = golden(everything, name)
        file.write_text(content)
