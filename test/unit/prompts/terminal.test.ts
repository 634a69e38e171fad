/** Questions in a terminal: what is typed, what is shown, what is left. */
import { PassThrough } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { readHidden, terminalConfirm, type Terminal } from '../../../electron/prompts/terminal.ts';

function typing(...chunks: (string | Buffer)[]) {
  const input = Object.assign(new PassThrough(), { setRawMode: vi.fn() });
  const output = new PassThrough();
  const shown: string[] = [];
  output.on('data', (chunk: Buffer) => shown.push(chunk.toString()));
  const close = vi.fn();
  const terminal: Terminal = { input, output, close };
  const buffers = chunks.map((chunk) => Buffer.from(chunk));
  for (const buffer of buffers) input.write(buffer);
  return { open: () => terminal, input, shown: () => shown.join(''), close, buffers };
}

const confirmation = {
  title: 'Delete',
  text: 'Deletes all.\nSure?',
  confirmLabel: 'Delete',
  destructive: true,
};
const cancelled = { code: 'prompt/cancelled' };

describe('a confirmation', () => {
  it.each(['y\n', 'Y\n', 'yes\n', ' yes \n'])('is %j', async (typed) => {
    const { open, close, shown } = typing(typed);
    await expect(terminalConfirm(open).confirm(confirmation)).resolves.toBeUndefined();
    expect(shown()).toContain('Deletes all.\nSure? [y/N] ');
    expect(close).toHaveBeenCalledOnce();
  });
  it.each(['\n', 'n\n', 'no\n', 'yep\n', 'y es\n', 'j\n', '\u0003', '\u0004'])('is not %j', async (typed) => {
    const { open, close } = typing(typed);
    await expect(terminalConfirm(open).confirm(confirmation)).rejects.toMatchObject(cancelled);
    expect(close).toHaveBeenCalledOnce();
  });
  it('is asked for in words that drive no terminal', async () => {
    const { open, shown } = typing('y\n');
    await terminalConfirm(open).confirm({ ...confirmation, text: 'Trust\u009b2J \u202ea\u2066?' });
    expect(shown()).toContain('Trust\\u009b2J \\u202ea\\u2066? [y/N] ');
  });
  it('ends when the input ends', async () => {
    const { open, input } = typing();
    input.end();
    await expect(terminalConfirm(open).confirm(confirmation)).rejects.toMatchObject(cancelled);
  });
  it('ends when it is cancelled', async () => {
    const { open } = typing();
    const by = new AbortController();
    const asked = terminalConfirm(open).confirm(confirmation, by.signal);
    by.abort();
    await expect(asked).rejects.toMatchObject(cancelled);
  });
});

describe('a hidden line', () => {
  const hidden = async (...chunks: (string | Buffer)[]) => {
    const terminal = typing(...chunks);
    const bytes = await readHidden('Passphrase: ', 'a passphrase', terminal.open);
    return { text: Buffer.from(bytes).toString(), ...terminal };
  };

  it.each([
    ['ends at Enter', ['rootpass1\r'], 'rootpass1'],
    ['ends at a line feed', ['rootpass1\n'], 'rootpass1'],
    ['comes in pieces', ['root', 'pass', '1', '\r'], 'rootpass1'],
    ['keeps spaces', ['  a b  \r'], '  a b  '],
    ['may be empty', ['\r'], ''],
    ['takes a character back', ['rootpasx\u007fs1\r'], 'rootpass1'],
    ['takes a whole character back', ['grü\u007fu\b\u00dc\r'], 'grÜ'],
    ['takes back no more than there is', ['\u007f\u007fa\r'], 'a'],
    ['starts again at Ctrl+U', ['wrong\u0015right\r'], 'right'],
    ['leaves control characters out', ['a\u0001b\tc\r'], 'abc'],
    ['ignores what follows', ['first\rsecond'], 'first'],
    ['has an end', ['x'.repeat(5000) + '\r'], 'x'.repeat(1024)],
  ])('%s', async (_what, chunks, expected) => {
    expect((await hidden(...chunks)).text).toBe(expected);
  });

  it('is not shown, and the terminal is as before', async () => {
    const { shown, input, close } = await hidden('rootpass1\r');
    expect(shown()).toBe('Passphrase: \n');
    expect(input.setRawMode.mock.calls).toEqual([[true], [false]]);
    expect(close).toHaveBeenCalledOnce();
  });

  it('is asked for in words that drive no terminal', async () => {
    const evil = 'Key of a\u001b[2J\u202eb\nPassphrase: ';
    const { open, shown } = typing('x\r');
    await readHidden(evil, 'x', open);
    expect(shown()).toBe('Key of a\\u001b[2J\\u202eb\nPassphrase: \n');
  });

  it.each([
    ['Ctrl+C', 'abc\u0003'],
    ['Ctrl+D on an empty line', '\u0004'],
  ])('is cancelled by %s', async (_what, typed) => {
    const { open, input, close } = typing(typed);
    await expect(readHidden('Passphrase: ', 'x', open)).rejects.toMatchObject(cancelled);
    expect(input.setRawMode.mock.calls).toEqual([[true], [false]]);
    expect(close).toHaveBeenCalledOnce();
  });

  it('is cancelled when the input ends', async () => {
    const { open, input } = typing('abc');
    input.end();
    await expect(readHidden('Passphrase: ', 'x', open)).rejects.toMatchObject(cancelled);
  });

  it('leaves nothing in the chunks that the terminal gave', async () => {
    const chunk = Buffer.from('rootpass1\r');
    const terminal = typing();
    const asked = readHidden('Passphrase: ', 'x', terminal.open);
    terminal.input.emit('data', chunk);
    await asked;
    expect(chunk.every((byte) => byte === 0)).toBe(true);
  });
});
