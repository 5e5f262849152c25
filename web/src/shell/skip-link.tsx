export function SkipLink() {
  return (
    <a
      href="#content"
      className="sr-only z-50 rounded bg-raised px-3 py-2 text-sm shadow-float focus:not-sr-only focus:absolute focus:top-2 focus:left-2"
    >
      Skip to the content
    </a>
  );
}
