"""For programs: our own JSON, and what code scanners, test reports and GitHub's runners read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote
from xml.etree import ElementTree as xml

import orjson

from admission.model.document import Document
from admission.model.finding import Action
from admission.report.report import Judged, Located, Report

API_VERSION = "argo-admission.io/v1alpha1"

_LEVELS = {Action.DENY: "error", Action.WARN: "warning", Action.AUDIT: "note"}


def json(report: Report) -> str:
    """The LintReport of interfaces.md 3.2."""
    return _dumped(
        {
            "apiVersion": API_VERSION,
            "kind": "LintReport",
            "objects": [_object(judged) for judged in report.objects],
            "findings": [_finding(found) for found in report.findings],
            "summary": {"objects": len(report.objects), "denied": report.denied, "warned": report.warned},
        }
    )


def sarif(report: Report) -> str:
    """SARIF 2.1.0 (OASIS), as code scanning reads it."""
    sources = sorted({found.finding.source for found in report.findings})
    rules = [_rule(report, source) for source in sources]
    driver = {"name": "argo-admission", "rules": rules}
    results = [_result(found, sources.index(found.finding.source)) for found in report.findings]
    return _dumped(
        {
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
        }
    )


def junit(report: Report) -> str:
    """A test suite a file, a test case an object; what denies is a failure, what only warns stands beside it."""
    root = xml.Element("testsuites", name="argo-admission")
    files = dict.fromkeys([judged.file for judged in report.objects] + [found.file for found in report.findings])
    for file in files:
        objects = [judged for judged in report.objects if judged.file == file]
        unread = [found for found in report.findings if found.file == file and found.finding.source == "parse"]
        failed = sum(not judged.allowed for judged in objects)
        counts = {"tests": len(objects) + len(unread), "failures": failed, "errors": len(unread)}
        suite = xml.SubElement(root, "testsuite", {"name": _xml(file), **{k: str(v) for k, v in counts.items()}})
        for judged in objects:
            _test_case(suite, judged, report.of(judged))
        for found in unread:
            case = xml.SubElement(suite, "testcase", classname=_xml(file), name="readable")
            xml.SubElement(case, "error", message=_xml(found.finding.message)).text = _xml(_line(found))
    xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + xml.tostring(root, encoding="unicode") + "\n"


def github(report: Report) -> str:
    """Workflow commands of GitHub's runners, which become annotations of the changed lines."""
    return "".join(f"{_command(found)}\n" for found in report.findings)


def _object(judged: Judged) -> Document:
    return {
        "file": judged.file,
        "document": judged.document,
        "apiVersion": judged.api_version,
        "kind": judged.kind,
        "namespace": judged.namespace,
        "name": judged.name,
        "allowed": judged.allowed,
    }


def _finding(found: Located) -> Document:
    return {
        "file": found.file,
        "document": found.document,
        "line": found.line,
        "column": found.column,
        "source": found.finding.source,
        "action": found.finding.action.value,
        "path": str(found.finding.path),
        "message": found.finding.message,
    }


def _rule(report: Report, source: str) -> Document:
    about: Document = {"id": source, "shortDescription": {"text": report.titles.get(source, source)}}
    return {**about, "help": {"text": report.reasons[source]}} if source in report.reasons else about


def _result(found: Located, rule: int) -> Document:
    physical: Document = {"artifactLocation": {"uri": quote(found.file)}}
    if found.line:
        physical["region"] = {"startLine": found.line, "startColumn": found.column}
    location: Document = {"physicalLocation": physical}
    if found.finding.path:
        location["logicalLocations"] = [{"fullyQualifiedName": str(found.finding.path)}]
    return {
        "ruleId": found.finding.source,
        "ruleIndex": rule,
        "level": _LEVELS[found.finding.action],
        "message": {"text": found.finding.message},
        "locations": [location],
    }


def _test_case(suite: xml.Element, judged: Judged, findings: tuple[Located, ...]) -> None:
    name = f"{judged.kind} {judged.namespace}/{judged.name}" if judged.namespace else f"{judged.kind} {judged.name}"
    case = xml.SubElement(suite, "testcase", classname=_xml(judged.file), name=_xml(name))
    for action, element in ((Action.DENY, "failure"), (Action.WARN, "system-out")):
        chosen = [found for found in findings if found.finding.action is action]
        if not chosen:
            continue
        attributes = {"message": _xml(chosen[0].finding.message)} if element == "failure" else {}
        xml.SubElement(case, element, attributes).text = _xml("\n".join(map(_line, chosen)))


def _line(found: Located) -> str:
    path = f"{found.finding.path}: " if found.finding.path else ""
    return f"{found.place}: {path}{found.finding.message} [{found.finding.source}]"


#: The name of a command for each action: ``::error file=…::message``.
_COMMANDS = {Action.DENY: "error", Action.WARN: "warning", Action.AUDIT: "notice"}


def _command(found: Located) -> str:
    path = f"{found.finding.path}: " if found.finding.path else ""
    properties = ",".join(f"{key}={_property(value)}" for key, value in _properties(found))
    return f"::{_COMMANDS[found.finding.action]} {properties}::{_data(path + found.finding.message)}"


def _properties(found: Located) -> Iterator[tuple[str, str]]:
    yield "file", found.file
    if found.line:
        yield "line", str(found.line)
        yield "col", str(found.column)
    yield "title", found.finding.source


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")


#: Characters that XML 1.0 has no way to write.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _xml(value: str) -> str:
    return _NOT_XML.sub("\ufffd", value)


def _dumped(value: Document) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n"
