/** Reading repositories with server, certificates and folder found as docker finds them, or in the sandbox. Command line. */
import type { Gun } from '../../shared/brands.ts';
import type { VerifiedRepository } from '../notary/verified-repository.ts';
import { connectLikeDocker, readConfiguration } from '../trust/connect.ts';
import { readRepository } from '../trust/read-repository.ts';
import { chooseConnector } from '../trust/sandbox-connector.ts';
import { surroundingsOf, type Terminal } from './terminal.ts';
import { sayProblem } from './warnings.ts';

/** Reads each repository once, however many of its tags are asked for. @throws as `readRepository` */
export type ReadRepository = (gun: Gun) => Promise<VerifiedRepository>;

/** @throws `config/*` */
export async function openDockerReader(terminal: Terminal): Promise<ReadRepository> {
  const surroundings = surroundingsOf(terminal);
  const configured = await readConfiguration(surroundings);
  if (configured.notaryProblem !== undefined) sayProblem(configured.notaryProblem, terminal);
  const choose = chooseConnector(
    connectLikeDocker(configured, surroundings),
    configured.paths.dataDirectory,
    surroundings,
  );
  const now = terminal.now();
  const read: ReadRepository = async (gun) => readRepository((await choose(gun)).connector, gun, { now });
  const reading = new Map<Gun, Promise<VerifiedRepository>>();
  return (gun) => {
    const started = reading.get(gun) ?? read(gun);
    reading.set(gun, started);
    return started;
  };
}
