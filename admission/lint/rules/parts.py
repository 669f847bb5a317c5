"""The rules that Argo itself has on names, templates, steps, tasks, outputs and schedules, in their order."""

from __future__ import annotations

from admission.lint.rules.ads_leaf import ads_leaf
from admission.lint.rules.ads_nonleaf import ads_nonleaf
from admission.lint.rules.arg_names import arg_names
from admission.lint.rules.art_git_repo import art_git_repo
from admission.lint.rules.art_hdfs_addresses import art_hdfs_addresses
from admission.lint.rules.art_hdfs_ccache import art_hdfs_ccache
from admission.lint.rules.art_hdfs_keytab import art_hdfs_keytab
from admission.lint.rules.art_hdfs_path import art_hdfs_path
from admission.lint.rules.art_hdfs_path_absolute import art_hdfs_path_absolute
from admission.lint.rules.art_hdfs_user import art_hdfs_user
from admission.lint.rules.artifact_path_traversal import artifact_path_traversal
from admission.lint.rules.container_artifact_collision import container_artifact_collision
from admission.lint.rules.container_image import container_image
from admission.lint.rules.container_mount_duplicate import container_mount_duplicate
from admission.lint.rules.containerset_cycle import containerset_cycle
from admission.lint.rules.containerset_dependency import containerset_dependency
from admission.lint.rules.containerset_empty import containerset_empty
from admission.lint.rules.containerset_main import containerset_main
from admission.lint.rules.containerset_mount_duplicate import containerset_mount_duplicate
from admission.lint.rules.containerset_names import containerset_names
from admission.lint.rules.containerset_reserved import containerset_reserved
from admission.lint.rules.cron_concurrency import cron_concurrency
from admission.lint.rules.cron_deadline import cron_deadline
from admission.lint.rules.cron_name_length import cron_name_length
from admission.lint.rules.cron_schedule_required import cron_schedule_required
from admission.lint.rules.cron_schedule_syntax import cron_schedule_syntax
from admission.lint.rules.cron_timezone import cron_timezone
from admission.lint.rules.cwft_name_length import cwft_name_length
from admission.lint.rules.dag_continueon import dag_continueon
from admission.lint.rules.dag_digit import dag_digit
from admission.lint.rules.dag_empty import dag_empty
from admission.lint.rules.dag_items_dependency import dag_items_dependency
from admission.lint.rules.dag_mixed import dag_mixed
from admission.lint.rules.dag_result_name import dag_result_name
from admission.lint.rules.dag_sort import dag_sort
from admission.lint.rules.dag_target import dag_target
from admission.lint.rules.dag_task_name import dag_task_name
from admission.lint.rules.decode_plugin_one_key import decode_plugin_one_key
from admission.lint.rules.decode_steps_shape import decode_steps_shape
from admission.lint.rules.executor_plugins import executor_plugins
from admission.lint.rules.hooks_step_expression import hooks_step_expression
from admission.lint.rules.hooks_wf_expression import hooks_wf_expression
from admission.lint.rules.initcontainer_name import initcontainer_name
from admission.lint.rules.input_artifact_from import input_artifact_from
from admission.lint.rules.input_artifact_path_forbidden import input_artifact_path_forbidden
from admission.lint.rules.input_artifact_path_required import input_artifact_path_required
from admission.lint.rules.input_names import input_names
from admission.lint.rules.metric_help import metric_help
from admission.lint.rules.metric_label import metric_label
from admission.lint.rules.metric_name import metric_name
from admission.lint.rules.metric_realtime import metric_realtime
from admission.lint.rules.metric_value import metric_value
from admission.lint.rules.output_artifact_path_forbidden import output_artifact_path_forbidden
from admission.lint.rules.output_artifact_path_required import output_artifact_path_required
from admission.lint.rules.output_globalname import output_globalname
from admission.lint.rules.output_names import output_names
from admission.lint.rules.output_no_source import output_no_source
from admission.lint.rules.output_path_required import output_path_required
from admission.lint.rules.output_resource_source import output_resource_source
from admission.lint.rules.output_steps_source import output_steps_source
from admission.lint.rules.output_value_and_valuefrom import output_value_and_valuefrom
from admission.lint.rules.output_valuefrom_multiple import output_valuefrom_multiple
from admission.lint.rules.output_valuefrom_none import output_valuefrom_none
from admission.lint.rules.parallelism_leaf import parallelism_leaf
from admission.lint.rules.pending_timeout import pending_timeout
from admission.lint.rules.podgc_selector import podgc_selector
from admission.lint.rules.podgc_strategy import podgc_strategy
from admission.lint.rules.podresources_agent import podresources_agent
from admission.lint.rules.podresources_claims import podresources_claims
from admission.lint.rules.podresources_names import podresources_names
from admission.lint.rules.resource_action import resource_action
from admission.lint.rules.resource_claims import resource_claims
from admission.lint.rules.resource_manifest_both import resource_manifest_both
from admission.lint.rules.resource_manifest_required import resource_manifest_required
from admission.lint.rules.resource_manifest_yaml import resource_manifest_yaml
from admission.lint.rules.resource_manifestfrom_artifact import resource_manifestfrom_artifact
from admission.lint.rules.retry_policy import retry_policy
from admission.lint.rules.script_image import script_image
from admission.lint.rules.sidecar_reserved import sidecar_reserved
from admission.lint.rules.step_name import step_name
from admission.lint.rules.timeout_leaf import timeout_leaf
from admission.lint.rules.timeout_whole_number import timeout_whole_number
from admission.lint.rules.tmpl_name import tmpl_name
from admission.lint.rules.tmpl_type_multiple import tmpl_type_multiple
from admission.lint.rules.tmpl_type_unknown import tmpl_type_unknown
from admission.lint.rules.wf_name_length import wf_name_length
from admission.lint.rules.wft_name_length import wft_name_length
from admission.lint.rules.with_multiple import with_multiple
from admission.lint.rules.with_sequence_both import with_sequence_both

