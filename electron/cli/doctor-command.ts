/**
 * `trustdesk doctor [IMAGE|URL] [--json]`: each step as it is done. Command line. Exit code 0 when nothing failed. With notary's
 * options, what its commands would reach with them: `-s` names the server.
 */
import type { Gun } from '../../shared/brands.ts';
import { isAppError } from '../../shared/errors.ts';
import { stepNames } from '../../shared/doctor-words.ts';
import type { DoctorStep } from '../../shared/ipc/doctor.ts';
import { runDoctor } from '../doctor/doctor.ts';
import type { NotaryServer } from '../doctor/target.ts';
import { parseProxyEnvironment } from '../network/proxy.ts';
import { parseImageReference } from '../registry/image-reference.ts';
import {
  type Configured,
  connectLikeDocker,
  connectLikeNotary,
  readConfiguration,
} from '../trust/connect.ts';
import type { Connector } from '../trust/connector.ts';
import { chooseConnector, sandboxOfServer } from '../trust/sandbox-connector.ts';
import { isOn, type RunCommand } from './command.ts';
import { printable } from './columns.ts';
import { notaryChoicesOf } from './notary-choices.ts';
import { surroundingsOf } from './terminal.ts';
import { sayProblem } from './warnings.ts';

const connectMs = 10_000;

export const runDoctorCommand: RunCommand = async (args, terminal) => {
  const surroundings = surroundingsOf(terminal);
  const configured = await readConfiguration(surroundings);
  const choices = notaryChoicesOf(args, terminal);
  // What notary's commands would use is meant, as soon as one of their options is given.
  const asNotary = Object.values(choices).some((choice) => choice !== undefined);
  if (!asNotary && configured.notaryProblem !== undefined) sayProblem(configured.notaryProblem, terminal);
  const computer = asNotary
    ? await connectLikeNotary(surroundings, choices)
    : connectLikeDocker(configured, surroundings);
  const asJson = isOn(args, 'json');
  const report = await runDoctor(args.operands[0] ?? '', {
    connector: await connectorFor(args.operands[0], computer, configured, surroundings),
    notary: asNotary ? undefined : notaryServerOf(configured),
    isServerNamed: choices.server !== undefined,
    connection: { proxies: parseProxyEnvironment(terminal.env), connectMs },
    now: terminal.now,
    onStep: (step) => {
      if (!asJson) terminal.stdout.write(stepLines(step));
    },
    onUnknownCa: () => undefined, // the step itself names the certificate
  });
  if (asJson) terminal.stdout.write(`${JSON.stringify(report, undefined, 4)}\n`);
  else terminal.stdout.write(report.healthy ? '\nEverything works.\n' : '\nSomething is in the way.\n');
  return report.healthy ? 0 : 1;
};

function notaryServerOf({ notary: { url, file } }: Configured): NotaryServer | undefined {
  return url === undefined ? undefined : { url, file };
}

/** A repository or server of the sandbox is examined by the sandbox's own server and certificate. */
async function connectorFor(
  target: string | undefined,
  computer: Connector,
  configured: Configured,
  surroundings: ReturnType<typeof surroundingsOf>,
): Promise<Connector> {
  const gun = gunIn(target);
  if (gun === undefined)
    return (
      (await sandboxOfServer(target ?? '', configured.paths.dataDirectory, {
        ...surroundings,
        http: computer.http,
      })) ?? computer
    );
  return (await chooseConnector(computer, configured.paths.dataDirectory, surroundings)(gun)).connector;
}

/** undefined for a URL, and for what the first step of the examination refuses. */
function gunIn(target = ''): Gun | undefined {
  try {
    return target.includes('://') || target === '' ? undefined : parseImageReference(target).gun;
  } catch (error) {
    if (isAppError(error)) return undefined;
    throw error;
  }
}

/** `ok       Name             localhost is 127.0.0.1.`; what to do follows on a line of its own. */
function stepLines({ id, status, found, fix, unknownCa }: DoctorStep): string {
  const head = `${status.padEnd(9)}${stepNames[id].padEnd(17)}`;
  const indent = ' '.repeat(head.length);
  const ca =
    unknownCa === undefined ? '' : `${indent}The certificate shown: ${printable(unknownCa.subject)}\n`;
  const mend = fix === undefined ? '' : `${indent}To do: ${printable(fix)}\n`;
  return `${head}${printable(found)}\n${ca}${mend}`;
}
