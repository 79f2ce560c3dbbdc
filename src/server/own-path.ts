/** Where to go after a form that was sent from any page: a path of this server, whatever the form says. */

export function ownPath(given: unknown): string {
  const base = 'http://belfry.invalid';
  if (typeof given !== 'string' || !given.startsWith('/') || !URL.canParse(given, base)) return '/';
  // `//host`, `/\host` and control characters that browsers drop would lead elsewhere.
  const address = new URL(given, base);
  return address.host === 'belfry.invalid' ? `${address.pathname}${address.search}`.replace(/^\/{2,}/, '/') : '/';
}
