/** A SHA-256 fingerprint in groups, so that two people can compare it aloud. */
import './fingerprint.css';

export function Fingerprint({ sha256 }: { readonly sha256: string }) {
  const groups = sha256.match(/.{1,4}/g) ?? [];
  return (
    <span className="mono selectable fingerprint" aria-label={`SHA-256 ${groups.join(' ')}`} role="img">
      {groups.map((group, at) => (
        <span key={at}>{group}</span>
      ))}
    </span>
  );
}
