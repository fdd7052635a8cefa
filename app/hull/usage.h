// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace twinhull::hull {

inline constexpr const char* kUsage = R"(hull: runs OCI bundles as containers

usage: hull [GLOBAL OPTIONS] VERB [OPTIONS] ID

  run     [--bundle FOLDER] [--config FILE] [--detach] [--pid-file FILE] [--console-socket PATH] [--preserve-fds N]
          [--no-pivot] [--no-new-keyring] [--no-subreaper] [--keep] ID
  create  the same without --detach and --keep
  start   ID
  exec    [--process FILE] [--user UID[:GID]] [--additional-gids GID]... [--cwd FOLDER] [--env KEY=VALUE]...
          [--cap CAPABILITY]... [--no-new-privs] [--apparmor PROFILE] [--process-label LABEL] [--tty] [--detach]
          [--pid-file FILE] [--console-socket PATH] [--preserve-fds N] [--cgroup FOLDER] [--ignore-paused]
          [--events FOLDER --exit-event JSON] ID [PROGRAM ARGUMENT...]
  kill    [--all] [--regex] ID [SIGNAL]
  delete  [--force] [--regex] ID
  pause   ID
  resume  ID
  update  [--resources FILE|-] [--memory BYTES] [--memory-reservation BYTES] [--memory-swap BYTES] [--cpu-shares N]
          [--cpu-quota MICROSECONDS] [--cpu-period MICROSECONDS] [--cpu-burst MICROSECONDS] [--cpu-idle 0|1]
          [--cpuset-cpus LIST] [--cpuset-mems LIST] [--pids-limit N] [--blkio-weight N] ID
  mounts  add|remove ID FILE|-
  visit   [--bundle FOLDER] [--preserve-fds N] [--program-fd N] PROGRAM [ARGUMENT...]
  checkpoint [--image-path FOLDER] [--work-path FOLDER] [--leave-running] [--pre-dump] [--parent-path FOLDER]
          [--tcp-established] [--tcp-close] [--tcp-skip-in-flight] [--ext-unix-sk] [--shell-job] [--file-locks]
          [--link-remap] [--manage-cgroups-mode soft|full|strict|ignore] [--network-lock iptables|nftables]
          [--empty-ns network] [--auto-dedup] [--lazy-pages] [--status-fd N] [--page-server ADDRESS:PORT] ID
  restore [--image-path FOLDER] [--work-path FOLDER] [--bundle FOLDER] [--config FILE] [--detach] [--pid-file FILE]
          [--console-socket PATH] [--keep] [--no-pivot] [--no-subreaper] [--no-new-keyring] [--tcp-established]
          [--tcp-close] [--ext-unix-sk] [--shell-job] [--file-locks] [--lsm-profile TYPE:NAME]
          [--lsm-mount-context CONTEXT] [--manage-cgroups-mode MODE] [--empty-ns network] [--auto-dedup]
          [--lazy-pages] ID
  state   ID
  list    [--format table|json] [--quiet]
  ps      [--format table|json] ID [OPTIONS OF PS]
  events  [--stats] [--interval TIME] ID
  stats   ID
  spec    [--bundle FOLDER] [--file FILE] [--rootless]
  features

global options:
  --root FOLDER            where the containers' states rest
  --log FILE               errors go there too; --log-format text|json, --debug
  --cgroup-manager NAME    systemd, cgroupfs, auto (which of the two is there) or disabled;
                           --systemd-cgroup is systemd
  --rootless true|false|auto
  --criu PROGRAM           what saves and restores processes (checkpoint, restore); else criu
  --marks-fd N             a descriptor to write the time marks of a start to
  --version, --help
)";

} // namespace twinhull::hull
