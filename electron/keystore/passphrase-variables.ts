/** The environment variables that docker and notary take passphrases from. Pure; the environment is an argument. */

const root = ['DOCKER_CONTENT_TRUST_ROOT_PASSPHRASE', 'NOTARY_ROOT_PASSPHRASE'];
const repository = 'DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE';
/** Names of docker's first documentation, from before it told repository from signer keys. */
const oldRoot = 'DOCKER_CONTENT_TRUST_OFFLINE_PASSPHRASE';
const oldRepository = 'DOCKER_CONTENT_TRUST_TAGGING_PASSPHRASE';

/** The variables for a key of this role, in the order they are tried: docker's, notary's, docker's older names. */
export function passphraseVariables(role: string): readonly string[] {
  switch (role) {
    case 'root':
      return [...root, oldRoot];
    case 'targets':
      return [
        repository,
        'NOTARY_TARGETS_PASSPHRASE',
        'DOCKER_CONTENT_TRUST_TARGET_PASSPHRASE',
        oldRepository,
      ];
    case 'snapshot':
      return [
        repository,
        'NOTARY_SNAPSHOT_PASSPHRASE',
        'DOCKER_CONTENT_TRUST_SNAPSHOT_PASSPHRASE',
        oldRepository,
      ];
    default:
      return [repository, 'NOTARY_DELEGATION_PASSPHRASE', oldRepository];
  }
}

/** Those of them that are set to something, with their values. */
export function setPassphraseVariables(
  role: string,
  environment: Readonly<Record<string, string | undefined>>,
): readonly (readonly [variable: string, passphrase: string])[] {
  return passphraseVariables(role).flatMap((variable) => {
    const value = environment[variable];
    return value === undefined || value === '' ? [] : [[variable, value] as const];
  });
}
