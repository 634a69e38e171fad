/**
 * File choice with the system's own dialog. Runs in Electron's main process.
 */
import { dialog, type BrowserWindow, type OpenDialogOptions } from 'electron';
import { AppError } from '../../shared/errors.ts';
import type { FilePrompt, FileQuestion } from '../prompts/prompts.ts';

const properties: Readonly<Record<Exclude<FileQuestion['want'], 'save'>, OpenDialogOptions['properties']>> = {
  file: ['openFile', 'showHiddenFiles'],
  files: ['openFile', 'multiSelections', 'showHiddenFiles'],
  directory: ['openDirectory', 'showHiddenFiles', 'createDirectory'],
};

async function ask(
  window: BrowserWindow,
  { want, title, suggestedName }: FileQuestion,
): Promise<readonly string[]> {
  if (want !== 'save') {
    const { filePaths } = await dialog.showOpenDialog(window, { title, properties: properties[want] ?? [] });
    return filePaths;
  }
  const name = suggestedName === undefined ? {} : { defaultPath: suggestedName };
  const { filePath } = await dialog.showSaveDialog(window, {
    title,
    ...name,
    properties: ['showHiddenFiles'],
  });
  return filePath === '' ? [] : [filePath];
}

/** `prompt/cancelled` also when there is no window to belong to. */
export function nativeFiles(currentWindow: () => BrowserWindow | undefined): FilePrompt {
  return {
    chooseFile: async (question, signal) => {
      const window = currentWindow();
      const paths = window === undefined || signal?.aborted === true ? [] : await ask(window, question);
      // a native dialog cannot be taken down: what was chosen after the cancelling does not count
      if (paths.length === 0 || signal?.aborted === true) throw new AppError('prompt/cancelled', {});
      return paths;
    },
  };
}
