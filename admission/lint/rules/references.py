"""The rules on templates, arguments and variables that Argo itself has. In the order of their page."""

from __future__ import annotations

from admission.lint.rules.arg_artifact_both_from import arg_artifact_both_from
from admission.lint.rules.arg_artifact_source import arg_artifact_source
from admission.lint.rules.arg_enum_empty import arg_enum_empty
from admission.lint.rules.arg_enum_membership import arg_enum_membership
from admission.lint.rules.arg_enum_value_required import arg_enum_value_required
from admission.lint.rules.arg_value_required import arg_value_required
from admission.lint.rules.arg_valuefrom_kind import arg_valuefrom_kind
from admission.lint.rules.dag_missing_dependency import dag_missing_dependency
from admission.lint.rules.entrypoint_required import entrypoint_required
from admission.lint.rules.input_artifact_supplied import input_artifact_supplied
from admission.lint.rules.input_param_supplied import input_param_supplied
from admission.lint.rules.ref_both import ref_both
from admission.lint.rules.ref_name_required import ref_name_required
from admission.lint.rules.ref_none import ref_none
from admission.lint.rules.ref_not_found import ref_not_found
from admission.lint.rules.ref_template_required import ref_template_required
from admission.lint.rules.ref_undefined import ref_undefined
from admission.lint.rules.subst_expr_cross import subst_expr_cross
from admission.lint.rules.subst_json import subst_json
from admission.lint.rules.subst_unclosed import subst_unclosed
from admission.lint.rules.var_unresolved import var_unresolved
from admission.lint.rules.wftref_not_found import wftref_not_found
from admission.lint.rules.wftref_templates_forbidden import wftref_templates_forbidden

#: See ``admission/argo/variables.py``, which does the work.
REFERENCES = (
    var_unresolved,
    input_param_supplied,
    input_artifact_supplied,
    subst_json,
    subst_expr_cross,
    subst_unclosed,
    ref_none,
    ref_both,
    ref_name_required,
    ref_template_required,
    ref_not_found,
    ref_undefined,
    wftref_not_found,
    wftref_templates_forbidden,
    entrypoint_required,
    arg_value_required,
    arg_valuefrom_kind,
    arg_enum_empty,
    arg_enum_value_required,
    arg_enum_membership,
    arg_artifact_source,
    arg_artifact_both_from,
    dag_missing_dependency,
)
