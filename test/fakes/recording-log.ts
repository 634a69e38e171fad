/** A log that a test reads back. */
import type { Fields, Log } from '../../electron/log/log.ts';

export interface LogLine {
  readonly level: keyof Log;
  readonly message: string;
  readonly fields?: Fields;
}

export function recordingLog(): Log & { readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = [];
  const write = (level: keyof Log) => (message: string, fields?: Fields) =>
    void lines.push({ level, message, ...(fields === undefined ? {} : { fields }) });
  return { lines, info: write('info'), warn: write('warn'), error: write('error') };
}
