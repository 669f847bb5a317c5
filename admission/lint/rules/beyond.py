"""The rules beyond Argo's own: what its linter is content with, and the run is not. In the order of their page."""

from __future__ import annotations

from admission.lint.rules.deprecated_field import deprecated_field
from admission.lint.rules.ignored_rule_unknown import ignored_rule_unknown
from admission.lint.rules.parameter_value_lost import parameter_value_lost
from admission.lint.rules.retry_variable_without_retry import retry_variable_without_retry
from admission.lint.rules.rt_artifact_archive_multi import rt_artifact_archive_multi
from admission.lint.rules.rt_artifact_from import rt_artifact_from
from admission.lint.rules.rt_artifact_from_missing import rt_artifact_from_missing
from admission.lint.rules.rt_artifact_key_collision import rt_artifact_key_collision
from admission.lint.rules.rt_artifact_location_multi import rt_artifact_location_multi
from admission.lint.rules.rt_artifact_repo import rt_artifact_repo
from admission.lint.rules.rt_artifactgc import rt_artifactgc
from admission.lint.rules.rt_automount import rt_automount
from admission.lint.rules.rt_completed_label import rt_completed_label
from admission.lint.rules.rt_configmap_param import rt_configmap_param
from admission.lint.rules.rt_container_name import rt_container_name
from admission.lint.rules.rt_containerset_image import rt_containerset_image
from admission.lint.rules.rt_containerset_retry import rt_containerset_retry
from admission.lint.rules.rt_cron_duplicate import rt_cron_duplicate
from admission.lint.rules.rt_cron_impossible import rt_cron_impossible
from admission.lint.rules.rt_cron_metadata import rt_cron_metadata
from admission.lint.rules.rt_cron_multi_tz import rt_cron_multi_tz
from admission.lint.rules.rt_cron_stop import rt_cron_stop
from admission.lint.rules.rt_cron_subminute import rt_cron_subminute
from admission.lint.rules.rt_cron_when import rt_cron_when
from admission.lint.rules.rt_dag_no_dependency import rt_dag_no_dependency
from admission.lint.rules.rt_data import rt_data
from admission.lint.rules.rt_deadline_zero import rt_deadline_zero
from admission.lint.rules.rt_depends_digit import rt_depends_digit
from admission.lint.rules.rt_depends_reserved import rt_depends_reserved
from admission.lint.rules.rt_depends_syntax import rt_depends_syntax
from admission.lint.rules.rt_displayname import rt_displayname
from admission.lint.rules.rt_dynamic_template_missing import rt_dynamic_template_missing
from admission.lint.rules.rt_empty_steps import rt_empty_steps
from admission.lint.rules.rt_expression_literal import rt_expression_literal
from admission.lint.rules.rt_global_supplied import rt_global_supplied
from admission.lint.rules.rt_globalname_duplicate import rt_globalname_duplicate
from admission.lint.rules.rt_handler_held_up import rt_handler_held_up
from admission.lint.rules.rt_hook_expression_invalid import rt_hook_expression_invalid
from admission.lint.rules.rt_hook_expression_missing import rt_hook_expression_missing
from admission.lint.rules.rt_hook_input_unsupplied import rt_hook_input_unsupplied
from admission.lint.rules.rt_hook_template_undefined import rt_hook_template_undefined
from admission.lint.rules.rt_http import rt_http
from admission.lint.rules.rt_http_output import rt_http_output
from admission.lint.rules.rt_input_enum import rt_input_enum
from admission.lint.rules.rt_item_key_missing import rt_item_key_missing
from admission.lint.rules.rt_item_outside_loop import rt_item_outside_loop
from admission.lint.rules.rt_later_ref_expression import rt_later_ref_expression
from admission.lint.rules.rt_loop_scalar_ref import rt_loop_scalar_ref
from admission.lint.rules.rt_memoize_cache import rt_memoize_cache
from admission.lint.rules.rt_memoize_configmap import rt_memoize_configmap
from admission.lint.rules.rt_memoize_key import rt_memoize_key
from admission.lint.rules.rt_memoize_maxage import rt_memoize_maxage
from admission.lint.rules.rt_metrics_conflict import rt_metrics_conflict
from admission.lint.rules.rt_metrics_spec import rt_metrics_spec
from admission.lint.rules.rt_mount_collision import rt_mount_collision
from admission.lint.rules.rt_name_loop_paren import rt_name_loop_paren
from admission.lint.rules.rt_output_expression import rt_output_expression
from admission.lint.rules.rt_output_ref_unbraced import rt_output_ref_unbraced
from admission.lint.rules.rt_parallel_daemon import rt_parallel_daemon
from admission.lint.rules.rt_parallelism_nonpositive import rt_parallelism_nonpositive
from admission.lint.rules.rt_pdb import rt_pdb
from admission.lint.rules.rt_pod_fields import rt_pod_fields
from admission.lint.rules.rt_pod_labels import rt_pod_labels
from admission.lint.rules.rt_podgc_delay import rt_podgc_delay
from admission.lint.rules.rt_podspecpatch import rt_podspecpatch
from admission.lint.rules.rt_podspecpatch_keys import rt_podspecpatch_keys
from admission.lint.rules.rt_recursion import rt_recursion
from admission.lint.rules.rt_relative_path import rt_relative_path
from admission.lint.rules.rt_resource_conditions import rt_resource_conditions
from admission.lint.rules.rt_resource_delete_extra import rt_resource_delete_extra
from admission.lint.rules.rt_resource_get_manifest import rt_resource_get_manifest
from admission.lint.rules.rt_resource_jq import rt_resource_jq
from admission.lint.rules.rt_resource_object import rt_resource_object
from admission.lint.rules.rt_resource_ownerref import rt_resource_ownerref
from admission.lint.rules.rt_resources import rt_resources
from admission.lint.rules.rt_retry_backoff_duration import rt_retry_backoff_duration
from admission.lint.rules.rt_retry_expression import rt_retry_expression
from admission.lint.rules.rt_retry_numbers import rt_retry_numbers
from admission.lint.rules.rt_retry_policy_spec import rt_retry_policy_spec
from admission.lint.rules.rt_retry_suspend import rt_retry_suspend
from admission.lint.rules.rt_retry_unlimited import rt_retry_unlimited
from admission.lint.rules.rt_script_source import rt_script_source
from admission.lint.rules.rt_self_ref import rt_self_ref
from admission.lint.rules.rt_sequence import rt_sequence
from admission.lint.rules.rt_shutdown_value import rt_shutdown_value
from admission.lint.rules.rt_sibling_ref import rt_sibling_ref
from admission.lint.rules.rt_skipped_output import rt_skipped_output
from admission.lint.rules.rt_status_supplied import rt_status_supplied
from admission.lint.rules.rt_steps_output_value import rt_steps_output_value
from admission.lint.rules.rt_suspend_duration import rt_suspend_duration
from admission.lint.rules.rt_suspend_output_source import rt_suspend_output_source
from admission.lint.rules.rt_suspend_output_value import rt_suspend_output_value
from admission.lint.rules.rt_suspend_supplied_default import rt_suspend_supplied_default
from admission.lint.rules.rt_sync_configmap import rt_sync_configmap
from admission.lint.rules.rt_sync_deadlock import rt_sync_deadlock
from admission.lint.rules.rt_sync_duplicate import rt_sync_duplicate
from admission.lint.rules.rt_sync_name import rt_sync_name
from admission.lint.rules.rt_sync_null import rt_sync_null
from admission.lint.rules.rt_sync_source import rt_sync_source
from admission.lint.rules.rt_template_defaults import rt_template_defaults
from admission.lint.rules.rt_template_name_case import rt_template_name_case
from admission.lint.rules.rt_timeout_format import rt_timeout_format
from admission.lint.rules.rt_ttl import rt_ttl
from admission.lint.rules.rt_unresolved_literal import rt_unresolved_literal
from admission.lint.rules.rt_unused_argument import rt_unused_argument
from admission.lint.rules.rt_vct_name import rt_vct_name
from admission.lint.rules.rt_vct_spec import rt_vct_spec
from admission.lint.rules.rt_volume_duplicate import rt_volume_duplicate
from admission.lint.rules.rt_volume_undefined import rt_volume_undefined
from admission.lint.rules.rt_volumeclaimgc import rt_volumeclaimgc
from admission.lint.rules.rt_wfmeta_label import rt_wfmeta_label
from admission.lint.rules.rt_wfmeta_labelsfrom import rt_wfmeta_labelsfrom
from admission.lint.rules.rt_wft_nested_ref import rt_wft_nested_ref
from admission.lint.rules.rt_when_empty_operand import rt_when_empty_operand
from admission.lint.rules.rt_when_not_bool import rt_when_not_bool
from admission.lint.rules.rt_when_syntax import rt_when_syntax
from admission.lint.rules.rt_withparam_literal import rt_withparam_literal
from admission.lint.rules.rt_withparam_source import rt_withparam_source
from admission.lint.rules.unchecked_part import unchecked_part

