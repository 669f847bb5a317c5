"""
Everything this package raises.

AdmissionError
├── MalformedReview      the caller sent something that is not an AdmissionReview: 400
├── MalformedSource      a text is not YAML or JSON, or is too costly to read: a finding of source ``parse``
├── ConfigurationError   a configuration, flag or file cannot be used as it is written: exit status 2
├── PolicyError          a policy cannot be used as it is written: shown in its status
├── LanguageError        a text is not of the little language that it should be: a finding of the rule that asked
├── EvaluationError      an expression failed on this document: the failurePolicy decides
├── MergeError           two documents cannot be merged: Argo's controller would stop here, too
├── TooLarge             what an object becomes is more than can be looked at: a finding that denies
└── ClusterError         the cluster did not answer, or not in time: a failure of ours (interfaces.md 4)
    └── NotSynced        the catalog is not complete yet

A document that breaks a rule is no error: it is a Finding.
"""

from __future__ import annotations


class AdmissionError(Exception):
    """The root of the tree."""


class MalformedReview(AdmissionError):
    """The caller sent something that is not an AdmissionReview."""


class MalformedSource(AdmissionError):
    """A text that is not YAML or JSON. *line* and *column* count from 1; 0 where they are not known."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class ConfigurationError(AdmissionError):
    """A configuration, flag or file cannot be used as it is written."""


class PolicyError(AdmissionError):
    """A policy cannot be used as it is written."""


class LanguageError(AdmissionError):
    """A text is not of the language that it should be (``argo/languages``). *offset* counts characters from 0."""

    def __init__(self, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.offset = offset


class EvaluationError(AdmissionError):
    """An expression failed on this document."""


class MergeError(AdmissionError):
    """Two documents cannot be merged. *steps* lead to the place, from the document that was given."""

    def __init__(self, message: str, steps: tuple[str | int, ...] = ()) -> None:
        super().__init__(message)
        self.steps = steps


class TooLarge(AdmissionError):
    """What an object becomes is too large to be looked at: more than any cluster would store."""


class ClusterError(AdmissionError):
    """The cluster did not answer, or not in time."""


class NotSynced(ClusterError):
    """The catalog is not complete yet."""