#: See ``admission/argo/checks``, which does the work.
PARTS = (
    decode_steps_shape,
    decode_plugin_one_key,
    wf_name_length,
    wft_name_length,
    cwft_name_length,
    cron_name_length,
    tmpl_name,
    step_name,
    dag_task_name,
    arg_names,
    input_names,
    output_names,
    output_globalname,
    executor_plugins,
    hooks_wf_expression,
    podgc_strategy,
    podgc_selector,
    podresources_names,
    podresources_claims,
    podresources_agent,
    resource_claims,
    tmpl_type_unknown,
    tmpl_type_multiple,
    retry_policy,
    input_artifact_path_required,
    input_artifact_path_forbidden,
    artifact_path_traversal,
    input_artifact_from,
    art_git_repo,
    art_hdfs_addresses,
    art_hdfs_path,
    art_hdfs_path_absolute,
    art_hdfs_user,
    art_hdfs_keytab,
    art_hdfs_ccache,
    timeout_leaf,
    timeout_whole_number,
    pending_timeout,
    initcontainer_name,
    container_mount_duplicate,
    container_artifact_collision,
    container_image,
    script_image,
    containerset_empty,
    containerset_names,
    containerset_mount_duplicate,
    containerset_dependency,
    containerset_cycle,
    containerset_main,
    containerset_reserved,
    sidecar_reserved,
    resource_action,
    resource_manifest_required,
    resource_manifest_both,
    resource_manifestfrom_artifact,
    resource_manifest_yaml,
    ads_leaf,
    ads_nonleaf,
    parallelism_leaf,
    with_multiple,
    with_sequence_both,
    hooks_step_expression,
    dag_empty,
    dag_sort,
    dag_digit,
    dag_mixed,
    dag_continueon,
    dag_result_name,
    dag_items_dependency,
    dag_target,
    output_artifact_path_required,
    output_artifact_path_forbidden,
    output_value_and_valuefrom,
    output_no_source,
    output_valuefrom_none,
    output_valuefrom_multiple,
    output_path_required,
    output_resource_source,
    output_steps_source,
    metric_name,
    metric_label,
    metric_help,
    metric_value,
    metric_realtime,
    cron_schedule_required,
    cron_schedule_syntax,
    cron_timezone,
    cron_concurrency,
    cron_deadline,
)
