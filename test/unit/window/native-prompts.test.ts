/** File choice with the system's dialog. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { BrowserWindow } from 'electron';
import { nativeFiles } from '../../../electron/window/native-prompts.ts';
import * as electron from '../../fakes/electron.ts';

vi.mock('electron', () => import('../../fakes/electron.ts'));
beforeEach(() => electron.resetElectron());

const window = () => new electron.BrowserWindow({}) as unknown as BrowserWindow;
const files = nativeFiles(window);

describe('choosing', () => {
  it.each([
    ['file', ['openFile', 'showHiddenFiles']],
    ['files', ['openFile', 'multiSelections', 'showHiddenFiles']],
    ['directory', ['openDirectory', 'showHiddenFiles', 'createDirectory']],
  ] as const)('a %s asks for just that', async (want, properties) => {
    electron.dialogAnswers.open = ['/media/stick/ca.pem'];
    await expect(files.chooseFile({ title: 'CA', want })).resolves.toEqual(['/media/stick/ca.pem']);
    expect(electron.callsOf('dialog.showOpenDialog')).toMatchObject([[{}, { title: 'CA', properties }]]);
  });

  it('a name to save under offers one', async () => {
    electron.dialogAnswers.save = '/media/stick/backup.age';
    const question = { title: 'Backup', want: 'save', suggestedName: 'keys.age' } as const;
    await expect(files.chooseFile(question)).resolves.toEqual(['/media/stick/backup.age']);
    expect(electron.callsOf('dialog.showSaveDialog')).toMatchObject([[{}, { defaultPath: 'keys.age' }]]);
  });

  it.each(['file', 'files', 'directory', 'save'] as const)('nothing cancels (%s)', async (want) => {
    await expect(files.chooseFile({ title: 'x', want })).rejects.toMatchObject({ code: 'prompt/cancelled' });
  });

  it('without a window cancels and shows nothing', async () => {
    electron.dialogAnswers.open = ['/x'];
    const nowhere = nativeFiles(() => undefined);
    await expect(nowhere.chooseFile({ title: 'x', want: 'file' })).rejects.toMatchObject({
      code: 'prompt/cancelled',
    });
    expect(electron.callsOf('dialog.showOpenDialog')).toEqual([]);
  });

  it('does not count after a cancelling', async () => {
    electron.dialogAnswers.open = ['/x'];
    const cancelling = new AbortController();
    const choice = files.chooseFile({ title: 'x', want: 'file' }, cancelling.signal);
    cancelling.abort();
    await expect(choice).rejects.toMatchObject({ code: 'prompt/cancelled' });
  });
});
