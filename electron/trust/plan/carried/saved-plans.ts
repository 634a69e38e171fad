/**
 * Saved plans that the window has open: each with the place it came from, so that a signature goes back into the same
 * file. Privileged process. The window knows neither the place nor the metadata.
 */
import type { AvailableKey } from '../plan.ts';
import type { PublishingServices } from '../publishing.ts';
import { type CarriedPlan, isWaiting, placedHere } from './carried-plan.ts';
import { type OpenedPlan, openPlanFile, signPlanAt } from './plan-files.ts';
import { keysReady, keysToSignWith } from './sign-carried.ts';

export interface SavedPlan extends OpenedPlan {
  readonly place: string;
  /** Keys at hand when it was opened. */
  readonly available: readonly AvailableKey[];
}

export interface SavedPlanServices {
  readonly publishing: PublishingServices;
  readonly keysHere: (gun: CarriedPlan['plan']['gun']) => Promise<readonly AvailableKey[]>;
}

/** @throws `plan/file-unreadable`, `plan/moot` */
export async function openSaved(place: string, services: SavedPlanServices): Promise<SavedPlan> {
  const { file, carried } = await openPlanFile(place, services.publishing);
  const available = await services.keysHere(carried.plan.gun);
  return { place, file, carried: placedHere(carried, available), available };
}

/** Signs with every planned key that is here and writes the file again. @throws `plan/no-key-here`, `prompt/cancelled` */
export async function signSaved(saved: SavedPlan, services: SavedPlanServices): Promise<SavedPlan> {
  const keys = keysToSignWith(
    saved.carried,
    await services.keysHere(saved.carried.plan.gun),
    services.publishing.crypto,
  );
  await signPlanAt(saved.place, saved, keys, services.publishing);
  return openSaved(saved.place, services);
}

/** How far a saved plan is, as the window shows it. */
export function toSavedView({ carried, available }: SavedPlan) {
  const { trust, roles } = carried;
  const lacking = roles.filter(({ planned, signed }) => signed.length < planned.threshold);
  const ready = new Set(keysReady(carried, available).flatMap((key) => key.roles));
  return {
    trust,
    isSigned: lacking.length === 0,
    canSign: lacking.some((role) => ready.has(role)),
    signatures: roles.map((role) => ({
      role: role.planned.role,
      have: role.signed.length,
      need: role.planned.threshold,
      ...(isWaiting(role) ? { waits: true as const } : {}),
    })),
  };
}
