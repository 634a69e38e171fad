/**
 * The doctor behind the window: one examination after the other's words, and the certificates that were shown.
 * Privileged process. SECURITY: only a certificate that the doctor itself showed can be trusted by its fingerprint.
 */
import type { Sha256Hex } from '../../shared/brands.ts';
import type { EventPayload } from '../../shared/ipc/bridge.ts';
import type { DoctorReport } from '../../shared/ipc/doctor.ts';
import { parseProxyEnvironment } from '../network/proxy.ts';
import type { PresentedCertificate } from '../network/presented-chain.ts';
import { parseImageReference } from '../registry/image-reference.ts';
import { isAppError } from '../../shared/errors.ts';
import type { Connector } from '../trust/connector.ts';
import type { Places } from '../trust/places.ts';
import { runDoctor } from './doctor.ts';

const connectMs = 10_000;

export interface DoctorServiceSetup {
  readonly places: Places;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  readonly onStep: (event: EventPayload<'doctor.step'>) => void;
}

export class DoctorService {
  readonly #setup: DoctorServiceSetup;
  readonly #shown = new Map<string, PresentedCertificate>();

  constructor(setup: DoctorServiceSetup) {
    this.#setup = setup;
  }

  run(target: string): Promise<DoctorReport> {
    const { env, now, onStep, places } = this.#setup;
    const { url, file } = places.configured.notary;
    return runDoctor(target, {
      connector: this.#connectorFor(target),
      connection: { proxies: parseProxyEnvironment(env), connectMs },
      notary: url === undefined ? undefined : { url, file },
      now,
      onStep: (step) => onStep({ target, step }),
      onUnknownCa: (server, certificate) =>
        this.#shown.set(nameOf(server.origin, certificate.sha256), certificate),
    });
  }

  /** The certificate that was shown under this fingerprint for this server. */
  shownCa(origin: string, sha256: Sha256Hex): PresentedCertificate | undefined {
    return this.#shown.get(nameOf(origin, sha256));
  }

  /** The sandbox's repositories and servers are looked at with the sandbox's certificates. */
  #connectorFor(target: string): Connector {
    const { places } = this.#setup;
    const place = target.includes('://')
      ? places.placeOfServer(target)
      : places.placeOfRegistry(registryOf(target));
    return place.connector;
  }
}

const nameOf = (origin: string, sha256: string): string => `${origin} ${sha256}`;

function registryOf(image: string): string {
  try {
    return parseImageReference(image.trim()).registry;
  } catch (error) {
    if (isAppError(error)) return ''; // the doctor's first step says what is wrong with it
    throw error;
  }
}
