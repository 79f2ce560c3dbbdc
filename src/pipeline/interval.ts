/** An interval as operators write it: `90s`, `15m`, `6h`, `1d`. */
export function shortInterval(minutes: number): string {
  if (!Number.isInteger(minutes)) return `${Math.round(minutes * 60)}s`;
  if (minutes % 1440 === 0) return `${minutes / 1440}d`;
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}
