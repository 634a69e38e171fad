/** A text whose dates are never broken at their hyphens: half a date at the end of a line reads as another one. */
export function WholeDates({ text }: { readonly text: string }) {
  return text.split(/(\d{4}-\d\d-\d\d)/).map((part, at) =>
    at % 2 === 0 ? (
      part
    ) : (
      <span key={at} className="whole-date">
        {part}
      </span>
    ),
  );
}
