/**
 * The layers of docs/architecture.md as rules: imports point down only.
 *
 *   entries    electron/main.ts, preload.ts, cli/, browser/, compose.ts
 *   doorway    electron/ipc/, prompts/, window/
 *   services   electron/trust/, keystore/, backup/, doctor/, sandbox/, activity/, yubikey/
 *   adapters   electron/notary/, registry/, network/, settings/, crypto/, files/, log/
 *   core       electron/tuf/ (pure)        shared/ (pure)
 *   renderer   app/ -> features/<noun>/ -> bridge/, ui/, copy/
 */
const entries = '^electron/(main\\.ts|preload\\.ts|compose\\.ts|cli/|browser/)';
const doorway = '^electron/(ipc|window)/';
const services = '^electron/(trust|keystore|backup|doctor|sandbox|activity|yubikey)/';
const adapters = '^electron/(notary|registry|network|settings|crypto|files|log)/';

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    forbid(
      'no-cycle',
      'Two files that need each other to run are one concept or three; a type may point back.',
      {},
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    ),
    forbid('no-unresolved', 'An import must lead somewhere.', {}, { couldNotResolve: true }),
    forbid(
      'shared-stands-alone',
      'shared/ is seen by every process: it may use itself and zod only.',
      { path: '^shared/' },
      { pathNot: ['^shared/', '^node_modules/zod/'] },
    ),
    forbid(
      'tuf-is-pure',
      'The trust core does no I/O and knows no platform: it may use itself and shared/ only.',
      { path: '^electron/tuf/' },
      { pathNot: ['^electron/tuf/', '^shared/', '^node_modules/@noble/'] },
    ),
    forbid(
      'adapters-know-no-services',
      'Disk, network and token code must not know what it is used for.',
      { path: adapters },
      { path: [services, doorway, entries] },
    ),
    forbid(
      'services-know-no-windows',
      'The same services run in Electron, in browser mode, on the command line and in tests.',
      { path: services },
      { path: [doorway, entries, '^node_modules/electron/'] },
    ),
    forbid(
      'nothing-imports-an-entry',
      'Entries compose; what they compose must not reach back.',
      { path: '^electron/(?!main\\.ts|preload\\.ts|compose\\.ts|cli/|browser/)' },
      { path: entries },
    ),
    forbid(
      'renderer-sees-no-node',
      'The window has a DOM and the contract. Nothing else.',
      { path: '^renderer/' },
      { path: ['^electron/', '^node_modules/electron/', '^test/'] },
    ),
    forbid(
      'renderer-no-core',
      'No Node module in the window.',
      { path: '^renderer/' },
      { dependencyTypes: ['core'] },
    ),
    forbid(
      'features-are-islands',
      'No feature imports another; renderer/app composes them.',
      { path: '^renderer/features/([^/]+)/' },
      { path: '^renderer/features/', pathNot: '^renderer/features/$1/' },
    ),
    forbid(
      'features-below-app',
      'Features do not know the app that shows them.',
      { path: '^renderer/(features|ui|bridge|copy)/' },
      { path: '^renderer/app/' },
    ),
    forbid(
      'ui-knows-no-features',
      'Parts and bridge serve every feature and know none.',
      { path: '^renderer/(ui|bridge|copy)/' },
      { path: '^renderer/features/' },
    ),
    forbid(
      'product-needs-no-tests',
      'What ships does not import what tests it.',
      { path: '^(electron|shared|renderer)/' },
      { path: '^test/' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|out|coverage)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'renderer/tsconfig.json' },
    enhancedResolveOptions: { conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
