/** Which roles are signed again, by the window and by `trustdesk renew`. */
import { expect, test } from 'vitest';
import type { RoleName } from '../../../shared/brands.ts';
import { AppError } from '../../../shared/errors.ts';
import { dueRoles } from '../../../electron/trust/due-roles.ts';

type Repository = Parameters<typeof dueRoles>[0];
const file = (expiresAt: number) => ({ body: { expiresAt } });
const expired = new AppError('trust/expired', { role: 'targets/old', expiredAt: '2026-01-01T00:00:00Z' });
const spoiled = new AppError('trust/no-signatures', { role: 'targets/mia' });
const repository = {
  root: file(50),
  targets: new Map([
    ['targets', file(500)],
    ['targets/jeff', file(99)],
    ['targets/releases', file(100)],
  ]),
  unusable: new Map([
    ['targets/old', file(1)],
    ['targets/mia', file(2)],
  ]),
  problems: new Map<string, AppError>([
    ['targets/old', expired],
    ['targets/mia', spoiled],
  ]),
} as unknown as Repository;

test('what expires before then, and what expired already; never what is not believed for another reason', () => {
  const { due, unbelieved } = dueRoles(repository, 100);
  expect(due.map(({ role }) => role)).toEqual(['root', 'targets/jeff', 'targets/old'] as RoleName[]);
  expect(unbelieved).toEqual(['targets/mia']);
});
