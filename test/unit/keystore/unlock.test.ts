import { describe, expect, it } from 'vitest';
import { type KeyChain, type NativeKeyChain, systemKeyChain } from '../../../electron/keystore/key-chain.ts';
import { listKeys, type StoredKey } from '../../../electron/keystore/key-directory.ts';
import { PassphraseMemory } from '../../../electron/keystore/passphrase-memory.ts';
import { passphraseVariables } from '../../../electron/keystore/passphrase-variables.ts';
import { SecretBytes } from '../../../electron/keystore/secret-bytes.ts';
import {
  KeyUnlocker,
  type PassphraseAnswer,
  type PassphraseQuestion,
  type UnlockNotice,
} from '../../../electron/keystore/unlock.ts';
import { AppError, type ErrorCode, hasCode } from '../../../shared/errors.ts';
import { useTrustDirectory } from './trust-directory.ts';
import { readVector, repositoryPassphrase, rootPassphrase, storedKeys } from './vectors.ts';

const trust = useTrustDirectory();
const refusal = (code: ErrorCode) => (error: unknown) => hasCode(error, code);
const purpose = ['Sign acme/app:1.0', 'sha256:0123'];
const text = (secret: SecretBytes | undefined) => secret?.use((bytes) => Buffer.from(bytes).toString());

async function stored(role: string): Promise<StoredKey> {
  const [id] = storedKeys.find((key) => key[1] === role)!;
  trust.put(`private/${id}.key`, readVector('keys', `${id}.key`));
  return (await listKeys(trust.path)).keys.find((key) => key.id === id)!;
}

/** A person who gives the scripted answers and then walks away. */
class Person {
  readonly asked: PassphraseQuestion[] = [];
  readonly given: SecretBytes[] = [];
  readonly #answers: string[];
  readonly #remember: PassphraseAnswer['remember'];

  constructor(answers: readonly string[], remember: PassphraseAnswer['remember'] = 'no') {
    this.#answers = [...answers];
    this.#remember = remember;
  }

