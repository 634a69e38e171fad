/**
 * Which of the words behind `docker create` or `docker run` is the image: everything before it is docker's options,
 * everything behind it the container's. Command line; pure.
 *
 * SECURITY: who takes an option's value for the image lets docker run another one that nobody looked at. So an option
 * that is not known is refused, unless its value is joined to it with `=`.
 */
import { usage } from './command.ts';

/** Options whose value is a word of its own (docker 28; the last three are older names that docker hides). */
const withValue = new Set(
  (
    'add-host annotation attach blkio-weight blkio-weight-device cap-add cap-drop cgroup-parent cgroupns cidfile ' +
    'cpu-count cpu-percent cpu-period cpu-quota cpu-rt-period cpu-rt-runtime cpu-shares cpus cpuset-cpus cpuset-mems ' +
    'detach-keys device device-cgroup-rule device-read-bps device-read-iops device-write-bps device-write-iops dns ' +
    'dns-option dns-search domainname entrypoint env env-file expose gpus group-add health-cmd health-interval ' +
    'health-retries health-start-interval health-start-period health-timeout hostname io-maxbandwidth io-maxiops ip ' +
    'ip6 ipc isolation kernel-memory label label-file link link-local-ip log-driver log-opt mac-address memory ' +
    'memory-reservation memory-swap memory-swappiness mount name network network-alias oom-score-adj pid pids-limit ' +
    'platform publish pull restart runtime security-opt shm-size stop-signal stop-timeout storage-opt sysctl tmpfs ' +
    'ulimit user userns uts volume volume-driver volumes-from workdir dns-opt net net-alias'
  ).split(' '),
);
const switches = new Set(
  (
    'detach disable-content-trust init interactive no-healthcheck oom-kill-disable privileged publish-all quiet ' +
    'read-only rm sig-proxy tty use-api-socket'
  ).split(' '),
);
const lettersWithValue = new Set('acehlmpuvw');
const switchLetters = new Set('dtiPq');

/** What stands before the image, the image, and what stands behind it. */
export interface ContainerWords {
  readonly options: readonly string[];
  readonly image: string;
  readonly command: readonly string[];
  /** The last value of each long option that has one. */
  readonly values: ReadonlyMap<string, string>;
}

/** @throws `cli/usage` for an option that is not known, or when no image is named */
export function splitAtImage(words: readonly string[]): ContainerWords {
  const values = new Map<string, string>();
  let at = 0;
  for (; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') {
      at += 1;
      break;
    }
    if (!word.startsWith('-') || word === '-') break;
    refuseWithoutTrust(word);
    const [name = '', joined] = word.split(/=(.*)/s);
    const value = takesNextWord(word) ? words[(at += 1)] : joined;
    if (value !== undefined) values.set(name, value);
  }
  const image = words[at];
  if (image === undefined) throw usage('no image is named');
  return { options: words.slice(0, at), image, command: words.slice(at + 1), values };
}

/** This command is there to check; who does not want that has docker. */
function refuseWithoutTrust(word: string): void {
  if (/^--disable-content-trust(?:=(?:1|t|T|TRUE|true|True))?$/.test(word))
    throw usage('--disable-content-trust is what this command is not for: use docker itself');
}

function takesNextWord(word: string): boolean {
  return word.startsWith('--') ? longTakesNext(word) : shortTakesNext(word);
}

function longTakesNext(word: string): boolean {
  if (word.includes('=')) return false;
  const name = word.slice(2);
  if (withValue.has(name)) return true;
  if (switches.has(name)) return false;
  throw usage(`unknown flag: ${word} (of an option that is newer than this program, write ${word}=VALUE)`);
}

/** `-it`, `-p 80:80`, `-p80:80`, `-ip 80:80`, `-t=false` */
function shortTakesNext(word: string): boolean {
  for (let at = 1; at < word.length; at += 1) {
    const letter = word.charAt(at);
    const isLast = at === word.length - 1;
    if (lettersWithValue.has(letter)) return isLast;
    if (!switchLetters.has(letter)) throw usage(`unknown shorthand flag: '${letter}' in ${word}`);
    if (word.charAt(at + 1) === '=') return false;
  }
  return false;
}
