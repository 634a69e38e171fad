/** What can be done with backups, for the command palette. */
import { Archive, FileCheck, FileText, RotateCcw, ShieldCheck, Split } from 'lucide-react';
import type { Action } from './actions.ts';
import type { Stores } from './stores.ts';

export function backupActions(backups: Stores['backups']): readonly Action[] {
  const { show } = backups.getState();
  return [
    {
      id: 'backup',
      title: 'Back up keys…',
      icon: Archive,
      group: 'Do',
      run: () => show({ kind: 'wizard' }),
    },
    {
      id: 'backup-check',
      title: 'Check a backup…',
      icon: ShieldCheck,
      group: 'Do',
      run: () => show({ kind: 'check' }),
    },
    {
      id: 'backup-restore',
      title: 'Restore from a backup…',
      icon: RotateCcw,
      group: 'Do',
      run: () => show({ kind: 'restore' }),
    },
    {
      id: 'backup-sheet',
      title: 'Recovery sheet…',
      icon: FileText,
      group: 'Do',
      run: () => show({ kind: 'sheet' }),
    },
    {
      id: 'backup-try-sheet',
      title: 'Try a recovery sheet…',
      icon: FileCheck,
      group: 'Do',
      run: () => show({ kind: 'check', paper: true }),
    },
    {
      id: 'backup-shares',
      title: 'Split the passphrase of a backup…',
      icon: Split,
      group: 'Do',
      run: () => show({ kind: 'shares' }),
    },
  ];
}
