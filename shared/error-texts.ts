/**
 * What people read for each outcome: one title that says what is wrong, one fix that says what to do about it.
 * Pure; used by the window and the command line alike, so that both say the same words.
 *
 * A code without a text does not compile. Texts are whole plain sentences and never hold secrets: details do not.
 */
import type { ErrorCode, ErrorDetails, Refusal } from './errors.ts';

export interface ErrorText {
  /** What is wrong, as one sentence that ends with a full stop. */
  readonly title: string;
  /** What to do about it, as one or more sentences. */
  readonly fix: string;
}

type ErrorTexts = { readonly [C in ErrorCode]: (details: ErrorDetails[C]) => ErrorText };

const text = (title: string, fix: string): ErrorText => ({ title, fix });
const plural = (count: number, one: string): string => `${String(count)} ${one}${count === 1 ? '' : 's'}`;
function asWhom({ account, source }: Refusal): string {
  if (source === undefined) return account === null ? 'without an account' : `as ${account}`;
  return account === null
    ? `with the identity token from ${source}`
    : `as ${account} (credentials from ${source})`;
}

function otherDigest(
  gun: string,
  digest: string,
  tag: string | undefined,
  signed: string | undefined,
  tags: readonly string[],
): ErrorText {
  const instead =
    tags.length === 0 ? 'nobody signed it there' : `it is signed there as ${tags.slice(0, 5).join(', ')}`;
  if (tag === undefined || signed === undefined)
    return text(
      `The digest ${digest} is not one that docker would believe of ${gun}: ${instead}.`,
      `Use a digest that \`trustdesk inspect --pretty ${gun}\` lists.`,
    );
  return text(
    `The digest ${digest} is not what is signed as ${tag} of ${gun} (that is ${signed}), and ${instead}.`,
    'If the signed one is meant, pin it again and have its digest replaced (--update on the command line); if not, ask who wrote the digest there.',
  );
}

function refusalTitle(server: string, refusal: Refusal): string {
  const { scope, status, tokenServer } = refusal;
  const who = tokenServer === undefined ? 'it' : `its token server ${tokenServer}`;
  return `${server} refused access to ${scope} ${asWhom(refusal)}: ${who} answered with status ${String(status)}.`;
}

/** What `docker login` wants for the registry of a scope (`repository:NAME:ACTIONS`); Docker Hub is its default. */
function loginTo({ scope }: Refusal): string {
  const [, registry = ''] = /^repository:([^/]+)\/.*:[^:]*$/.exec(scope) ?? [];
  return `\`docker login${registry === '' || registry === 'docker.io' ? '' : ` ${registry}`}\``;
}

function refusalFix(refusal: Refusal): string {
  const login = loginTo(refusal);
  if (refusal.source === undefined) return `Log in with ${login}, with an account that may do this.`;
  return refusal.tokenServer === undefined
    ? `Ask the operator to allow it for this account, or log in with one that may do this (${login}).`
    : `Log in again with ${login}: these credentials are wrong, or not valid any more.`;
}

const mib = 1024 * 1024;
function size(bytes: number): string {
  if (bytes < 1024) return plural(bytes, 'byte');
  return bytes >= mib ? `${String(Math.round(bytes / mib))} MiB` : `${String(Math.round(bytes / 1024))} KiB`;
}

/** Permissions are of no help where there is no file. */
function readableFix(reason: string): string {
  if (/no such file|not a folder|ENOENT|ENOTDIR/.test(reason))
    return 'Check the path: nothing is there under this name.';
  if (/it is a folder|EISDIR/.test(reason)) return 'Name a file in this folder.';
  return 'Correct its owner or permissions so that you can read it.';
}

type UnknownCa = ErrorDetails['network/unknown-ca'];

/** SECURITY: a fingerprint is only called the authority's when it is: people compare it with what the operator says. */
function unknownCaTitle({ host, issuer, sha256, shown }: UnknownCa): string {
  if (shown === 'self-signed')
    return `The certificate of ${host} is signed by itself and not known here: ${issuer} (SHA-256 ${sha256}).`;
  const unknown = `The certificate of ${host} was issued by an authority that is not known here: ${issuer}`;
  if (shown === 'authority') return `${unknown} (SHA-256 ${sha256}).`;
  const sent = shown === 'server' ? 'its own' : 'one of an authority below it';
  return `${unknown}. The server does not send the certificate of that authority, only ${sent} (SHA-256 ${sha256}).`;
}

function unknownCaFix({ host, port, shown }: UnknownCa): string {
  const address = host.includes(':') ? `[${host}]` : host;
  const folder = `tls/${address}${port === 443 ? '' : `:${String(port)}`}/`;
  const places = `for this server in the settings, or put it into ${folder} as ca.crt, in docker's configuration folder`;
  if (shown === 'authority' || shown === 'self-signed')
    return `Compare this fingerprint with the operator of the server. If it is right, trust the certificate ${places}.`;
  const until =
    'Compare this fingerprint with the operator to trust what was sent instead, until it is replaced.';
  return `Get the certificate of the authority from the operator of the server and add it ${places}. ${until}`;
}

/** By what is wrong: nobody looks for a wrong clock when the port is. */
function tlsFix(host: string, reason: string): string {
  const renew = 'Ask the operator of the server to renew its certificate';
  if (reason.includes('has expired'))
    return `${renew}. If it should still be valid, check the clock of this computer.`;
  if (reason.includes('not valid yet')) return `Check the clock of this computer. If it is right: ${renew}.`;
  if (reason.includes('not for this host'))
    return `Use a name of the certificate in the address of the server, or ask its operator for one that names ${host}.`;
  if (reason.includes('does not speak TLS'))
    return 'Check the port: what answers there is another service, or one without https.';
  if (reason.includes('client certificate'))
    return "If it does, put yours into docker's folder tls/<host:port>/ as client.cert and client.key, or name them in notary's configuration (tls_client_cert, tls_client_key).";
  return `Ask the operator of the server. ${doctor}`;
}

