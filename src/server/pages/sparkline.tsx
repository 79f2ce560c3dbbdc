/** A row of small bars: one number a day, oldest first. */

const BAR = 2;
const GAP = 1;
const HEIGHT = 18;
/** A day with anything at all must be seen. */
const LEAST_BAR = 2;

/** Decoration beside a number that says the same: hidden from screen readers. */
export function Sparkline({ counts }: { readonly counts: readonly number[] }) {
  const width = counts.length * (BAR + GAP) - GAP;
  const highest = Math.max(1, ...counts);
  return (
    <svg class="sparkline" viewBox={`0 0 ${width} ${HEIGHT}`} width={width} height={HEIGHT} aria-hidden="true">
      {counts.map((count, index) => {
        const height = count === 0 ? 1 : Math.max(LEAST_BAR, (count / highest) * HEIGHT);
        return (
          <rect
            key={index}
            class={count === 0 ? 'none' : undefined}
            x={index * (BAR + GAP)}
            y={HEIGHT - height}
            width={BAR}
            height={height}
          />
        );
      })}
    </svg>
  );
}
