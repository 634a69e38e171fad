/**
 * A vitest reporter that writes how many tests passed, failed and were skipped to the file named by
 * `TRUSTDESK_TEST_COUNTS`. A file that could not even be loaded, and an error outside any test, count as failed.
 */
import { writeFileSync } from 'node:fs';

export default class CountReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        // A test that was not reached (a hook failed, the run was cut short) did not pass.
        counts[state === 'pending' ? 'failed' : state] += 1;
      }
      counts.failed += [module, ...module.children.allSuites()].filter(
        (one) => one.errors().length > 0,
      ).length;
    }
    writeFileSync(process.env.TRUSTDESK_TEST_COUNTS, JSON.stringify(counts));
  }
}