  askPassphrase(question: PassphraseQuestion): Promise<PassphraseAnswer> {
    this.asked.push(question);
    const answer = this.#answers.shift();
    if (answer === undefined) return Promise.reject(new AppError('prompt/cancelled', {}));
    const passphrase = SecretBytes.fromText(answer);
    this.given.push(passphrase);
    return Promise.resolve({ passphrase, remember: this.#remember });
  }
}

/** A key chain in memory that can be locked or broken. */
class FakeKeyChain implements NativeKeyChain {
  readonly entries = new Map<string, string>();
  state: 'open' | 'locked' | 'broken' = 'open';

  #check(): void {
    if (this.state === 'broken') throw new Error('Cannot autolaunch D-Bus without X11 $DISPLAY\nand more');
  }
  async getPassword(service: string, account: string): Promise<string | null> {
    await Promise.resolve();
    this.#check();
    return this.state === 'locked' ? null : (this.entries.get(`${service}/${account}`) ?? null);
  }
  async setPassword(service: string, account: string, password: string): Promise<void> {
    await Promise.resolve();
    this.#check();
    this.entries.set(`${service}/${account}`, password);
  }
  async deletePassword(service: string, account: string): Promise<boolean> {
    await Promise.resolve();
    this.#check();
    return this.entries.delete(`${service}/${account}`);
  }
}

function unlocker(
  person: Person,
  options: { environment?: Record<string, string>; keyChain?: KeyChain; memory?: PassphraseMemory } = {},
) {
  const notices: UnlockNotice[] = [];
  const memory = options.memory ?? new PassphraseMemory();
  const unlock = new KeyUnlocker({
    prompt: person,
    memory,
    keyChain: options.keyChain,
    environment: options.environment ?? {},
    notify: (notice) => notices.push(notice),
  });
  return { unlock, memory, notices };
}

describe('asking', () => {
  it('opens with the right answer, says what for, and wipes what was typed', async () => {
    const key = await stored('targets');
    const person = new Person([repositoryPassphrase]);
    expect((await unlocker(person).unlock.open(key, purpose)).id).toBe(key.id);
    expect(person.asked).toEqual([
      {
        kind: 'open',
        keyId: key.id,
        role: 'targets',
        gun: key.gun,
        purpose,
        attempt: 0,
        problem: undefined,
        canRemember: ['no', 'session'],
      },
    ]);
    expect(person.given.every((secret) => secret.isWiped)).toBe(true);
  });

  it('names a wrong passphrase and gives three more tries', async () => {
    const key = await stored('jeff');
    const person = new Person(['one', 'two', 'three', repositoryPassphrase]);
    expect((await unlocker(person).unlock.open(key, purpose)).id).toBe(key.id);
    expect(person.asked.map(({ attempt, problem }) => [attempt, problem])).toEqual([
      [0, undefined],
      [1, 'wrong'],
      [2, 'wrong'],
      [3, 'wrong'],
    ]);
  });

  it('ends after the fourth wrong one, with everything wiped and nothing remembered', async () => {
    const key = await stored('jeff');
    const person = new Person(['1', '2', '3', '4', repositoryPassphrase], 'session');
    const { unlock, memory } = unlocker(person);
    await expect(unlock.open(key, purpose)).rejects.toSatisfy(refusal('keystore/wrong-passphrase'));
    expect(person.asked).toHaveLength(4);
    expect(person.given.every((secret) => secret.isWiped)).toBe(true);
    expect(memory.size).toBe(0);
  });

  it('passes on that the person cancelled', async () => {
    const key = await stored('jeff');
    await expect(unlocker(new Person(['wrong'])).unlock.open(key, purpose)).rejects.toSatisfy(
      refusal('prompt/cancelled'),
    );
  });

  it('does not ask for unencrypted keys', async () => {
    const { readFileSync } = await import('node:fs');
    const { importKey } = await import('../../../electron/keystore/import-key.ts');
    const { parseKeyFile } = await import('../../../electron/keystore/private-key-file.ts');
    const [entry] = parseKeyFile('x', readVector('key-formats', 'p384.pem')).entries;
    const none = SecretBytes.fromText('');
    const key = await importKey(trust.path, entry!, { fallbackRole: 'x' }, { old: undefined, new: none });
    expect(readFileSync(key.path, 'utf8')).toContain('BEGIN PRIVATE KEY');
    const { unlock } = unlocker(new Person([]));
    expect((await unlock.open(key, purpose)).id).toBe(key.id);
    expect(await unlock.remembered(key)).toBe('not-needed');
  });

  it('a damaged file is not taken for a wrong passphrase', async () => {
    const key = await stored('jeff');
    trust.put(`private/${key.id}.key`, 'gone');
    const person = new Person([repositoryPassphrase, repositoryPassphrase]);
    await expect(unlocker(person).unlock.open(key, purpose)).rejects.toSatisfy(refusal('keystore/not-a-key'));
    expect(person.asked).toHaveLength(1);
    expect(person.given.every((secret) => secret.isWiped)).toBe(true);
  });
});

describe('remembering for the session', () => {
  it('asks once', async () => {
    const key = await stored('jeff');
    const person = new Person([repositoryPassphrase], 'session');
    const { unlock } = unlocker(person);
    expect(await unlock.remembered(key)).toBe('nowhere');
    for (let i = 0; i < 3; i++) expect((await unlock.open(key, purpose)).id).toBe(key.id);
    expect(person.asked).toHaveLength(1);
    expect(await unlock.remembered(key)).toBe('session');
  });

  it('is per key: another key with the same passphrase is asked for', async () => {
    const [jeff, ops] = [await stored('jeff'), await stored('ops')];
    const person = new Person([repositoryPassphrase, repositoryPassphrase], 'session');
    const { unlock } = unlocker(person);
    await unlock.open(jeff, purpose);
    await unlock.open(ops, purpose);
    expect(person.asked.map(({ keyId }) => keyId)).toEqual([jeff.id, ops.id]);
  });

  it('asks again after forget and after lock', async () => {
    const key = await stored('jeff');
    const person = new Person([repositoryPassphrase, repositoryPassphrase, repositoryPassphrase], 'session');
    const { unlock } = unlocker(person);
    await unlock.open(key, purpose);
    await unlock.forget(key.id);
    await unlock.open(key, purpose);
    unlock.lock();
    await unlock.open(key, purpose);
    expect(person.asked).toHaveLength(3);
  });

  it('asks again when another program changed the passphrase', async () => {
    const key = await stored('jeff');
    const person = new Person([repositoryPassphrase, 'something else'], 'session');
    const { unlock } = unlocker(person);
    await unlock.open(key, purpose);
    const { changePassphrase } = await import('../../../electron/keystore/change-passphrase.ts');
    await changePassphrase(
      key,
      SecretBytes.fromText(repositoryPassphrase),
      SecretBytes.fromText('something else'),
    );
    expect((await unlock.open(key, purpose)).id).toBe(key.id);
    expect(person.asked).toHaveLength(2);
  });
});

describe('the memory', () => {
  function clock() {
    const timers: { ms: number; work: () => void; cancelled: boolean }[] = [];
    return {
      timers,
      startTimer: (ms: number, work: () => void) => {
        const timer = { ms, work, cancelled: false };
        timers.push(timer);
        return () => (timer.cancelled = true);
      },
      running: () => timers.filter(({ cancelled }) => !cancelled),
    };
  }

  it('locks itself after the time without use, and says so once', () => {
    const { startTimer, running } = clock();
    let locked = 0;
    const memory = new PassphraseMemory({ autoLockMs: 1000, startTimer, onLocked: () => (locked += 1) });
    expect(running()).toHaveLength(0);
    memory.remember('a', SecretBytes.fromText('one'));
    memory.remember('b', SecretBytes.fromText('two'));
    expect(text(memory.recall('a'))).toBe('one');
    expect(running().map(({ ms }) => ms)).toEqual([1000]);
    running()[0]!.work();
    expect([memory.size, memory.recall('a'), locked]).toEqual([0, undefined, 1]);
    memory.lock();
    expect(locked).toBe(1);
  });

  it('use starts the time anew; forgetting the last one stops it', () => {
    const { startTimer, running, timers } = clock();
    const memory = new PassphraseMemory({ autoLockMs: 1000, startTimer });
    memory.remember('a', SecretBytes.fromText('one'));
    memory.recall('a');
    memory.recall('none');
    expect([timers.length, running().length]).toEqual([2, 1]);
    memory.forget('a');
    expect(running()).toHaveLength(0);
  });

  it('a new time counts from now; none means never', () => {
    const { startTimer, running } = clock();
    const memory = new PassphraseMemory({ startTimer });
    memory.remember('a', SecretBytes.fromText('one'));
    expect(running()).toHaveLength(0);
    memory.setAutoLock(50);
    expect(running().map(({ ms }) => ms)).toEqual([50]);
    memory.setAutoLock(undefined);
    expect(running()).toHaveLength(0);
    expect(memory.has('a')).toBe(true);
  });

  it('keeps and gives copies only', () => {
    const memory = new PassphraseMemory();
    const mine = SecretBytes.fromText('one');
    memory.remember('a', mine);
    mine.wipe();
    memory.recall('a')?.wipe();
    expect(text(memory.recall('a'))).toBe('one');
    memory.remember('a', SecretBytes.fromText('two'));
    expect([text(memory.recall('a')), memory.size]).toEqual(['two', 1]);
  });
});

describe('environment variables', () => {
  it.each([
    ['root', 'DOCKER_CONTENT_TRUST_ROOT_PASSPHRASE'],
    ['root', 'NOTARY_ROOT_PASSPHRASE'],
    ['root', 'DOCKER_CONTENT_TRUST_OFFLINE_PASSPHRASE'],
    ['targets', 'DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE'],
    ['targets', 'NOTARY_TARGETS_PASSPHRASE'],
    ['targets', 'DOCKER_CONTENT_TRUST_TARGET_PASSPHRASE'],
    ['targets', 'DOCKER_CONTENT_TRUST_TAGGING_PASSPHRASE'],
    ['jeff', 'DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE'],
    ['jeff', 'NOTARY_DELEGATION_PASSPHRASE'],
    ['ops', 'DOCKER_CONTENT_TRUST_TAGGING_PASSPHRASE'],
  ])('a %s key opens with %s, without a question', async (role, variable) => {
    const key = await stored(role);
    const person = new Person([]);
    const passphrase = role === 'root' ? rootPassphrase : repositoryPassphrase;
    const { unlock } = unlocker(person, { environment: { [variable]: passphrase } });
    expect((await unlock.open(key, purpose)).id).toBe(key.id);
    expect(await unlock.remembered(key)).toBe('environment');
    expect(person.asked).toEqual([]);
  });

  it.each([
    ['jeff', 'DOCKER_CONTENT_TRUST_ROOT_PASSPHRASE'],
    ['jeff', 'NOTARY_TARGETS_PASSPHRASE'],
    ['root', 'DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE'],
    ['targets', 'NOTARY_SNAPSHOT_PASSPHRASE'],
    ['targets', 'NOTARY_DELEGATION_PASSPHRASE'],
  ])('a %s key does not look at %s', async (role, variable) => {
    const key = await stored(role);
    const { unlock } = unlocker(new Person([]), { environment: { [variable]: 'x' } });
    await expect(unlock.open(key, purpose)).rejects.toSatisfy(refusal('prompt/cancelled'));
  });

  it('the snapshot role has its own older names', () => {
    expect(passphraseVariables('snapshot')).toContain('NOTARY_SNAPSHOT_PASSPHRASE');
    expect(passphraseVariables('snapshot')).toContain('DOCKER_CONTENT_TRUST_SNAPSHOT_PASSPHRASE');
  });

  it('several are tried; an empty one counts as not set', async () => {
    const key = await stored('jeff');
    const environment = {
      DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE: '',
      NOTARY_DELEGATION_PASSPHRASE: 'wrong',
      DOCKER_CONTENT_TRUST_TAGGING_PASSPHRASE: repositoryPassphrase,
    };
    expect((await unlocker(new Person([]), { environment }).unlock.open(key, purpose)).id).toBe(key.id);
  });

  it('a wrong one is named, and nobody is asked: scripts must not hang', async () => {
    const key = await stored('jeff');
    const person = new Person([repositoryPassphrase]);
    const environment = { NOTARY_DELEGATION_PASSPHRASE: 'hunter2-hunter2' };
    const error: unknown = await unlocker(person, { environment })
      .unlock.open(key, purpose)
      .catch((thrown: unknown) => thrown);
    expect(hasCode(error, 'keystore/wrong-passphrase') && error.details.variable).toBe(
      'NOTARY_DELEGATION_PASSPHRASE',
    );
    expect((error as Error).message).not.toContain('hunter2');
    expect(person.asked).toEqual([]);
  });
});

describe('the system key chain', () => {
  it('remembers where it was asked to, opens later, and forgets', async () => {
    const native = new FakeKeyChain();
    const keyChain = systemKeyChain(() => Promise.resolve(native));
    const key = await stored('jeff');
    await unlocker(new Person([repositoryPassphrase], 'key-chain'), { keyChain }).unlock.open(key, purpose);
    expect([...native.entries]).toEqual([[`Trustdesk/key ${key.id}`, repositoryPassphrase]]);

    const later = new Person([]);
    const { unlock } = unlocker(later, { keyChain });
    expect(await unlock.remembered(key)).toBe('key-chain');
    expect((await unlock.open(key, purpose)).id).toBe(key.id);
    expect(later.asked).toEqual([]);

    await unlock.forget(key.id);
    expect(native.entries.size).toBe(0);
    expect(await unlock.remembered(key)).toBe('nowhere');
  });

  it('is not offered where there is none, and not written to unasked', async () => {
    const key = await stored('jeff');
    const without = new Person([repositoryPassphrase]);
    await unlocker(without).unlock.open(key, purpose);
    expect(without.asked[0]!.canRemember).not.toContain('key-chain');
    const native = new FakeKeyChain();
    const keyChain = systemKeyChain(() => Promise.resolve(native));
    const session = new Person([repositoryPassphrase], 'session');
    await unlocker(session, { keyChain }).unlock.open(key, purpose);
    expect(session.asked[0]!.canRemember).toContain('key-chain');
    expect(native.entries.size).toBe(0);
  });

  it.each([
    ['locked', undefined],
    ['broken', 'key-chain-unavailable'],
  ] as const)('%s: the person is asked, and told why', async (state, problem) => {
    const native = new FakeKeyChain();
    const key = await stored('jeff');
    native.entries.set(`Trustdesk/key ${key.id}`, repositoryPassphrase);
    native.state = state;
    const person = new Person([repositoryPassphrase]);
    const { unlock } = unlocker(person, { keyChain: systemKeyChain(() => Promise.resolve(native)) });
    expect((await unlock.open(key, purpose)).id).toBe(key.id);
    expect(person.asked.map((question) => question.problem)).toEqual([problem]);
    expect(await unlock.remembered(key)).toBe('nowhere');
  });

  it('that is missing is said once, and not offered, not even after a wrong passphrase', async () => {
    const native = new FakeKeyChain();
    native.state = 'broken';
    const key = await stored('jeff');
    const person = new Person(['wrong', repositoryPassphrase, repositoryPassphrase]);
    const { unlock } = unlocker(person, { keyChain: systemKeyChain(() => Promise.resolve(native)) });
    await unlock.open(key, purpose);
    await unlock.open(key, purpose);
    expect(person.asked.map(({ problem }) => problem)).toEqual(['key-chain-unavailable', 'wrong', undefined]);
    for (const { canRemember } of person.asked) expect(canRemember).toEqual(['no', 'session']);
    native.state = 'open';
    await unlock.open(key, purpose).catch(() => undefined);
    expect(person.asked.at(-1)!.canRemember).toContain('key-chain');
  });

  it('stays chosen after a wrong passphrase', async () => {
    const keyChain = systemKeyChain(() => Promise.resolve(new FakeKeyChain()));
    const key = await stored('jeff');
    const person = new Person(['wrong', repositoryPassphrase], 'key-chain');
    await unlocker(person, { keyChain }).unlock.open(key, purpose);
    expect(person.asked.map(({ remember }) => remember)).toEqual([undefined, 'key-chain']);
  });

  it('holds an outdated passphrase: the person is asked, and told so', async () => {
    const native = new FakeKeyChain();
    const key = await stored('jeff');
    native.entries.set(`Trustdesk/key ${key.id}`, 'outdated');
    const person = new Person([repositoryPassphrase], 'key-chain');
    await unlocker(person, { keyChain: systemKeyChain(() => Promise.resolve(native)) }).unlock.open(
      key,
      purpose,
    );
    expect(person.asked[0]!.problem).toBe('key-chain-wrong');
    expect([...native.entries.values()]).toEqual([repositoryPassphrase]);
  });

  it('that does not take a passphrase spoils nothing: remembered for the session, and said', async () => {
    const native = new FakeKeyChain();
    native.state = 'broken';
    const key = await stored('jeff');
    const { unlock, memory, notices } = unlocker(new Person([repositoryPassphrase], 'key-chain'), {
      keyChain: systemKeyChain(() => Promise.resolve(native)),
    });
    expect((await unlock.open(key, purpose)).id).toBe(key.id);
    expect(memory.has(key.id)).toBe(true);
    expect(notices.map(({ kind, keyId, error }) => [kind, keyId, error.details.reason])).toEqual([
      ['not-in-key-chain', key.id, 'Cannot autolaunch D-Bus without X11 $DISPLAY'],
    ]);
    await expect(unlock.forget(key.id)).rejects.toSatisfy(refusal('keystore/key-chain'));
  });

  it('whose module is not built is an outcome, not a crash; it is tried again later', async () => {
    let calls = 0;
    const keyChain = systemKeyChain(() => {
      calls += 1;
      return Promise.reject(
        Object.assign(new Error('Cannot find module keytar'), { code: 'ERR_MODULE_NOT_FOUND' }),
      );
    });
    for (let i = 0; i < 2; i++) {
      const error: unknown = await keyChain.recall('x').catch((thrown: unknown) => thrown);
      expect(hasCode(error, 'keystore/key-chain') && error.details.reason).toMatch(/not built into/);
    }
    expect(calls).toBe(2);
  });
});

describe('choosing a passphrase for a new key', () => {
  const key = { id: 'ab'.repeat(32), role: 'jeff' };

  it('insists on eight characters, says so, and remembers where asked', async () => {
    const person = new Person(['short', '1234567', 'pässword'], 'session');
    const { unlock, memory } = unlocker(person);
    const chosen = await unlock.choose(key, purpose);
    expect(text(chosen)).toBe('pässword');
    expect(person.asked.map(({ kind, problem }) => [kind, problem])).toEqual([
      ['create', undefined],
      ['create', 'too-short'],
      ['create', 'too-short'],
    ]);
    expect(person.given.map(({ isWiped }) => isWiped)).toEqual([true, true, false]);
    expect(text(memory.recall(key.id))).toBe('pässword');
  });

  it('gives up after eleven', async () => {
    const person = new Person(Array.from({ length: 20 }, () => 'x'));
    await expect(unlocker(person).unlock.choose(key, purpose)).rejects.toSatisfy(
      refusal('keystore/short-passphrase'),
    );
    expect(person.asked).toHaveLength(11);
  });

  it('takes a variable as it is, as docker does', async () => {
    const person = new Person([]);
    const environment = { DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE: 'x' };
    expect(text(await unlocker(person, { environment }).unlock.choose(key, purpose))).toBe('x');
    expect(person.asked).toEqual([]);
  });
});

describe('the passphrase itself, for changing it', () => {
  it('is asked for even when the key is remembered', async () => {
    const key = await stored('jeff');
    const person = new Person([repositoryPassphrase, 'wrong', repositoryPassphrase], 'session');
    const { unlock } = unlocker(person);
    await unlock.open(key, purpose);
    const opened = await unlock.openWithPassphrase(key, purpose);
    expect([opened.key.id, text(opened.passphrase)]).toEqual([key.id, repositoryPassphrase]);
    expect(person.asked).toHaveLength(3);
  });
});
