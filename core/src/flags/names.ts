/**
 * Names that are no rows of the table: flags of osquery whose part of the agent does not exist (yet, or on this platform), and the
 * flags of the flag library itself. They are parsed and checked by type, so that a command line or flag file written for osquery
 * works; those of the first kind have no effect, and the agent says so.
 */
import type { FlagType } from './definition.ts';

const words = (text: string): string[] => text.trim().split(/\s+/);

const withoutEffect: Readonly<Record<FlagType, readonly string[]>> = {
  bool: words(`allow_handle_threads alsologtostderr audit_allow_accept_socket_events audit_allow_apparmor_events
    audit_allow_config audit_allow_failed_socket_events audit_allow_fim_events audit_allow_fork_process_events
    audit_allow_kill_process_events audit_allow_null_accept_socket_events audit_allow_process_events
    audit_allow_seccomp_events audit_allow_selinux_events audit_allow_sockets audit_allow_unix audit_allow_user_events
    audit_debug audit_fim_debug audit_fim_show_accesses audit_force_reconfigure audit_force_unconfigure audit_persist
    audit_show_partial_fim_events audit_show_untracked_res_warnings aws_debug aws_disable_imdsv1_fallback aws_enable_proxy
    aws_enforce_fips aws_kinesis_disable_log_status aws_kinesis_random_partition_key carver_compression
    carver_disable_function colorlogtostderr disable_audit
    disable_carver disable_endpointsecurity disable_endpointsecurity_fim disable_enrollment
    disable_hash_cache disable_memory disable_reenrollment enable_dns_lookup_events
    enable_file_events enable_keyboard_events enable_mouse_events
    enable_ntfs_event_publisher enable_numeric_monitoring enable_powershell_events_subscriber enable_process_etw_events
    enable_syslog enable_windows_events_publisher enable_windows_events_subscriber enable_yara_string
    enroll_always es_fim_enable_open_events events_enforce_denylist events_optimize ignore_registry_exceptions
    ignore_table_exceptions install keep_container_worker_open keychain_access_cache log_prefix 
    logger_tls_compress logtostderr ntfs_event_publisher_debug planner 
    stop_logging_if_full_disk thrift_verbose tls_accept_gzip tls_allow_unsafe tls_disable_status_log tls_dump tls_node_api
    tls_secret_always tls_session_reuse uninstall usn_journal_reader_debug utc yara_malloc_trim yara_sigurl_authenticate`),
  int32: words(`audit_backlog_limit audit_backlog_wait_time dns_resolver_refresh_interval logbuflevel logbufsecs
    max_log_size minloglevel profile_delay rocksdb_background_flushes rocksdb_buffer_blocks
    rocksdb_merge_number rocksdb_write_buffer stderrthreshold thrift_string_size_limit v worker_threads`),
  uint32: words(`aws_imdsv2_request_attempts aws_imdsv2_request_interval aws_proxy_port carver_block_size carver_expiry
    etw_kernel_trace_buffer_size etw_kernel_trace_flush_timer etw_kernel_trace_maximum_buffers
    etw_kernel_trace_minimum_buffers etw_userspace_trace_buffer_size etw_userspace_trace_flush_timer
    etw_userspace_trace_maximum_buffers etw_userspace_trace_minimum_buffers groups_service_delay groups_service_interval
    hash_cache_max hash_delay keychain_access_interval thrift_timeout tls_session_timeout users_service_delay
    users_service_interval yara_delay`),
  uint64: words(`aws_firehose_period aws_kinesis_period aws_sts_timeout buffered_log_max config_tls_max_attempts
    distributed_tls_max_attempts events_expiry events_max logger_tls_backoff_max logger_tls_max logger_tls_max_lines
    logger_tls_max_linesize logger_tls_period malloc_trim_threshold numeric_monitoring_pre_aggregation_time read_max
    syslog_events_expiry syslog_events_max syslog_rate_limit table_delay tls_enroll_max_attempts
    tls_enroll_max_interval`),
  string: words(`aws_access_key_id aws_firehose_endpoint aws_firehose_region aws_firehose_stream
    aws_kinesis_endpoint aws_kinesis_region aws_kinesis_stream aws_profile_name aws_proxy_host aws_proxy_password
    aws_proxy_scheme aws_proxy_username aws_region aws_secret_access_key aws_session_token aws_sts_arn_role aws_sts_region
    aws_sts_session_name carver_continue_endpoint carver_start_endpoint config_tls_endpoint distributed_tls_read_endpoint
    distributed_tls_write_endpoint docker_socket enroll_secret_env enroll_secret_path enroll_tls_endpoint
    es_fim_mute_path_literal es_fim_mute_path_prefix events_streaming_plugin experiment_list hardware_disabled_types
    log_backtrace_at log_dir log_link logger_kafka_acks logger_kafka_brokers logger_kafka_compression logger_kafka_topic
    logger_tls_endpoint lxd_socket numeric_monitoring_filesystem_path numeric_monitoring_plugins pack proxy_hostname
    syslog_pipe_path tls_client_cert tls_client_key tls_enroll_override tls_hostname tls_server_certs vmodule
    windows_event_channels`),
};

const library: Readonly<Record<string, FlagType>> = {
  flagfile: 'string',
  flagfile_lenient: 'bool',
  fromenv: 'string',
  help: 'bool',
  helpfull: 'bool',
  helpmatch: 'string',
  helpon: 'string',
  helppackage: 'bool',
  helpshort: 'bool',
  helpxml: 'bool',
  tryfromenv: 'string',
  undefok: 'string',
  version: 'bool',
};

let lookup: Map<string, FlagType> | undefined;

/** The type of a flag of osquery that has no effect here, or undefined when there is none of that name. */
export const typeWithoutEffect = (name: string): FlagType | undefined => {
  lookup ??= new Map(
    Object.entries(withoutEffect).flatMap(([type, names]) => names.map(each => [each, type as FlagType] as const)),
  );
  return lookup.get(name);
};

/** The type of a flag of the flag library, such as `flagfile`, or undefined when there is none of that name. */
export const libraryType = (name: string): FlagType | undefined =>
  Object.hasOwn(library, name) ? library[name] : undefined;

/** All names of this file. */
export const otherNames = (): string[] => [...Object.values(withoutEffect).flat(), ...Object.keys(library)];
