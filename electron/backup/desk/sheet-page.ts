/**
 * The recovery sheet and the sheets of shares as pages for paper: plain HTML with its own style, no script, nothing
 * loaded. Pure. SECURITY: these pages never go to the window; see `sheets.ts`. Every text is escaped.
 */
import type { RecoverySheet, SheetKey } from '../recovery-sheet.ts';
import { codeSteps } from '../restore-instructions.ts';
import type { PassphraseShare } from '../passphrase-shares.ts';

const style = `
@page { size: A4; margin: 11mm 16mm; }
* { box-sizing: border-box; }
body { color: #000; background: #fff; font: 10pt/1.36 system-ui, 'Segoe UI', Roboto, sans-serif; margin: 0 auto; max-width: 178mm; padding: 8mm 0; }
@media print { body { padding: 0; } }
h1 { font-size: 18pt; line-height: 1.2; margin: 0 0 1mm; }
h2 { font-size: 11pt; margin: 4.5mm 0 1.2mm; }
p { margin: 0 0 1.5mm; }
.lead { color: #333; margin-bottom: 3mm; }
table { border-collapse: collapse; width: 100%; }
th { font-size: 8.5pt; font-weight: 600; text-align: left; border-bottom: 0.4mm solid #000; padding: 1mm 2mm 1mm 0; }
td { border-bottom: 0.2mm solid #999; padding: 1.2mm 2mm 1.2mm 0; vertical-align: top; }
.mono { font-family: ui-monospace, 'DejaVu Sans Mono', Consolas, monospace; font-size: 8pt; overflow-wrap: anywhere; }
.algorithm { white-space: nowrap; }
.write { border-bottom: 0.25mm solid #000; display: block; height: 7mm; }
.code { break-inside: avoid; display: grid; grid-template-columns: 62mm 1fr; gap: 6mm; margin: 2mm 0; }
.code svg { height: 62mm; width: 62mm; display: block; }
.code pre { font: 6.2pt/1.25 ui-monospace, 'DejaVu Sans Mono', Consolas, monospace; margin: 1mm 0 0; overflow-wrap: anywhere; white-space: pre-wrap; }
ol { margin: 0; padding-left: 6mm; }
li { margin-bottom: 0.6mm; }
.note { border: 0.3mm solid #000; padding: 3mm 4mm; margin-top: 6mm; break-inside: avoid; }
.share { font: 700 14pt/1.9 ui-monospace, 'DejaVu Sans Mono', Consolas, monospace; border: 0.4mm solid #000; padding: 4mm 6mm; overflow-wrap: anywhere; word-spacing: 2mm; }
.page { break-after: page; }
.page:last-child { break-after: auto; }
`;

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** SECURITY: role names, repositories and labels of drives are other people's texts. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => escapes[letter] ?? '');
}

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`;

const day = (time: string): string => time.slice(0, 10);

/** The whole sheet. */
export function recoverySheetPage(sheet: RecoverySheet): string {
  const body = [
    '<h1>Recovery sheet</h1>',
    `<p class="lead">Signing keys of Docker Content Trust. Printed ${escapeHtml(day(sheet.printed))}. Keep it apart from the drives it names.</p>`,
    keyTable(sheet.keys),
    copyTable(sheet.copies),
    sheet.passphraseLine ? '<h2>Passphrase of the backup</h2><span class="write"></span>' : '',
    `<h2>Bring the keys back with standard tools</h2><ol>${sheet.steps.map(stepLine).join('')}</ol>`,
    codes(sheet.keys),
  ];
  return page(`Recovery sheet ${day(sheet.printed)}`, body.filter((part) => part !== '').join('\n'));
}

/** Commands stand after two blanks in the steps. */
function stepLine(step: string): string {
  const [words = '', command] = step.split(/ {2,}/, 2);
  const code = command === undefined ? '' : ` <span class="mono">${escapeHtml(command)}</span>`;
  return `<li>${escapeHtml(words)}${code}</li>`;
}

function keyTable(keys: readonly SheetKey[]): string {
  const rows = keys.map(({ role, gun, fingerprint, algorithm }) => {
    const of = gun === undefined ? '' : `<br>${escapeHtml(gun)}`;
    return `<tr><td><strong>${escapeHtml(role === '' ? 'signer' : role)}</strong>${of}</td><td class="mono">${escapeHtml(fingerprint)}</td><td class="algorithm">${escapeHtml(algorithm)}</td></tr>`;
  });
  return `<h2>Keys</h2><table><thead><tr><th>Role</th><th>Key ID</th><th>Algorithm</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function copyTable(copies: RecoverySheet['copies']): string {
  const rows = copies.map((copy, at) => {
    const { label, file, sha256, written, proven } = copy;
    const state = proven === undefined ? 'NOT PROVEN: nobody opened it yet' : `proven ${day(proven)}`;
    const facts = `written ${day(written)}, ${state}, SHA-256 ${sha256.slice(0, 8)}…`;
    return `<tr><td><strong>${String(at + 1)}. ${escapeHtml(label)}</strong><br><span class="mono">${escapeHtml(file)}</span><br>${escapeHtml(facts)}</td><td><span class="write"></span></td></tr>`;
  });
  const empty = '<tr><td><span class="write"></span></td><td><span class="write"></span></td></tr>';
  const body = rows.length === 0 ? empty + empty : rows.join('') + empty;
  return `<h2>Copies</h2><table><thead><tr><th style="width: 55%">Copy</th><th>Where it is kept, and who has the key to it</th></tr></thead><tbody>${body}</tbody></table>`;
}

