/** Places as addresses: a reload stays where it was, and the browser's way back is the window's. */
import { describe, expect, test } from 'vitest';
import { createAppStore } from '../../../renderer/app/app-store.ts';
import { addressOf, type Route, routeOf } from '../../../renderer/app/routes.ts';
import { type AddressBar, followAddress } from '../../../renderer/app/use-address.ts';
import { privilegedSide } from '../../fakes/privileged-side.ts';

const repository = (gun: string): Route => ({ screen: 'repository', gun, tab: 'signers' });

describe('an address', () => {
  test.each<[address: string, route: Route]>([
    ['#/repositories', { screen: 'repositories' }],
    ['#/welcome', { screen: 'welcome' }],
    ['#/settings', { screen: 'settings' }],
    ['#/repository/signers/docker.io/library/alpine', repository('docker.io/library/alpine')],
    ['#/repository/signers/registry.example.com:5000/a_b/c', repository('registry.example.com:5000/a_b/c')],
    ['#/repository/signers/%5B::1%5D:5000/app', repository('[::1]:5000/app')],
  ])('%s is a place, both ways', (address, route) => {
    expect(addressOf(route)).toBe(address);
    expect(routeOf(address)).toEqual(route);
  });

  test.each([
    '',
    '#',
    '#/',
    '#token-of-an-address',
    '#/nowhere',
    '#/keys/more',
    '#/repository',
    '#/repository/signers',
    '#/repository/signers/',
    '#/repository/elsewhere/acme/app',
    '#/repository/tags/%',
    '#/__proto__',
    `#/repository/tags/${'a'.repeat(1025)}`,
  ])('%j is none', (address) => {
    expect(routeOf(address)).toBeUndefined();
  });
});

/** A page whose history can be walked, as a browser keeps it. */
function fakePage(hash: string) {
  const entries = [hash];
  let at = 0;
  const listeners = new Set<() => void>();
  const step = (by: number) => {
    if (entries[at + by] === undefined) return;
    at += by;
    for (const listener of listeners) listener();
  };
  const page = {
    location: {
      get hash() {
        return entries[at] ?? '';
      },
    },
    history: {
      pushState: (_state: unknown, _title: string, address: string) => {
        at += 1;
        entries.splice(at, Infinity, address);
      },
      replaceState: (_state: unknown, _title: string, address: string) => void (entries[at] = address),
      back: () => step(-1),
      forward: () => step(1),
    },
    addEventListener: (_name: string, listener: () => void) => void listeners.add(listener),
    removeEventListener: (_name: string, listener: () => void) => void listeners.delete(listener),
  };
  return { page: page as unknown as AddressBar, entries, here: () => entries[at], step };
}

describe('the address of the page', () => {
  const follow = (hash = '') => {
    const app = createAppStore(privilegedSide({ firstRun: true }).bridge);
    const { page, ...rest } = fakePage(hash);
    const stop = followAddress({ app }, page);
    return { app, stop, ...rest };
  };

  test('leads where the page was before it was loaded again, also on the first run', async () => {
    const { app } = follow('#/repository/signers/docker.io/acme/app');
    await app.getState().loadInfo();
    expect(app.getState().route).toEqual(repository('docker.io/acme/app'));
  });

  test('is that of the welcome page when nothing is here', async () => {
    const { app, entries } = follow();
    await app.getState().loadInfo();
    expect(entries).toEqual(['#/welcome']);
  });

  test('follows the person; another tab is no step', () => {
    const { app, entries } = follow();
    app.getState().go({ screen: 'keys' });
    app.getState().go(repository('docker.io/acme/app'));
    app.getState().replace({ screen: 'repository', gun: 'docker.io/acme/app', tab: 'keys' });
    expect(entries).toEqual(['', '#/keys', '#/repository/keys/docker.io/acme/app']);
  });

  test('goes back with the window, and the window with it', () => {
    const { app, here, step } = follow('#/repositories');
    app.getState().go({ screen: 'keys' });
    app.getState().go({ screen: 'settings' });
    app.getState().back();
    expect(here()).toBe('#/keys');
    step(-1);
    expect(app.getState().route).toEqual({ screen: 'repositories' });
    expect(app.getState().past).toEqual([]);
    step(1);
    expect(app.getState().route).toEqual({ screen: 'keys' });
    expect(here()).toBe('#/keys');
  });

  test('is left alone once nobody follows it', () => {
    const { app, stop, here, step } = follow('#/repositories');
    stop();
    app.getState().go({ screen: 'keys' });
    expect(here()).toBe('#/repositories');
    step(0);
    expect(app.getState().route).toEqual({ screen: 'keys' });
  });
});
