/**
 * The built command line with a person at a real terminal of its own: questions are answered there, while standard
 * output and standard error are pipes. What every process of this computer has in its arguments meanwhile is looked at,
 * too. Test code; python3 has the pseudo-terminal that Node lacks.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { mustRun } from '../lab/child.ts';
import type { Workstation } from '../lab/workstation.ts';

const program = fileURLToPath(new URL('../../dist/cli/trustdesk.js', import.meta.url));

/** Typed once the terminal shows `after`; `generated` stands for the passphrase that was made up and shown. */
export interface Typed {
  readonly after: string;
  readonly type: string | { readonly generated: true };
}

export interface AtTerminal {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** All that the terminal showed. */
  readonly shown: string;
  /** Arguments of processes, and files of `/proc` of this one, in which one of `secrets` was seen. */
  readonly leaks: readonly string[];
  /** The passphrase that was made up, if one was. */
  readonly generated: string | undefined;
}

const script = `
import glob, json, os, pty, re, select, sys, time
job = json.load(sys.stdin)
ro, wo = os.pipe(); re_, we = os.pipe()
pid, fd = pty.fork()
if pid == 0:
    os.dup2(wo, 1); os.dup2(we, 2)
    os.chdir(job['cwd'])
    os.execvpe(job['argv'][0], job['argv'], job['env'])
os.close(wo); os.close(we)
text = {fd: b'', ro: b'', re_: b''}
secrets = [s.encode() for s in job['secrets']]
at, leaks, made, open_ = 0, set(), None, [fd, ro, re_]
def look():
    for path in glob.glob('/proc/[0-9]*/cmdline') + ['/proc/%d/status' % pid, '/proc/%d/comm' % pid]:
        try: data = open(path, 'rb').read()
        except OSError: continue
        wanted = secrets + ([made.encode()] if made else [])
        if any(s in data for s in wanted): leaks.add(path)
deadline = time.time() + 120
while open_ and time.time() < deadline:
    ready, _, _ = select.select(open_, [], [], 0.05)
    for f in ready:
        try: data = os.read(f, 65536)
        except OSError: data = b''
        if data: text[f] += data
        else: open_.remove(f)
    look()
    if job['typed'] and job['typed'][0]['after'].encode() in text[fd][at:]:
        step = job['typed'].pop(0)
        at += text[fd][at:].index(step['after'].encode()) + len(step['after'].encode())
        answer = step['type']
        if not isinstance(answer, str):
            made = answer = re.search(rb'\\n    (\\S+)\\r?\\n', text[fd]).group(1).decode()
        time.sleep(0.1)
        os.write(fd, answer.encode() + b'\\r')
_, status = os.waitpid(pid, 0)
out = lambda f: text[f].decode('utf8', 'replace')
json.dump({'status': os.waitstatus_to_exitcode(status), 'stdout': out(ro), 'stderr': out(re_), 'shown': out(fd),
    'leaks': sorted(leaks), 'generated': made}, sys.stdout)
`;

/** Docker's passphrase variables are not set: whoever sits there types. */
export async function atTerminal(
  computer: Workstation,
  words: readonly string[],
  typed: readonly Typed[],
  secrets: readonly string[] = [],
): Promise<AtTerminal> {
  const kept = Object.entries(computer.environment).filter(([name]) => !name.endsWith('PASSPHRASE'));
  const env = {
    PATH: process.env['PATH'] ?? '',
    LANG: 'C.UTF-8',
    TERM: 'xterm',
    ...Object.fromEntries(kept),
  };
  const job = { argv: [process.execPath, program, ...words], cwd: computer.home, env, typed, secrets };
  // SECURITY: by standard input, so that what is looked for is in no argument of our own.
  const { stdout } = await mustRun('python3', ['-c', script], { input: JSON.stringify(job) });
  const answer = JSON.parse(stdout) as Omit<AtTerminal, 'generated'> & { generated: string | null };
  return { ...answer, generated: answer.generated ?? undefined };
}

/**
 * Put in front of the command line: it ends itself outright at the n-th point. A point is after each step that makes,
 * opens for writing, moves, removes or gives away a file, and before each that moves one, when its content has been written.
 */
const preload = `
import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
let left = Number(process.env.TEST_KILL_AT);
const point = () => { if (--left === 0) process.kill(process.pid, 'SIGKILL'); };
const changes = (name, args) => !name.startsWith('open') || /[wa]/.test(args[1] ?? 'r');
const before = (name) => { if (name.startsWith('rename') || name.startsWith('link')) point(); };
for (const name of ['open', 'rename', 'link', 'unlink', 'rm', 'mkdir', 'rmdir', 'chmod', 'chown']) {
  const [asked, called, atOnce] = [promises[name], fs[name], fs[name + 'Sync']];
  promises[name] = async (...args) => {
    if (!changes(name, args)) return asked(...args);
    before(name);
    const result = await asked(...args);
    point();
    return result;
  };
  fs[name] = (...args) => {
    const done = args.pop();
    if (!changes(name, args)) return called(...args, done);
    before(name);
    return called(...args, (error, ...rest) => {
      if (error === null) point();
      done(error, ...rest);
    });
  };
  fs[name + 'Sync'] = (...args) => {
    if (!changes(name, args)) return atOnce(...args);
    before(name);
    const result = atOnce(...args);
    point();
    return result;
  };
}
syncBuiltinESMExports();
`;

/**
 * Runs the built command line again and again, killed with SIGKILL at each point of its writing; `check` looks at what is
 * left each time, and once after a run that was not killed. Answers how often it was killed.
 */
export async function killedAtEachStep(
  words: readonly string[],
  options: { readonly env: Readonly<Record<string, string>>; readonly cwd: string },
  check: () => Promise<void>,
): Promise<number> {
  const loader = `data:text/javascript,${encodeURIComponent(preload)}`;
  for (let point = 1; ; point++) {
    const child = spawn(process.execPath, ['--import', loader, program, ...words], {
      cwd: options.cwd,
      env: { ...options.env, TEST_KILL_AT: String(point) },
      stdio: 'ignore',
    });
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
    await check();
    if (signal !== 'SIGKILL') return point - 1;
  }
}
