/** Which of the things that can be restored from and tried is a recovery sheet: main asks for its text or pictures. Pure. */
import type { RestoreSource } from './ipc/backups.ts';

export type PaperSource = Extract<RestoreSource, { readonly from: 'sheet' | 'picture' }>;

export function isPaper(source: RestoreSource): source is PaperSource {
  return source.from === 'sheet' || source.from === 'picture';
}
