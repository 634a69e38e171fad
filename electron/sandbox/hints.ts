/** Copy-and-paste lines that let docker and notary use the sandbox. Pure. */
import { demoPassphrase as passphrase } from './demo-content.ts';
import type { Sandbox } from './sandbox.ts';

/** A running sandbox, or one known from its folder. `dockerConfig` is `DOCKER_CONFIG`, else `~/.docker`. */
export type HintSource = Pick<Sandbox, 'trustServerUrl' | 'registryHost' | 'trustDirectory' | 'caPath'>;

/** One line of shell text each; nothing in them is executed by us. Comments start with `#`. */
export function sandboxHints(sandbox: HintSource, dockerConfig: string): readonly string[] {
  const { trustServerUrl, registryHost, trustDirectory, caPath } = sandbox;
  const host = new URL(trustServerUrl).host;
  const tls = quote(`${dockerConfig}/tls/${host}`);
  const example = `${registryHost}/demo/webshop`;
  const notary = `notary -s ${trustServerUrl} --tlscacert ${quote(caPath)} -d ${quote(trustDirectory)}`;
  return [
    '# trustdesk finds the sandbox by itself',
    `trustdesk inspect --pretty ${example}`,
    '# docker: trust the sandbox server (docker reads its CA here)',
    `mkdir -p ${tls} && cp ${quote(caPath)} ${tls}/ca.crt`,
    `export DOCKER_CONTENT_TRUST_SERVER=${trustServerUrl}`,
    `docker trust inspect --pretty ${example}`,
    '# notary, with the keys of the sandbox',
    `export NOTARY_ROOT_PASSPHRASE=${passphrase} NOTARY_TARGETS_PASSPHRASE=${passphrase}`,
    `export NOTARY_DELEGATION_PASSPHRASE=${passphrase}`,
    `${notary} list ${example}`,
    `${notary} key list`,
  ];
}

/** POSIX shell quoting; plain words stay as they are. */
function quote(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