function codes(keys: readonly SheetKey[]): string {
  const all = keys.flatMap(({ codes: own }) => own);
  if (all.length === 0) return '';
  const blocks = all.map(({ svg, text, caption }) => {
    return `<div class="code">${svg}<div><strong>${escapeHtml(caption)}</strong><pre>${escapeHtml(text)}</pre></div></div>`;
  });
  const isParted = keys.some(({ codes: own }) => own.length > 1);
  return [
    '<h2>The keys themselves, encrypted</h2>',
    '<p>In Trustdesk: Backups, Restore, with a photograph of the code or its text. Without:</p>',
    `<ol>${codeSteps(isParted).map(stepLine).join('')}</ol>`,
    '<p>Each key opens with its own passphrase only. The line “trustdesk check” finds mistyped letters; other programs pass it over.</p>',
    ...blocks,
  ].join('\n');
}

export interface ShareFacts {
  /** Files that the passphrase opens. */
  readonly files: readonly string[];
  /** RFC 3339. */
  readonly printed: string;
}

/** One sheet per share. */
export function sharePages(
  shares: readonly PassphraseShare[],
  codesOfShares: readonly string[],
  facts: ShareFacts,
): string {
  const pages = shares.map((share, at) => shareBody(share, codesOfShares[at] ?? '', facts));
  const [first] = shares;
  return page(
    `Share ${first?.number ?? ''} of ${first?.total ?? ''}`,
    pages.map((body) => `<section class="page">${body}</section>`).join('\n'),
  );
}

function shareBody(share: PassphraseShare, svg: string, { files, printed }: ShareFacts): string {
  const { number, needed, total, set, text } = share;
  return [
    `<h1>Share ${String(number)} of ${String(total)}</h1>`,
    `<p class="lead">Any ${String(needed)} of the ${String(total)} shares together open the backup. Fewer tell nothing. Printed ${escapeHtml(day(printed))}.</p>`,
    `<p class="share">${escapeHtml(text)}</p>`,
    `<div class="code">${svg}<div><p><strong>Set ${escapeHtml(set)}</strong><br>Shares belong together only when they have the same set name.</p><p>Opens:</p><p class="mono">${files.map(escapeHtml).join('<br>')}</p></div></div>`,
    '<h2>Held by</h2><span class="write"></span>',
    '<h2>When it is asked for</h2><p>Make sure who asks, and why. In Trustdesk: Backups, Restore, with shares of the passphrase; type or scan the text above. Small and capital letters are the same, and so are 0 and O, 1, I and L.</p>',
    '<p class="note">Keep this sheet where only you get at it. Do not photograph it, and do not keep two shares in one place.</p>',
  ].join('\n');
}
