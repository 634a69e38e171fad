/** What a signed image tells a build to do: nothing in it may name what nobody signed. */
import { expect, test } from 'vitest';
import { refuseUnsignedTriggers } from '../../../../electron/trust/references/build-triggers.ts';

const digest = `sha256:${'ab'.repeat(32)}`;
const stages = new Map([
  ['source', 0],
  ['below', 2],
]);
const check = (trigger: string, stage = 1): void => {
  refuseUnsignedTriggers('base:1', ['RUN true', trigger], stage, { stages });
};

test.each([
  'COPY . /app',
  'ADD https://example.test/x /x',
  'USER nobody',
  `COPY --from=tools:1@${digest} /x /y`,
  `RUN --mount=from=tools@${digest},target=/x y`,
  'COPY --from=Source /x /y',
  'COPY --from=0 /x /y',
  'COPY --from=scratch /x /y',
])('%s is taken', (trigger) => {
  expect(() => {
    check(trigger);
  }).not.toThrow();
});

test.each<[trigger: string, words: string]>([
  ['COPY --from=tools:1 /x /y', 'what tools:1 is by then'],
  ['copy --chown=1 --from=tools /x /y', 'what tools is by then'],
  ['RUN --mount=type=bind,from=tools:1,target=/x y', 'what tools:1 is by then'],
  ['RUN --mount=from=0,target=/x y', 'what 0 is by then'],
  ['COPY --from=1 /x /y', 'what 1 is by then'],
  ['COPY --from=below /x /y', 'what below is by then'],
  ['COPY --from=$X /x /y', 'variables are not filled in'],
  ['COPY --fr\\om=tools /x /y', 'hidden by quotes'],
  ['ONBUILD COPY --from=tools /x /y', 'what tools is by then'],
  ['FROM tools', 'what tools is by then'],
  ['FROM tools AS source\nCOPY --from=source / /', 'what tools is by then'],
  ['# escape=`\nCOPY --fr`om=tools /x /y', 'hidden by quotes'],
  ['COPY --chown=\u00e0--from=tools /x /y', 'letters beyond ASCII'],
  ['RUN <<A\nCOPY --from=tools / /\nA\n', 'here-document'],
  ['COPY --from=Not:a:ref / /', 'not an image reference'],
  ['IMPORT tools', 'is no instruction'],
])('%j is refused', (trigger, words) => {
  expect(() => {
    check(trigger);
  }).toThrow(
    expect.objectContaining({
      code: 'reference/trigger-unsigned',
      details: { image: 'base:1', trigger, reason: expect.stringContaining(words) as string },
    }),
  );
});
