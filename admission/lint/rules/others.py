"""The rules on the kinds that Argo's validator does not look at: what its server, agent and controller do with them."""

from __future__ import annotations

from admission.lint.rules.artifactgctask_location import artifactgctask_location
from admission.lint.rules.taskresult_phase import taskresult_phase
from admission.lint.rules.taskresult_workflow import taskresult_workflow
from admission.lint.rules.taskset_owner import taskset_owner
from admission.lint.rules.taskset_template_type import taskset_template_type
from admission.lint.rules.wfeb_argument_unknown import wfeb_argument_unknown
from admission.lint.rules.wfeb_artifacts_ignored import wfeb_artifacts_ignored
from admission.lint.rules.wfeb_metadata_expr import wfeb_metadata_expr
from admission.lint.rules.wfeb_param_expr import wfeb_param_expr
from admission.lint.rules.wfeb_param_valuefrom import wfeb_param_valuefrom
from admission.lint.rules.wfeb_reserved_metadata import wfeb_reserved_metadata
from admission.lint.rules.wfeb_selector import wfeb_selector
from admission.lint.rules.wfeb_selector_constant import wfeb_selector_constant
from admission.lint.rules.wfeb_template import wfeb_template

#: In the order of their page.
OTHERS = (
    wfeb_selector,
    wfeb_selector_constant,
    wfeb_template,
    wfeb_param_valuefrom,
    wfeb_param_expr,
    wfeb_argument_unknown,
    wfeb_artifacts_ignored,
    wfeb_metadata_expr,
    wfeb_reserved_metadata,
    taskset_owner,
    taskset_template_type,
    taskresult_workflow,
    taskresult_phase,
    artifactgctask_location,
)
