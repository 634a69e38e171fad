/**
 * Which of the words behind `docker create` or `docker run` is the image: everything before it is docker's options,
 * everything behind it the container's. Command line; pure.
 */
import { usage } from './command.ts';
import { isOption, knownOptions, readOption } from './docker-words.ts';

/** Those of docker 28; the last three with a value are older names that docker hides. */
const containerOptions = knownOptions(
  'add-host annotation attach blkio-weight blkio-weight-device cap-add cap-drop cgroup-parent cgroupns cidfile ' +
    'cpu-count cpu-percent cpu-period cpu-quota cpu-rt-period cpu-rt-runtime cpu-shares cpus cpuset-cpus cpuset-mems ' +
    'detach-keys device device-cgroup-rule device-read-bps device-read-iops device-write-bps device-write-iops dns ' +
    'dns-option dns-search domainname entrypoint env env-file expose gpus group-add health-cmd health-interval ' +
    'health-retries health-start-interval health-start-period health-timeout hostname io-maxbandwidth io-maxiops ip ' +
    'ip6 ipc isolation kernel-memory label label-file link link-local-ip log-driver log-opt mac-address memory ' +
    'memory-reservation memory-swap memory-swappiness mount name network network-alias oom-score-adj pid pids-limit ' +
    'platform publish pull restart runtime security-opt shm-size stop-signal stop-timeout storage-opt sysctl tmpfs ' +
    'ulimit user userns uts volume volume-driver volumes-from workdir dns-opt net net-alias',
  'detach disable-content-trust init interactive no-healthcheck oom-kill-disable privileged publish-all quiet ' +
    'read-only rm sig-proxy tty use-api-socket',
  'a:attach c:cpu-shares e:env h:hostname l:label m:memory p:publish u:user v:volume w:workdir',
  'dtiPq',
);

/** What stands before the image, the image, and what stands behind it. */
export interface ContainerWords {
  readonly options: readonly string[];
  readonly image: string;
  readonly command: readonly string[];
  /** The last value of each option that has one. */
  readonly values: ReadonlyMap<string, string>;
}

/** @throws `cli/usage` for an option that is not known, or when no image is named */
export function splitAtImage(words: readonly string[]): ContainerWords {
  const values = new Map<string, string>();
  let at = 0;
  while (at < words.length && words[at] !== '--' && isOption(words[at] ?? '')) {
    const { name, value, next } = readOption(containerOptions, words, at);
    if (name === 'mount') refuseImageMount(value ?? '');
    if (value !== undefined) values.set(name, value);
    at = next;
  }
  if (words[at] === '--') at += 1;
  const image = words[at];
  if (image === undefined) throw usage('no image is named', 1);
  return { options: words.slice(0, at), image, command: words.slice(at + 1), values };
}

/** A container would hold what no signature was looked up for. */
function refuseImageMount(value: string): void {
  const fields = value.toLowerCase().replaceAll('"', '').split(',');
  if (fields.some((field) => field.trim() === 'type=image'))
    throw usage('--mount type=image cannot be used here: that image is not looked up');
}