/** Codes of the system that people meet. */
const writeReasons: ReadonlyMap<string, string> = new Map([
  ['ENOTDIR', 'a part of its path is not a folder'],
  ['EEXIST', 'something else is there under this name'],
  // Node says so of folders on a file system that is read-only, too.
  ['ENOENT', 'its folder is missing and cannot be made there'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['EROFS', 'the file system is read-only'],
]);

function writeFix(reason: string): string {
  const inTheWay = reason === 'ENOTDIR' || reason === 'EEXIST' || reason === writeReasons.get('ENOTDIR');
  return inTheWay
    ? 'Move away what is there, or name another place (DOCKER_CONFIG, TRUSTDESK_HOME, the settings).'
    : 'Correct the owner or permissions of its folder, then try again.';
}

/** What docker says before every reason, which the title has said already. */
function withoutLead(reason: string): string {
  const rest = reason.replace(/^invalid reference format(?:: )?/, '');
  return rest === '' ? '' : `: ${rest}`;
}

/** Of copies whose check does not say under which passphrase the key lies there. */
function withoutFileText(places: readonly string[] = []): string {
  if (places.length === 0) return '';
  const were = places.length === 1 ? 'was' : 'were';
  return ` ${places.join(' and ')} ${were} checked by an earlier version, which did not note which file of the key it opened: check again.`;
}

function malformedFix(path: string, reason: string): string {
  if (/^https?_proxy$/i.test(path)) return `Correct the environment variable ${path}, or unset it.`;
  return reason.includes('newer version')
    ? 'Install the newer version again, or move the file away.'
    : 'Correct the file in an editor, or move it away.';
}

const tampering =
  'Do not use what the server offers until its operator has explained this; what was verified before stays usable.';
const serverOperator = 'Ask the operator of the trust server to look at its log, then try again.';
/** Said where the doctor can tell more; the doctor itself leaves it out. */
export const doctor = 'Run `trustdesk doctor` with this server or image to see where it stops.';

/** A few of what is known; a line has room for so many. */
function knownList(names: readonly string[], most = 8): string {
  if (names.length === 0) return 'none';
  const more = names.length - most;
  return more > 0 ? `${names.slice(0, most).join(', ')} and ${more} more` : names.join(', ');
}

function knownHere(keys: readonly string[], guns: readonly string[]): string {
  if (keys.length + guns.length === 0) return 'No key and no repository is known here. ';
  return `Keys known here: ${knownList(keys)}. Repositories: ${knownList(guns)}. Type one of those. `;
}

export const errorTexts: ErrorTexts = {
  // trust
  'trust/expired': ({ role, expiredAt }) =>
    text(
      `The ${role} metadata expired at ${expiredAt}.`,
      role === 'timestamp' || role === 'snapshot'
        ? 'Check the clock of this computer; if it is right, the trust server has to sign new metadata: tell its operator.'
        : `Someone who holds a key of ${role} has to sign it again ("Renew" in the window).`,
    ),
  'trust/threshold-not-met': ({ role, have, need }) =>
    text(
      `valid signatures did not meet threshold for ${role}: ${plural(have, 'valid signature')}, needed ${String(need)}.`,
      role.startsWith('targets/')
        ? `A signer whose key is still listed for ${role} has to sign it again (notary calls it "witness").`
        : tampering,
    ),
  'trust/no-signatures': ({ role }) =>
    text(
      `The ${role} metadata carries no usable signature.`,
      `Someone who holds a key of ${role} has to sign it again.`,
    ),
  'trust/rollback': ({ role, have, got }) =>
    text(
      `The server offers an older ${role} (version ${String(got)}) than was seen before (version ${String(have)}).`,
      tampering,
    ),
  'trust/hash-mismatch': ({ role, algorithm, expected }) =>
    text(`The ${role} metadata is not the announced one: its ${algorithm} is not ${expected}.`, tampering),
  'trust/length-mismatch': ({ role, expected, got }) =>
    text(
      `The ${role} metadata has ${plural(got, 'byte')} where ${String(expected)} were announced.`,
      tampering,
    ),
  'trust/malformed': ({ role, reason }) =>
    text(`The ${role} metadata cannot be read: ${reason}.`, serverOperator),
  'trust/key-id-mismatch': ({ role, keyId }) =>
    text(`In ${role}, key ${keyId} is not the key that its ID says.`, tampering),
  'trust/root-not-trusted': ({ gun, reason }) =>
    text(
      `The root of ${gun} cannot be trusted: ${reason}.`,
      'Compare the root key ID with the owner of the repository over another channel before you trust it.',
    ),
  'trust/root-rotation-refused': ({ gun, reason }) =>
    text(
      `The root of ${gun} changed in a way that the trusted root does not confirm: ${reason}.`,
      'Ask the owner of the repository whether it was created anew. If so, delete the local copy of its trust data (`notary delete`), then compare the new root key ID with the owner.',
    ),
  'trust/invalid-certificate': ({ reason }) =>
    text(
      `A certificate in the trust data is not valid: ${reason}.`,
      'The owner of the repository has to replace it.',
    ),
  'trust/missing-role': ({ role }) =>
    text(`The trust data lacks the role ${role}.`, 'The owner of the repository has to publish it.'),
  'trust/too-many-root-rotations': ({ limit }) =>
    text(
      `The root was changed more than ${String(limit)} times since it was last seen here.`,
      'Delete the local copy of its trust data (`notary delete`), then compare the new root key ID with the owner.',
    ),
  'trust/limit-exceeded': ({ what, limit }) =>
    text(`The trust data is beyond what is accepted: more than ${String(limit)} ${what}.`, serverOperator),
  'trust/no-data': ({ gun, server }) =>
    text(
      `${server} does not have trust data for ${gun}.`,
      'Check the name. If it is right, the repository is not signed on this server, or another trust server holds it (see DOCKER_CONTENT_TRUST_SERVER and the settings).',
    ),
  'trust/no-signed-tag': ({ gun, tag }) =>
    text(
      `No valid trust data for ${tag}: ${gun} has no such signed tag.`,
      `Look at the signed tags with \`trustdesk inspect --pretty ${gun}\`.`,
    ),
  'trust/other-digest': ({ gun, digest, tag, signed, tags }) => otherDigest(gun, digest, tag, signed, tags),
  'trust/other-data': ({ gun, target, reason }) =>
    text(
      `The data is not what is signed as ${target} in ${gun}: ${reason}.`,
      `Get the data again from its source; \`trustdesk lookup ${gun} ${target}\` prints what is signed.`,
    ),
  'trust/unknown-fields': ({ role, fields }) =>
    text(
      `The ${role} metadata holds what this program does not know (${fields.join(', ')}); signing it again would lose that.`,
      'Change it with the program that wrote it, or ask its author what these fields are for.',
    ),
  'trust/signing-failed': ({ role, keyId }) =>
    text(
      `Key ${keyId} made a signature over ${role} that does not verify.`,
      'Nothing was published. Check that the key file or token is intact and holds the key it is listed as.',
    ),
  'trust/invalid-change': ({ role, reason }) =>
    text(
      `${role} cannot be changed like that: ${reason}.`,
      'Look at what is there, with `trustdesk delegation list GUN` or in the window under Delegations and Metadata, and try again.',
    ),

  // plans
  'plan/nothing-to-do': ({ gun }) =>
    text(
      `Nothing would change in ${gun}.`,
      'What was asked for is already so. Choose another tag, key or signer if that surprises you.',
    ),
  'plan/exists': ({ gun }) =>
    text(
      `${gun} exists already: the trust server has data of it.`,
      'Add a signer to it or sign in it; `trustdesk inspect` shows what it has. A new one needs another name.',
    ),
  'plan/moot': ({ gun, reason }) =>
    text(`The plan for ${gun} no longer fits: ${reason}.`, 'Make a new plan from the present state.'),
  'plan/cannot-sign': ({ gun, role, keyIds }) =>
    keyIds.length === 0
      ? text(
          `Nobody may sign ${role} of ${gun}: it has no keys.`,
          'Add a signer first, with `trustdesk signer add --key FILE NAME IMAGE` or on the page of the repository, under Signers.',
        )
      : text(
          `No key for ${role} of ${gun} is here.`,
          `Load or plug in one of these keys, or save the plan and sign it where one is: ${keyIds.join(', ')}.`,
        ),
  'plan/conflict': ({ gun, tries }) =>
    text(
      `Others kept changing ${gun} while this was published (${plural(tries, 'try').replace('trys', 'tries')}).`,
      'Nothing was published. Try again when they are done.',
    ),
  'plan/not-read-back': ({ gun, role, reason }) =>
    text(
      `What was published to ${gun} could not be read back: ${role}: ${reason}.`,
      'Read the repository again. If it stays so, restore it from the restore point that was written before publishing.',
    ),
  'plan/stored-not-shown': ({ gun, role }) =>
    text(
      `The trust server keeps the file of ${role} that was uploaded to ${gun}, and does not show it to those who pull.`,
      'It may still come: read the repository again later. If it stays so, ask whoever runs the server, or publish the change again.',
    ),
  'plan/restore-point-failed': ({ gun, path }) =>
    text(
      `The restore point for ${gun} could not be written to ${path}.`,
      'Nothing was published. Free space there or correct its permissions, then try again.',
    ),
  'plan/no-restore-point': ({ gun }) =>
    text(
      `The restore point for ${gun} is not there or cannot be read.`,
      'Restore points are kept in the folder of this app\'s data, below "restore-points"; put its files back, or sign the tags again.',
    ),
  'plan/rotation-refused': ({ role, reason }) =>
    text(
      `The key of ${role} cannot be rotated in this way: ${reason}.`,
      'Rotate root and targets to a key of your own, the snapshot to yours or one of the server, the timestamp to one of the server; give a delegation another key and take the old one away.',
    ),
  'plan/staged-unreadable': ({ file, reason }) =>
    text(
      `The staged change ${file} cannot be carried out: ${reason}.`,
      'Look at it with `notary status`, and drop it there with `notary reset` if nobody needs it; nothing was published.',
    ),
  'plan/root-key-offline': ({ gun, keyIds }) =>
    text(
      `${gun} needs the root key ${keyIds.join(' or ')}, which is kept offline.`,
      `Bring it back for this one publish: Backups, "Bring back…", or \`trustdesk backup bring-back ${keyIds[0] ?? 'ID'} FILE\`.`,
    ),
  'plan/gone-from-server': ({ gun, server }) =>
    text(
      `${server} has nothing of ${gun}, which this computer has seen published. Nothing was signed.`,
      `Check that this is its trust server. If it was deleted there on purpose, create it anew with \`trustdesk init ${gun}\` or "Create a repository…". If not, ask whoever keeps the server: it may have lost it, or withhold it.`,
    ),
  'plan/choose-root-key': ({ gun, keyIds }) =>
    text(
      `There are ${String(keyIds.length)} root keys on this computer, and ${gun} is new.`,
      `Say which one it belongs to: \`--root-key\` with one of ${keyIds.join(', ')}, or \`new\`.`,
    ),
  'plan/malformed': ({ reason }) =>
    text(`This is not a usable plan: ${reason}.`, 'Write the plan again with `--dry-run --json`.'),
  'plan/file-unreadable': ({ path, reason }) =>
    text(
      `${path} is no plan that can be used: ${reason}.`,
      'Copy the file again from where it was saved, or make a new plan there with `--save-plan`.',
    ),
  'plan/not-portable': ({ gun, reason }) =>
    text(
      `The plan for ${gun} cannot be carried to another computer: ${reason}.`,
      'Carry it out on the computer that has the keys, without `--save-plan`.',
    ),
  'plan/no-key-here': ({ gun, keyIds }) =>
    text(
      `None of the keys that can still sign the plan for ${gun} is on this computer.`,
      `Load or plug in one of these keys, or carry the file to where it is: ${keyIds.join(', ')}.`,
    ),
  'plan/snapshot-comes-last': ({ gun, role, keyIds }) =>
    text(
      `The snapshot of ${gun} is signed over the signed files, and ${role} lacks signatures.`,
      `Sign the plan first where one of these keys is, and then here: ${keyIds.join(', ')}.`,
    ),
  'plan/signatures-missing': ({ gun, role, have, need, keyIds }) =>
    text(
      `The plan for ${gun} is not signed yet: ${role} has ${String(have)} of ${plural(need, 'signature')}.`,
      `Sign it with \`trustdesk plan sign\` where one of these keys is: ${keyIds.join(', ')}.`,
    ),
  'plan/signatures-moot': ({ gun, role }) =>
    text(
      `${gun} changed since the plan was made, and what was signed for ${role} does not fit any more.`,
      'Nothing was published. Make the plan again with `--save-plan` and have it signed again.',
    ),
  'signer/reserved-name': ({ name }) =>
    text(
      `${name} is a reserved keyword, use a different signer name.`,
      'Choose a name such as that of a person or team.',
    ),
  'signer/malformed-name': ({ name }) =>
    text(
      `signer name "${name}" must start with lowercase alphanumeric characters and can include "-" or "_" after the first character.`,
      'Choose such a name.',
    ),
  'signer/no-key': ({ gun, name }) =>
    text(
      `No private key of ${name} for ${gun} is on this computer.`,
      `Load the key of ${name} (\`trustdesk key load\`, with \`--sandbox\` for the sandbox), plug in the token that holds it, or sign as another signer.`,
    ),
  'signer/name-needed': ({ gun, account }) =>
    text(
      account === null
        ? `${gun} has no signer yet, and no account of its registry says who you are.`
        : `${gun} has no signer yet, and the account ${account} cannot be a signer's name.`,
      'Say who signs with `--as NAME`, or log in with `docker login` first: docker takes the name of the account.',
    ),
  'signer/choose': ({ gun, names }) =>
    text(
      `Several signers of ${gun} could do this: ${names.join(', ')}.`,
      `Say which one signs, for example \`--as ${names[0] ?? ''}\`; other people's keys never sign unasked.`,
    ),
  'signer/unknown': ({ gun, name }) =>
    text(
      `no signer ${name} for repository ${gun}.`,
      `See the signers with \`trustdesk inspect --pretty ${gun}\`.`,
    ),
  'signer/key-refused': ({ path, reason }) =>
    text(
      `${path} cannot be a signer's key: ${reason}.`,
      'Give a public key or certificate in PEM form, ECDSA P-256 or RSA with 2048 bits or more.',
    ),
  'signer/root-key': ({ gun, keyId }) =>
    text(
      `Key ${keyId.slice(0, 12)} is a root key, and is not made a signer's key of ${gun}.`,
      'A root key stays in the safe. Make another one for the signer, with `trustdesk key generate NAME`, and give that.',
    ),
  'engine/unavailable': ({ socket, reason }) =>
    text(
      `No container engine answers at ${socket}: ${reason}.`,
      'Start it or correct DOCKER_HOST. Signing a tag that is in the registry needs no engine.',
    ),
  'engine/image-not-found': ({ reference }) =>
    text(
      `The local engine has no image ${reference}.`,
      'Pull or build it first, or sign what the registry holds.',
    ),
  'engine/error': ({ reason }) =>
    text(`The container engine refused: ${reason}.`, 'Look at the engine and its log, then try again.'),

  'engine/no-docker': () =>
    text(
      'The program docker cannot be started: it is not in PATH.',
      'Install the docker command line. `trustdesk docker pull` and `push` need the engine only.',
    ),

  // references and names
  'reference/malformed': ({ reference, reason }) =>
    text(
      `"${reference}" is not an image reference${withoutLead(reason)}.`,
      `${reference.includes('://') ? 'Leave away what stands before and including "://". ' : ''}Write it like registry.example.com:5000/team/app:1.0, in lower case.`,
    ),
  'reference/unresolvable': ({ reference, reason }) =>
    text(
      `What "${reference}" means cannot be told: ${reason}.`,
      'Give its variables a default in the file, such as TAG:-1.0 between the braces, or write the reference out.',
    ),
  'reference/file-malformed': ({ name, reason }) =>
    text(
      `${name} cannot be read: ${reason}.`,
      'Mend the file. Its name and first lines tell whether it is read as a Dockerfile, a compose file or a list; on the command line --type says it.',
    ),
  'reference/file-doubtful': ({ name, line, reason }) =>
    text(
      `Not every builder reads line ${String(line)} of ${name} alike: ${reason}.`,
      'Write the line in a plain form. Until then an image may be hidden there, so nothing of the file counts as signed, is pinned or built.',
    ),
  'reference/trigger-unsigned': ({ image, trigger, reason }) =>
    text(
      `${image} is signed, and tells every build that begins with it: ONBUILD ${trigger}. What that brings in is not: ${reason}.`,
      'Begin with another image, or have this one made and signed anew with what it copies from named by digest: trustdesk docker build writes these digests into ONBUILD.',
    ),
  'reference/none-found': ({ name }) =>
    text(
      `No image reference was found in ${name}.`,
      'Name a Dockerfile, a compose file whose services have an image, or a list with one reference a line.',
    ),
  'reference/not-pinnable': ({ reference, reason }) =>
    text(
      `No digest can be written into "${reference}" where it stands, because ${reason}.`,
      'Write the reference out in one place, or put the digest there by hand.',
    ),
  'reference/not-all-signed': ({ name, count }) =>
    text(
      `${name} was not written: ${count === 1 ? 'one reference is' : `${String(count)} references are`} not signed or cannot be pinned.`,
      'Mend what is listed, or pin the others alone with --partial.',
    ),
  'reference/invalid-gun': ({ gun, reason }) =>
    text(
      `"${gun}" is not a repository name: ${reason}.`,
      'Write it like docker.io/library/alpine, without tag or digest.',
    ),
  'reference/invalid-role': ({ role, reason }) =>
    text(`"${role}" is not a role: ${reason}.`, 'Write it like targets or targets/releases.'),

  // notary server
  'notary/not-https': ({ url }) =>
    text(
      `valid https URL required for trust server, got ${url}.`,
      'Correct it where it was named (DOCKER_CONTENT_TRUST_SERVER, the settings, an option or configuration of notary, or what you typed): it begins with https:// and has no user name, query or fragment.',
    ),
  'notary/metadata-missing': ({ gun, role }) =>
    text(`The trust server has no ${role} metadata for ${gun}.`, serverOperator),
  'notary/unauthorised': (refusal) => text(refusalTitle(refusal.server, refusal), refusalFix(refusal)),
  'notary/server-error': ({ server, status }) =>
    text(`${server} answered with status ${String(status)}.`, serverOperator),
  'notary/rejected': ({ server, status, code, message }) =>
    text(
      `${server} rejected the operation with status ${String(status)}${[code, message]
        .filter((part) => part !== '')
        .map((part) => `: ${part}`)
        .join('')}.`,
      'If you were changing the repository, read it again and repeat the change. Otherwise, or if that is rejected too, ask the operator of the trust server.',
    ),
  'notary/bad-answer': ({ server, reason }) =>
    text(
      `${server} does not answer like a trust server: ${reason}.`,
      `Check the address of the trust server, and whether a proxy or a login page stands before it. ${doctor}`,
    ),
  'notary/not-asked': ({ server }) => text(`${server} was not asked.`, 'Refresh to ask it.'),

  // registry
  'registry/not-found': ({ reference }) =>
    text(`The registry has no ${reference}.`, 'Check the name and the tag.'),
  'registry/unauthorised': (refusal) => text(refusalTitle(refusal.registry, refusal), refusalFix(refusal)),
  'registry/error': ({ registry, status }) =>
    text(
      `${registry} answered with status ${String(status)}.`,
      'Ask the operator of the registry, then try again.',
    ),
  'registry/bad-answer': ({ registry, reason }) =>
    text(
      `${registry} does not answer like a registry: ${reason}.`,
      `Check the name of the registry. ${doctor}`,
    ),

  // network
  'network/dns': ({ host }) =>
    text(
      `The name ${host} cannot be resolved.`,
      'Check its spelling, the network connection and the DNS settings of this computer.',
    ),
  'network/refused': ({ host, port }) =>
    text(
      `Nothing answers at ${host}, port ${String(port)}.`,
      'Check the address and the port, and that the server is running and no firewall is in between.',
    ),
  'network/timeout': ({ host, seconds }) =>
    text(
      `${host} did not answer ${seconds === 0 ? 'in time' : `within ${plural(seconds, 'second')}`}.`,
      `Check the network connection, then try again. ${doctor}`,
    ),
  'network/unknown-ca': (details) => text(unknownCaTitle(details), unknownCaFix(details)),
  'network/tls': ({ host, reason }) =>
    text(`No secure connection to ${host}: ${reason}.`, tlsFix(host, reason)),
  'network/too-large': ({ host, limitBytes }) =>
    text(
      `${host} sent more than ${size(limitBytes)}; the rest was not read.`,
      `Check the address of the server. ${serverOperator}`,
    ),
  'network/interrupted': ({ host, reason }) =>
    text(`The connection to ${host} broke off: ${reason}.`, `Try again. ${doctor}`),
  'network/redirect-refused': ({ host, to }) =>
    text(
      `${host} redirects to ${to}, which is not followed.`,
      'Set the address it redirects to, if you trust it, as the server.',
    ),
  'network/unreachable': ({ host, reason }) =>
    text(
      `${host} cannot be reached: ${reason}.`,
      'Check the network connection, VPN and routes of this computer.',
    ),
  'network/proxy': ({ proxy, reason }) =>
    text(
      `The proxy ${proxy} did not let the connection through: ${reason}.`,
      'Check HTTPS_PROXY and NO_PROXY, and whether the proxy wants a login.',
    ),

  // credentials and configuration
  'config/unreadable': ({ path, reason }) => text(`${path} cannot be read: ${reason}.`, readableFix(reason)),
  'config/malformed': ({ path, reason }) =>
    text(`${path} is not valid: ${reason}.`, malformedFix(path, reason)),
  'config/overridden': ({ variable }) =>
    text(
      `The environment variable ${variable} decides this.`,
      `Start Trustdesk without ${variable} to choose here.`,
    ),
  'config/credential-helper': ({ helper, reason }) =>
    text(
      `The credential helper ${helper} failed: ${reason}.`,
      `See what \`${helper} list\` says; install or unlock it, or change credsStore and credHelpers in docker's config.json and run \`docker login\` again.`,
    ),

  // key store and trust directory
  'keystore/unreadable': ({ path, reason }) =>
    text(`${path} cannot be read: ${reason}.`, readableFix(reason)),
  'keystore/not-a-key': ({ path, reason }) =>
    text(
      `${path} is not a usable private key: ${reason}.`,
      'Give the file of a private key. One that lies in the key folder is moved out, or replaced by the key from a backup.',
    ),
  'keystore/wrong-passphrase': ({ keyId, variable }) =>
    text(
      `The passphrase does not open key ${keyId}.`,
      variable === undefined
        ? 'Try again with the passphrase of this very key.'
        : `Put the passphrase of this very key into ${variable}, or unset the variable to be asked.`,
    ),
  'keystore/unsupported-encryption': ({ path, algorithm }) =>
    text(
      `${path} is encrypted with ${algorithm}, which is not supported.`,
      'Convert it with `openssl pkcs8 -topk8 -v2 aes-256-cbc`.',
    ),
  'keystore/unusable-key': ({ path, reason }) =>
    text(
      `${path} is a private key that cannot sign here: it is ${reason}.`,
      'Use an EC key on P-256 or P-384, an RSA key of at least 2048 bits, or an Ed25519 key.',
    ),
  'keystore/public-key-given': ({ path }) =>
    text(
      `provided file ${path} is not a supported private key: it holds a public key or certificate.`,
      "Add a signer's public key on the page of the repository, under Signers, or with `trustdesk signer add`.",
    ),
  'keystore/private-key-given': ({ path }) =>
    text(
      `${path} holds a private key where a public key is expected.`,
      'Give the public key (.pub) or the certificate (.crt), and keep the private key to yourself.',
    ),
  'keystore/no-public-key': ({ path, reason }) =>
    text(
      `could not parse public key from file: ${path}: ${reason}.`,
      'Give a PEM or DER file with a public key or a certificate, such as the .pub file of `key generate`.',
    ),
  'keystore/unusable-certificate': ({ path, reason }) =>
    text(
      `The certificate in ${path} cannot be used: ${reason}.`,
      'Ask its owner for a current certificate with a SHA-256 signature over a P-256 or RSA-2048 key.',
    ),
  'keystore/invalid-name': ({ name }) =>
    text(
      `key name "${name}" must start with lowercase alphanumeric characters and can include "-" or "_" after the first character.`,
      "Choose another name, such as the signer's first name in lower case.",
    ),
  'keystore/needs-repository': ({ role }) =>
    text(
      `A ${role} key belongs to one repository, and none is named.`,
      'Name the repository (--gun on the command line), or import the key as a signer or root key.',
    ),
  'keystore/short-passphrase': ({ minimum }) =>
    text(
      `Passphrase is too short: it needs at least ${String(minimum)} characters.`,
      'Please use a password manager to generate and store a good random passphrase, or let one be generated here.',
    ),
  'keystore/changed-meanwhile': ({ path }) =>
    text(
      `Another program changed ${path} in the meantime.`,
      'Nothing was written. Look at the key again, then repeat.',
    ),
  'keystore/key-chain': ({ reason }) =>
    text(
      `The system key chain cannot be used: ${reason}.`,
      'Unlock or start it, or go on without it: passphrases are asked for then.',
    ),
  'keystore/key-exists': ({ keyId }) =>
    text(
      `Key ${keyId} is already here.`,
      'Nothing was overwritten. Remove the present key first if you mean it.',
    ),
  'keystore/not-a-signer-key': ({ keyId, role }) =>
    text(
      `Key ${keyId} is a ${role} key, not a signer's.`,
      "Certificates are made for signers' keys; choose one of those.",
    ),
  'keystore/key-not-found': ({ keyId }) =>
    text(
      `Key ${keyId} is not here.`,
      'Load it, restore it from a backup, or plug in the token that holds it.',
    ),
  'keystore/ambiguous-id': ({ given, keyIds }) =>
    text(
      `Several keys begin with ${given}: ${keyIds.join(', ')}.`,
      'Type more of the ID of the one you mean; `trustdesk key list` prints them whole.',
    ),
  'keystore/nothing-by-name': ({ given, whole, keys, guns }) =>
    text(
      `No key ID that is known here begins with ${given}, and no repository here has that name.`,
      knownHere(keys, guns) +
        `Type a repository's whole name to have its server asked${whole === '' ? '' : `: ${whole}`}.`,
    ),
  'keystore/none-of-repository': ({ gun }) =>
    text(
      `No key here belongs to ${gun}.`,
      '`trustdesk key list` says which repository a key belongs to. Keys of signers belong to none: name them by their IDs.',
    ),
  'keystore/permissions-too-open': ({ path, mode }) =>
    text(
      `private key file ${path} must not be readable or writable by others (its mode is ${mode}).`,
      `Close it with \`chmod 600 ${path}\`.`,
    ),
  'keystore/id-mismatch': ({ path, expected, actual }) =>
    text(
      `${path} holds key ${actual}, not ${expected}.`,
      'Move it out of the key folder and load it again, so that it is stored under its own ID.',
    ),
  'files/write-failed': ({ path, reason }) =>
    text(`${path} could not be written: ${writeReasons.get(reason) ?? reason}.`, writeFix(reason)),
  'files/exists': ({ path }) =>
    text(`${path} already exists.`, 'Nothing was overwritten. Choose another name, or move the file away.'),
  'files/no-folder': ({ path }) => text(`There is no folder ${path}.`, 'Create it, or name another one.'),
  'files/disk-full': ({ path }) =>
    text(`There is no room left to write ${path}.`, 'Free space on that disk, then try again.'),
  'files/changed-meanwhile': ({ path }) =>
    text(
      `Another program changed ${path} in the meantime.`,
      'Nothing was written. Look at the file again, then repeat.',
    ),
  'files/locked': ({ path }) =>
    text(
      `${path} is in use by another program.`,
      'Close the other Trustdesk, docker or notary, then try again.',
    ),

  // tokens
  'yubikey/not-built': () =>
    text(
      'This installation was built without support for tokens.',
      'Install again where a C++ compiler, make and Python are at hand (they build pkcs11js), or use an installer, which brings it.',
    ),
  'yubikey/no-library': ({ looked }) =>
    text(
      'The library that speaks to a YubiKey is not installed.',
      `Install Yubico's PIV tool (Debian: ykcs11, macOS: brew install yubico-piv-tool, Windows: its installer), or name another PKCS#11 library. Looked at ${looked.join(', ')}.`,
    ),
  'yubikey/library-refused': ({ path, reason }) =>
    text(
      `${path} is not loaded as a token library: ${reason}.`,
      'Choose a library that only an administrator or you can change.',
    ),
  'yubikey/library-failed': ({ path, reason }) =>
    text(
      `${path} cannot be used as a token library: ${reason}.`,
      'Install it again, or choose another PKCS#11 library.',
    ),
  'yubikey/no-service': () =>
    text(
      'The smart card service of this computer does not answer.',
      'Start it (Linux: install pcscd, then `systemctl start pcscd.socket`; Windows: the service "Smart Card"), then plug the token in again.',
    ),
  'yubikey/no-token': () =>
    text(
      'No token is plugged in.',
      'Plug the YubiKey in and try again. If it is, another program (gpg-agent, say) may hold it.',
    ),
  'yubikey/not-plugged-in': ({ serial }) =>
    text(`The token ${serial} is not plugged in.`, 'Plug it in and try again.'),
  'yubikey/choose': ({ serials }) =>
    text(
      `Several tokens are plugged in: ${serials.join(', ')}.`,
      'Name one, on the command line with --device, or unplug the others.',
    ),
  'yubikey/removed': ({ serial }) =>
    text(`The token ${serial} was unplugged.`, 'Plug it in again; nothing was changed.'),
  'yubikey/wrong-pin': ({ serial, what, left }) =>
    text(`That is not the ${what} of token ${serial}.`, `Try again with care: ${left}.`),
  'yubikey/pin-locked': ({ serial, what }) =>
    text(
      `The ${what} of token ${serial} is blocked after too many wrong tries.`,
      what === 'PIN'
        ? 'Unblock it with the PUK (`trustdesk yubikey unblock`).'
        : 'A blocked PUK cannot be unblocked: only a reset of the token helps, which destroys its keys.',
    ),
  'yubikey/pin-malformed': ({ what, reason }) =>
    text(`The ${what} is not accepted: ${reason}.`, 'Choose another one. No try was used up.'),
  'yubikey/login-needed': ({ serial }) =>
    text(`Token ${serial} wants its PIN again.`, 'Try again and enter the PIN.'),
  'yubikey/touch-timeout': ({ serial }) =>
    text(
      `Token ${serial} blinked, and nobody touched it in time.`,
      'Try again and touch it while it blinks. Nothing was signed.',
    ),
  'yubikey/invalid-name': ({ name }) =>
    text(`"${name}" is not a name for a token.`, 'Use up to 60 ordinary characters.'),
  'yubikey/unknown-slot': ({ slot }) =>
    text(`${slot} is not a slot.`, 'Slots are called 9a, 9c, 9d, 9e, and 82 to 95.'),
  'yubikey/slot-empty': ({ serial, slot }) =>
    text(
      `Slot ${slot} of token ${serial} is empty.`,
      'Look at what is where with `trustdesk yubikey slots`.',
    ),
  'yubikey/slot-occupied': ({ serial, slot }) =>
    text(
      `Slot ${slot} of token ${serial} is in use; what is in it would be lost.`,
      'Choose another slot, or say explicitly that it may be replaced (--replace).',
    ),
  'yubikey/slots-full': ({ serial }) =>
    text(
      `Token ${serial} has no free slot.`,
      'Use another token, or name the slot whose content may be replaced.',
    ),
  'yubikey/phantom': ({ serial, slot }) =>
    text(
      `Slot ${slot} of token ${serial} has a certificate but not its key.`,
      'notary leaves that behind when the token refuses a key it makes. Put the key into the slot from its file or backup.',
    ),
  'yubikey/unsupported': ({ serial, what }) =>
    text(
      `Token ${serial} cannot do this: ${what}.`,
      'Use a P-256 key, which every YubiKey takes, or another token.',
    ),
  'yubikey/test-signature': ({ serial, slot }) =>
    text(
      `The key in slot ${slot} of token ${serial} made a signature that does not verify.`,
      'Do not rely on it: keep the key file, and put the key on the token again.',
    ),
  'yubikey/not-responding': ({ seconds }) =>
    text(
      `The token did not answer within ${String(seconds)} seconds.`,
      'Unplug it, plug it in again, and try once more.',
    ),
  'yubikey/process-ended': ({ reason }) =>
    text(
      `The process that speaks to the token ended: ${reason}.`,
      'Try again; it is started anew. If it happens again, update the token library.',
    ),
  'yubikey/refused': ({ serial, call, reason }) =>
    text(
      `Token ${serial} refused ${call}: ${reason}.`,
      'Unplug it, plug it in again, and try once more. If it stays so, see docs/yubikey.md.',
    ),

  // backup
  'backup/nothing-chosen': () =>
    text('There is nothing to back up.', 'Choose at least one key, or include trust metadata or settings.'),
  'backup/too-large': ({ limitBytes }) =>
    text(
      `The backup would exceed ${size(limitBytes)}.`,
      'Leave out the trust metadata, or choose fewer repositories.',
    ),
  'backup/no-memory': () =>
    text(
      'There is too little free memory for the passphrase of the backup.',
      'Close other programs, then try again: it takes 256 MB, more for backups of other tools. The backup may be whole.',
    ),
  'backup/invalid-recipient': ({ recipient }) =>
    text(
      `"${recipient}" is no public key of age.`,
      'Give recipients that begin with `age1`; `age-keygen -y` prints the one of a key file.',
    ),
  'backup/not-a-backup': ({ path, reason }) =>
    text(
      `${path} cannot be read as a backup: ${reason}.`,
      'Choose a file that ends in .tar.gz.age, or a private_keys_backup.tar.gz.',
    ),
  'backup/none-in-folder': ({ path }) =>
    text(
      `There is no backup at ${path}.`,
      'Plug the drive in, and name the file or the folder it was written to.',
    ),
  'backup/not-replugged': ({ label, step, minutes }) =>
    step === 'unplug'
      ? text(
          `${label} was still listed by the system after ${minutes} minutes.`,
          'Unplug it when the check asks for it. If this system lists drives that are gone, --plugged-in reads it as it is.',
        )
      : text(
          `${label} was unplugged and not seen again within ${minutes} minutes.`,
          'Plug it in, see that it is mounted (trustdesk backup drives), and check it once more.',
        ),
  'backup/damaged': ({ path, reason }) =>
    text(
      `The backup ${path} is damaged: ${reason}.`,
      'Do not rely on this copy. Use another one, then write and prove a new backup.',
    ),
  'backup/wrong-passphrase': ({ path, variable }) =>
    text(
      `The passphrase does not open the backup ${path}.`,
      variable === undefined
        ? 'Type it again; if it is right, this copy is damaged: try another one.'
        : `Put the passphrase of this very backup into ${variable}, or unset the variable to be asked.`,
    ),
  'backup/wrong-identity': ({ path }) =>
    text(
      `The key does not open the backup ${path}.`,
      'Use the age key (AGE-SECRET-KEY-1…) of one of the recipients it was written for.',
    ),
  'backup/no-such-key': ({ keyId, path }) =>
    text(`Key ${keyId} is not in the backup ${path}.`, 'Choose a backup that lists this key.'),
  'backup/not-proven': ({ keyId, have, need, checkAgain }) =>
    text(
      `Key ${keyId} stays here: ${have === 1 ? '1 proven copy' : `${String(have)} proven copies`} on different disks, ${String(need)} needed.${withoutFileText(checkAgain)}`,
      'Two folders on one disk are one place, what is kept in memory is none, the disk of the keys does not count, and a proof lasts a year. Write the backup to another drive or check the copies again, then take the key offline.',
    ),
  'backup/on-own-disk': ({ keyId, have, need, folders, checkAgain }) =>
    text(
      `Key ${keyId} stays here: ${have === 1 ? '1 proven copy' : `${String(have)} proven copies`} away from the disk of the keys, ${String(need)} needed. ${folders.join(' and ')} ${folders.length === 1 ? 'is' : 'are'} on that disk and would be lost together with the keys.${withoutFileText(checkAgain)}`,
      `Write the backup to another drive. If ${folders.length === 1 ? 'that folder is' : 'each of those folders is'} synchronised to a place of its own, say so when you are asked (\`--kept-elsewhere\` in scripts).`,
    ),
  'backup/copies-not-at-hand': ({ keyId, places, have, need }) =>
    text(
      `Key ${keyId} stays here: its copies are looked at once more before it goes, and ${String(have)} of ${String(need)} are at hand.`,
      places.length === 0
        ? 'Plug in the drives with its copies and try again.'
        : `Plug in ${places.join(' and ')} and try again, or check the copy there again.`,
    ),
  'backup/other-file-of-key': ({ keyId, path, beside }) =>
    text(
      `Key ${keyId} stays here: ${path} has its name, too, and is not the same as ${beside}, for which copies are proven.`,
      'It would be removed with the key, and may be all there is of another one. Move it out of the trust directory, then try again.',
    ),
  'backup/not-visiting': ({ keyId }) =>
    text(
      `Key ${keyId} was not brought back from a backup.`,
      'To take it off this computer, use "Take offline" (`trustdesk backup offline`) after two copies are proven.',
    ),
  'backup/not-known': () =>
    text('This backup is not known here any more.', 'Open Backups again and choose it from the list.'),
  'backup/no-printer': () =>
    text(
      'There is no printer to be asked from here.',
      'Save the page, open it in a browser, and print it there.',
    ),
  'backup/busy': () =>
    text('Another backup is being written or checked.', 'Wait until it is done, or cancel it.'),
  'backup/not-shareable': () =>
    text('This backup has no passphrase to be split.', 'Choose a copy that was sealed with a passphrase.'),
  'backup/another-backup': ({ path }) =>
    text(
      `${path} is not the backup that was chosen: its content is another one.`,
      'Choose the file of that copy. To use this one, check it first, so that it is listed as a copy of its own.',
    ),
  'backup/changed-meanwhile': ({ path }) =>
    text(
      `${path} changed since it was shown.`,
      'It was left as it is. Open the backup again to see what is there now.',
    ),
  'backup/place-changed': ({ path }) =>
    text(
      `${path} is not the place any more that it was before the question: another drive or folder is there now.`,
      'Nothing was written there. See what is plugged in and where the folder leads, then write the backup again.',
    ),
  'backup/unusable-name': ({ path, name }) =>
    text(
      `${path} cannot be restored here: Windows takes "${name}" for a device or for another name.`,
      'The other files of the backup can. This one comes from the server when the repository is read, or can be restored on another system.',
    ),
  'backup/share-unreadable': () =>
    text(
      'The share is not as it was printed.',
      'Compare it letter by letter with the sheet: a letter is wrong, missing or swapped.',
    ),
  'backup/shares-mixed': () =>
    text(
      'The shares do not belong together.',
      'Use shares with the same set name: those of an earlier backup do not open this one.',
    ),
  'backup/shares-missing': ({ have, need }) =>
    text(
      `${plural(have, 'share')} of the ${String(need)} needed ${have === 1 ? 'is' : 'are'} here.`,
      'Ask the other holders for theirs; the same share twice counts once.',
    ),
  'backup/code-unreadable': ({ reason }) =>
    text(
      `The code from the recovery sheet cannot be read: ${reason}.`,
      'Compare it with the sheet, letter by letter and line by line, or scan every code again and take the whole text of each.',
    ),
  'backup/sheet-not-opened': ({ keyId }) =>
    text(
      `The passphrase does not open key ${keyId.slice(0, 12)} of the recovery sheet.`,
      'It was not stored. Either it is another passphrase, or a letter of the text is not as it is printed: compare the text with the sheet, or scan its code again.',
    ),
  'backup/role-not-told': ({ keyId }) =>
    text(
      `The sheet does not say what key ${keyId} is for.`,
      `Say it with --role: root for a root key, the signer's name for a signer's key, or targets or snapshot together with --gun.`,
    ),
  'backup/picture-unreadable': ({ name, reason }) =>
    text(
      `The picture ${name} cannot be read: ${reason}.`,
      'Take a sharp picture straight from above that the code nearly fills, and save it as JPEG or PNG; or scan the code with any reader and paste its text.',
    ),
  // sandbox
  'sandbox/not-running': () =>
    text(
      'The sandbox is not running.',
      'Start it in the window, under Settings, Sandbox; the command line uses it from then on.',
    ),
  'sandbox/start-failed': ({ reason }) =>
    text(`The sandbox could not start: ${reason}.`, 'Reset the sandbox, then start it again.'),

  // prompts and the bridge
  'prompt/cancelled': () => text('Cancelled.', 'Nothing was changed. Start again when you are ready.'),
  'prompt/no-terminal': ({ what, variable }) =>
    text(
      `${what} is needed, but there is no terminal to ask on.`,
      variable === undefined
        ? 'Set the passphrase in the environment (DOCKER_CONTENT_TRUST_ROOT_PASSPHRASE, DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE) or run this in a terminal.'
        : `Set it in the environment variable ${variable}, or run this in a terminal.`,
    ),
  'ipc/invalid-input': ({ channel, reason }) =>
    text(`The request ${channel} was not understood: ${reason}.`, 'Correct what you entered and try again.'),
  'ipc/refused': ({ channel }) =>
    text(`The request ${channel} was refused.`, 'Close the window and start Trustdesk again.'),
  'app/internal': ({ id }) =>
    text(
      `Internal error ${id}.`,
      'This is a fault of Trustdesk, not yours. Please report it with this number and what you did.',
    ),
  'app/port-unavailable': ({ port, reason }) =>
    text(
      `The port ${String(port)} of this computer cannot be used (${reason}).`,
      'Leave `--port` away, so that a free one is taken, or name another.',
    ),
  'app/no-browser': ({ address }) => text('No browser could be started here.', `Open ${address} by hand.`),
  'cli/usage': ({ message }) => text(message, 'See `trustdesk --help`.'),
};

/** The text of an outcome, as an `AppError` or as it crosses the bridge. */
export function textOf(outcome: { readonly code: ErrorCode; readonly details: unknown }): ErrorText {
  // The details of an outcome always belong to its code: `AppError` is the only place where they are joined.
  const write = errorTexts[outcome.code] as (details: unknown) => ErrorText;
  return write(outcome.details);
}