BEYOND = (
    rt_hook_template_undefined,
    rt_hook_input_unsupplied,
    rt_hook_expression_missing,
    rt_hook_expression_invalid,
    rt_sibling_ref,
    rt_self_ref,
    rt_dag_no_dependency,
    rt_later_ref_expression,
    rt_skipped_output,
    rt_depends_syntax,
    rt_depends_digit,
    rt_depends_reserved,
    rt_when_syntax,
    rt_when_not_bool,
    rt_when_empty_operand,
    rt_item_outside_loop,
    rt_item_key_missing,
    rt_withparam_literal,
    rt_withparam_source,
    rt_sequence,
    rt_loop_scalar_ref,
    rt_name_loop_paren,
    rt_recursion,
    rt_empty_steps,
    rt_parallelism_nonpositive,
    rt_handler_held_up,
    rt_dynamic_template_missing,
    rt_deadline_zero,
    rt_unused_argument,
    rt_input_enum,
    rt_steps_output_value,
    rt_suspend_output_value,
    rt_suspend_supplied_default,
    rt_suspend_output_source,
    rt_http_output,
    rt_output_ref_unbraced,
    rt_output_expression,
    rt_artifact_from,
    rt_artifact_from_missing,
    rt_global_supplied,
    rt_configmap_param,
    rt_artifact_repo,
    rt_artifact_location_multi,
    rt_artifact_archive_multi,
    rt_artifact_key_collision,
    rt_mount_collision,
    rt_relative_path,
    rt_globalname_duplicate,
    rt_unresolved_literal,
    rt_expression_literal,
    rt_volume_undefined,
    rt_volume_duplicate,
    rt_vct_name,
    rt_vct_spec,
    rt_volumeclaimgc,
    rt_template_name_case,
    rt_container_name,
    rt_pod_labels,
    rt_pod_fields,
    rt_podspecpatch,
    rt_podspecpatch_keys,
    rt_automount,
    rt_script_source,
    rt_containerset_image,
    rt_containerset_retry,
    rt_resources,
    rt_pdb,
    rt_retry_backoff_duration,
    rt_retry_numbers,
    rt_retry_policy_spec,
    rt_retry_expression,
    rt_retry_unlimited,
    rt_retry_suspend,
    rt_timeout_format,
    rt_suspend_duration,
    rt_podgc_delay,
    rt_memoize_key,
    rt_memoize_cache,
    rt_memoize_maxage,
    rt_memoize_configmap,
    rt_sync_source,
    rt_sync_null,
    rt_sync_duplicate,
    rt_sync_name,
    rt_sync_configmap,
    rt_sync_deadlock,
    rt_metrics_spec,
    rt_metrics_conflict,
    rt_artifactgc,
    rt_ttl,
    rt_parallel_daemon,
    rt_displayname,
    rt_resource_object,
    rt_resource_get_manifest,
    rt_resource_delete_extra,
    rt_resource_conditions,
    rt_resource_ownerref,
    rt_resource_jq,
    rt_http,
    rt_data,
    rt_wfmeta_label,
    rt_wfmeta_labelsfrom,
    rt_completed_label,
    rt_status_supplied,
    rt_wft_nested_ref,
    rt_template_defaults,
    rt_shutdown_value,
    rt_cron_when,
    rt_cron_stop,
    rt_cron_impossible,
    rt_cron_subminute,
    rt_cron_multi_tz,
    rt_cron_metadata,
    rt_cron_duplicate,
    retry_variable_without_retry,
    parameter_value_lost,
    unchecked_part,
    deprecated_field,
    ignored_rule_unknown,
)
