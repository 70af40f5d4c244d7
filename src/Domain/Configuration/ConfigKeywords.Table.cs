namespace Keepalived.Es.Domain.Configuration;

public static partial class ConfigKeywords
{
    /// <summary>
    /// [blocks], then lines of: + in force or - not yet in force, the kind, the keywords. old=new: an old spelling and the one to write.
    /// The blocks named "... entry" list the words of one line in a block of entries.
    /// </summary>
    private const string Table = """
        [root]
        + block: global_defs vrrp_sync_group vrrp_instance vrrp_script
        + entries: static_ipaddress static_routes
        + flag: use_pid_dir
        + value: instance
        + block: track_file vrrp_track_file=track_file bfd_instance SSL virtual_server
        + entries: virtual_server_group
        + optional: net_namespace_ipvs
        - block: track_group garp_group vrrp_track_process
        - entries: static_rules linkbeat_interfaces interface_up_down_delays
        - flag: linkbeat_use_polling namespace_with_ipsets
        - value: net_namespace child_wait_time
        [global_defs]
        + boolean: smtp_alert smtp_alert_vrrp vrrp_notify_priority_changes
        + entries: notification_email
        + flag: no_email_faults enable_script_security
        + script: startup_script shutdown_script notify_fifo_script vrrp_notify_fifo_script
        + value: notification_email_from smtp_server smtp_helo_name smtp_connect_timeout startup_script_timeout shutdown_script_timeout notify_fifo vrrp_notify_fifo
        + boolean: v3_checksum_as_v2 vrrp_min_garp vrrp_lower_prio_no_advert vrrp_higher_prio_send_advert vrrp_skip_check_adv_addr
        + boolean: vrrp_owner_ignore_adverts
        + flag: vrrp_check_unicast_src vrrp_no_swap log_unknown_vrids
        + optional: dynamic_interfaces include_check
        + value: vrrp_process_name checker_process_name lvs_process_name=checker_process_name bfd_process_name
        + value: router_id default_interface vrrp_mcast_group4 vrrp_garp_master_delay vrrp_garp_master_repeat
        + value: vrrp_garp_master_refresh vrrp_garp_master_refresh_repeat vrrp_garp_lower_prio_delay vrrp_garp_lower_prio_repeat
        + value: vrrp_down_timer_adverts vrrp_version vrrp_priority vrrp_rt_priority vrrp_cpu_affinity vrrp_rlimit_rttime script_user vrrp_rlimit_rtime=vrrp_rlimit_rttime
        + value: vrrp_startup_delay random_seed
        + boolean: smtp_alert_checker checker_log_all_failures lvs_netlink_cmd_rcv_bufs_force lvs_netlink_monitor_rcv_bufs_force
        + boolean: rs_init_notifies no_checker_emails
        + flag: lvs_flush checker_no_swap bfd_no_swap
        + optional: lvs_timeouts lvs_flush_on_stop lvs_flush_onstop=lvs_flush_on_stop nftables_ipvs
        + script: lvs_notify_fifo_script
        + value: lvs_sync_daemon nftables_ipvs_priority nftables_ipvs_start_fwmark lvs_notify_fifo checker_priority checker_rt_priority
        + value: checker_cpu_affinity checker_rlimit_rttime checker_rlimit_rtime=checker_rlimit_rttime bfd_priority bfd_rt_priority
        + value: bfd_cpu_affinity bfd_rlimit_rttime bfd_rlimit_rtime=bfd_rlimit_rttime lvs_netlink_cmd_rcv_bufs
        + value: lvs_netlink_monitor_rcv_bufs
        - boolean: use_symlink_paths set_supplementary_groups
        - boolean: vrrp_strict vrrp_netlink_cmd_rcv_bufs_force vrrp_netlink_monitor_rcv_bufs_force
        - boolean: process_monitor_rcv_bufs_force
        - boolean: data_use_instance
        + flag: process_names
        - flag: disable_local_igmp nftables_ifindex nftables_counters
        + flag: fifo_write_vrrp_states_on_reload
        - flag: enable_traps enable_snmp_vrrp
        - flag: enable_snmp_keepalived=enable_snmp_vrrp enable_snmp_rfc enable_snmp_rfcv2 enable_snmp_rfcv3 enable_snmp_checker
        - flag: enable_dbus reload_repeat
        - optional: max_auto_priority vrrp_garp_extra_if
        - optional: vrrp_vmac_garp_intvl=vrrp_garp_extra_if vrrp_iptables vrrp_ipsets nftables
        + optional: reload_check_config
        - optional: reload_file
        - value: process_name
        - value: min_auto_priority_delay vrrp_mcast_group6 vrrp_garp_interval
        - value: vrrp_gna_interval nftables_priority
        - value: snmp_socket snmp_vs_stats_update_interval
        - value: snmp_rs_stats_update_interval dbus_service_name dbus_no_interface_name vrrp_netlink_cmd_rcv_bufs
        - value: vrrp_netlink_monitor_rcv_bufs process_monitor_rcv_bufs
        - value: vrrp_rx_bufs_policy vrrp_rx_bufs_multiplier vrrp_delay_after_boot vmac_prefix vmac_addr_prefix umask
        - value: reload_time_file config_save_dir tmp_config_directory json_version iproute_usr_dir iproute_etc_dir state_dump_file
        - value: stats_dump_file json_dump_file
        [track_group]
        - entries: group
        [garp_group]
        - entries: interfaces
        - value: garp_interval gna_interval interface
        [vrrp_sync_group]
        + boolean: smtp_alert notify_priority_changes
        + entries: track_script
        + flag: global_tracking=sync_group_tracking_weight sync_group_tracking_weight
        + entries: group
        + script: notify_backup notify_master notify_fault notify_stop notify
        - entries: track_interface track_file track_process track_bfd
        [vrrp_instance]
        + boolean: smtp_alert notify_priority_changes
        + entries: track_script
        + block: authentication
        + boolean: v3_checksum_as_v2 skip_check_adv_addr lower_prio_no_advert higher_prio_send_advert owner_ignore_adverts
        + entries: unicast_peer virtual_ipaddress virtual_ipaddress_excluded
        + flag: unicast_fault_no_peer check_unicast_src dont_track_primary track_src_ip no_virtual_ipaddress accept preempt nopreempt
        + script: notify_backup notify_master notify_fault notify_stop notify notify_master_rx_lower_pri
        + value: state interface mcast_src_ip unicast_src_ip mcast_dst_ip virtual_router_id unicast_ttl version priority advert_int
        + value: preempt_delay debug garp_master_delay garp_master_refresh garp_master_repeat garp_master_refresh_repeat
        + value: garp_lower_prio_delay garp_lower_prio_repeat down_timer_adverts
        - block: auth_hmac
        + optional: notify_deleted
        - boolean: strict_mode
        - entries: track_interface track_file track_process track_bfd virtual_routes virtual_rules
        - flag: use_vmac_addr vmac_xmit_base native_ipv6=version promote_secondaries linkbeat_use_polling=linkbeat_interfaces
        - flag: no_accept
        - optional: use_vmac use_ipvlan old_unicast_checksum timer_expired_backup thread_timer_expired=timer_expired_backup
        - optional: garp_extra_if vmac_garp_intvl=garp_extra_if
        - value: vrf lvs_sync_daemon_interface=lvs_sync_daemon kernel_rx_buf_size
        [vrrp_instance/authentication]
        + value: auth_type auth_pass
        [vrrp_instance/auth_hmac]
        - value: key active_key time_window anti_replay mode
        [address entry]
        + flag: noprefixroute no_track
        + value: dev scope brd broadcast label peer
        - flag: use_vmac home -nodad mngtmpaddr autojoin
        - value: preferred_lft track_group
        [route entry]
        + flag: inet inet6
        + value: to src via gw=via dev oif table scope metric priority preference
        - flag: onlink add prepend append no_track
        - lockable: mtu advmss rtt rttvar reordering cwnd ssthresh rto_min congctl
        - rest: encap nexthop
        - value: from as or=nexthop tos dsfield protocol expires hoplimit window realms initcwnd initrwnd features quickack pref
        - value: ttl-propagate fastopen_no_cookie vrf track_group
        [rule entry]
        - flag: inet inet6 not l3mdev no_track nop
        - value: from to table lookup preference order priority tos dsfield fwmark realms suppress_prefixlength sup_pl
        - value: suppress_ifgroup sup_group iif dev oif tunnel-id uidrange protocol ipproto sport dport track_group type goto
        [vrrp_script]
        + flag: init_fail
        + script: script
        + value: interval timeout weight rise fall user
        [vrrp_track_process]
        - flag: full_command
        - optional: param_match
        - value: process weight quorum quorum_max delay terminate_delay fork_delay
        [track_file, vrrp_track_file]
        + optional: init_file
        + value: file weight
        [bfd_instance]
        + boolean: multihop
        + flag: passive vrrp checker
        + value: source_ip neighbor_ip neighbour_ip min_rx min_tx idle_tx multiplier ttl hoplimit max_hops weight
        [SSL]
        + value: password ca certificate key
        [server group entry]
        + value: fwmark
        [virtual_server]
        + block: real_server
        + boolean: smtp_alert
        + flag: inhibit_on_failure hashed ops flag-1 flag-2 flag-3 sh-port sh-fallback mh-port mh-fallback ha_suspend alpha omega
        + flag: sorry_server_inhibit
        + optional: persistence_timeout
        + script: quorum_up quorum_down
        + value: ip_family retry rise delay_before_retry warmup connect_timeout delay_loop lb_algo lvs_sched lb_kind lvs_method
        + value: persistence_engine persistence_granularity protocol virtualhost snmp_name quorum hysteresis weight sorry_server
        + value: sorry_server_lvs_method
        [virtual_server/real_server]
        + block: HTTP_GET SSL_GET TCP_CHECK SMTP_CHECK DNS_CHECK MISC_CHECK UDP_CHECK PING_CHECK FILE_CHECK BFD_CHECK
        + boolean: inhibit_on_failure alpha smtp_alert
        + script: notify_up notify_down
        + value: weight lvs_method uthreshold lthreshold retry rise delay_before_retry warmup connect_timeout delay_loop virtualhost
        + value: snmp_name
        [virtual_server/real_server/TCP_CHECK, virtual_server/real_server/SMTP_CHECK/host, virtual_server/real_server/PING_CHECK]
        + boolean: alpha log_all_failures
        + value: connect_ip connect_port bindto bind_port bind_if connect_timeout fwmark retry rise delay_before_retry warmup delay_loop
        + value: nb_get_retry=retry
        [virtual_server/real_server/HTTP_GET, virtual_server/real_server/SSL_GET]
        + block: url
        + boolean: alpha log_all_failures enable_sni fast_recovery tls_compliant
        + optional: sni_name
        + value: connect_ip connect_port bindto bind_port bind_if connect_timeout fwmark retry rise delay_before_retry warmup delay_loop
        + value: nb_get_retry=retry virtualhost http_protocol
        [virtual_server/real_server/SMTP_CHECK]
        + block: host
        + boolean: alpha log_all_failures
        + value: connect_ip connect_port bindto bind_port bind_if connect_timeout fwmark retry rise delay_before_retry warmup delay_loop
        + value: helo_name nb_get_retry=retry
        [virtual_server/real_server/DNS_CHECK]
        + boolean: alpha log_all_failures
        + value: connect_ip connect_port bindto bind_port bind_if connect_timeout fwmark retry rise delay_before_retry warmup delay_loop
        + value: type name nb_get_retry=retry
        [virtual_server/real_server/UDP_CHECK]
        + boolean: alpha log_all_failures
        + optional: require_reply
        + value: connect_ip connect_port bindto bind_port bind_if connect_timeout fwmark retry rise delay_before_retry warmup delay_loop
        + value: payload min_reply_length max_reply_length nb_get_retry=retry
        [virtual_server/real_server/MISC_CHECK]
        + boolean: alpha log_all_failures
        + flag: misc_dynamic
        + script: misc_path
        + value: retry rise delay_before_retry warmup delay_loop misc_timeout user
        [virtual_server/real_server/HTTP_GET/url, virtual_server/real_server/SSL_GET/url]
        + boolean: tls_compliant
        + flag: regex_no_match
        + value: path digest status_code virtualhost regex regex_options regex_min_offset regex_max_offset regex_stack
        [virtual_server/real_server/FILE_CHECK]
        + flag: dynamic
        + value: track_file weight
        [virtual_server/real_server/BFD_CHECK]
        + boolean: alpha
        + value: name
        """;
}
