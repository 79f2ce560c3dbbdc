/**
 * The address guard: which addresses Belfry may connect to. Feeds and pages name addresses at will, and the machine that
 * follows them stands inside somebody's network; so nothing but the public Internet is reached unless it is listed.
 */
import { lookup as resolveName } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

export interface GuardSettings {
  /** Exceptions: a CIDR (`10.1.0.0/16`), an address or a host name, either with `:port` (`[::1]:8080`). */
  readonly allow: readonly string[];
  /** Ports that may be connected to; an exception that names its port may use that one too. */
  readonly allowedPorts: readonly number[];
}

export type Verdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'bad-url' | 'address-forbidden'; readonly message: string };

export interface AddressGuard {
  /** Checks what an address says by itself: scheme, port, and the host where it is a number. Resolves nothing. */
  checkUrl(url: URL): Verdict;
  /** Checks one address that a host resolved to (or that a socket is connected to). */
  checkAddress(host: string, port: number, address: string): Verdict;
  /**
   * A `lookup` for `net.connect`: resolves a host and hands on only allowed addresses, so that what was checked is what
   * is connected to. DNS can't change its answer in between, as nobody asks it twice.
   */
  lookupFor(port: number): LookupFunction;
}

export type Resolve = typeof resolveName;

/**
 * A name service that answers from the settings first: host → address, as an operator with split DNS needs it (and as
 * curl's --resolve does it). `*.site.example` stands for all names below. What is found is guarded like any answer.
 */
export function resolverWith(addresses: Readonly<Record<string, string>>): Resolve {
  const known = new Map(Object.entries(addresses).map(([host, address]) => [bareHost(host), bareHost(address)]));
  if (known.size === 0) return resolveName;
  const find = (host: string): string | undefined => {
    const plain = bareHost(host);
    const exact = known.get(plain);
    if (exact !== undefined) return exact;
    for (let dot = plain.indexOf('.'); dot !== -1; dot = plain.indexOf('.', dot + 1)) {
      const wild = known.get(`*${plain.slice(dot)}`);
      if (wild !== undefined) return wild;
    }
    return undefined;
  };
  return ((host: string, options: { all?: boolean }, callback: (...answer: unknown[]) => void) => {
    const address = find(host);
    if (address === undefined) resolveName(host, options, callback as never);
    else if (options.all) callback(null, [{ address, family: isIP(address) }]);
    else callback(null, address, isIP(address));
  }) as unknown as Resolve;
}

/** An address that may not be connected to; `message` says which and why. */
export class AddressForbidden extends Error {
  readonly code = 'ERR_ADDRESS_FORBIDDEN';
}

/** Addresses inside public ranges that answer only inside a cloud: Azure's wire server. */
const CLOUD_SERVICE_ADDRESSES = new Set(['168.63.129.16']);

/** Builds a guard from its exceptions. `resolve` is the name service and only tests replace it. */
export function createAddressGuard(settings: GuardSettings, resolve: Resolve = resolveName): AddressGuard {
  const exceptions = settings.allow.map(parseException);

  const isException = (host: string, port: number, address: string | null): boolean =>
    exceptions.some(
      (exception) => (exception.port === null || exception.port === port) && exception.matches(bareHost(host), address),
    );

  const checkAddress = (host: string, port: number, address: string): Verdict => {
    if (isException(host, port, address)) return { ok: true };
    if (!settings.allowedPorts.includes(port))
      return forbidden(`port ${port} of ${host} is not among the allowed ports`);
    const kind = forbiddenKind(address);
    if (kind === null) return { ok: true };
    const spelled = bareHost(host) === address ? address : `${host} (${address})`;
    return forbidden(`${spelled} is ${kind}; net.allow lists exceptions`);
  };

  return {
    checkUrl(url) {
      if (url.protocol !== 'http:' && url.protocol !== 'https:') {
        return { ok: false, reason: 'bad-url', message: `${url.protocol}// is not http or https` };
      }
      if (url.hostname === '') return { ok: false, reason: 'bad-url', message: 'no host' };
      const host = bareHost(url.hostname);
      const port = portOf(url);
      if (isIP(host)) return checkAddress(url.hostname, port, host);
      if (isException(host, port, null)) return { ok: true };
      const mayHaveExceptionPort = exceptions.some((exception) => exception.port === port || exception.isRange);
      if (!settings.allowedPorts.includes(port) && !mayHaveExceptionPort) {
        return forbidden(`port ${port} of ${host} is not among the allowed ports`);
      }
      return { ok: true };
    },

    checkAddress,

    lookupFor: (port) => (host, options, callback) => {
      // Every address is asked for, whatever was wanted, so that one good address is found among bad ones.
      resolve(host, { ...options, all: true }, (error, addresses) => {
        if (error) {
          callback(error, '', 0);
          return;
        }
        const verdicts = addresses.map(({ address }) => checkAddress(host, port, address));
        const allowed = addresses.filter((_, index) => verdicts[index]?.ok);
        const [first] = allowed;
        if (first === undefined) {
          const refusal = verdicts.find((verdict) => !verdict.ok);
          callback(new AddressForbidden(refusal?.message ?? `${host} has no address`), '', 0);
        } else if (options.all) callback(null, allowed);
        else callback(null, first.address, first.family);
      });
    },
  };
}

const forbidden = (message: string): Verdict => ({ ok: false, reason: 'address-forbidden', message });

/** A URL's port as a number, with the scheme's own where none is written. */
export const portOf = (url: URL): number => (url.port ? Number(url.port) : url.protocol === 'https:' ? 443 : 80);

/** A host without the brackets of an IPv6 address and the root's dot. */
const bareHost = (host: string): string =>
  host
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();

// -------------------------------------------------------------------------------------------------- forbidden ranges

const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');
const nat64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

const kinds: Readonly<Record<string, string>> = {
  unspecified: 'an unspecified address',
  broadcast: 'a broadcast address',
  multicast: 'a multicast address',
  linkLocal: 'a link-local address',
  loopback: 'a loopback address',
  carrierGradeNat: 'a carrier-grade NAT address',
  private: 'a private address',
  uniqueLocal: 'a private address',
};

/** What makes an address forbidden, in words; null for a public one. IANA's special-purpose registries decide. */
function forbiddenKind(address: string): string | null {
  let parsed: ipaddr.IPv4 | ipaddr.IPv6;
  try {
    // A zone (fe80::1%eth0) only makes sense on a link.
    if (address.includes('%')) return 'a link-local address';
    parsed = ipaddr.parse(address);
  } catch {
    return 'not an address';
  }
  if (parsed instanceof ipaddr.IPv4) return forbiddenIPv4(parsed);

  const range = parsed.range();
  const embedded = embeddedIPv4(parsed);
  // Mapped and NAT64 addresses lead where the IPv4 address in them leads.
  if (range === 'ipv4Mapped' || parsed.match(nat64)) return embedded === null ? 'reserved' : forbiddenIPv4(embedded);
  if (range !== 'unicast') return kinds[range] ?? `a special-purpose address (${range})`;
  if (!parsed.match(globalUnicast)) return 'outside the public range 2000::/3';
  return isIsatap(parsed) ? 'a tunnel address (ISATAP)' : null;
}

function forbiddenIPv4(address: ipaddr.IPv4): string | null {
  if (CLOUD_SERVICE_ADDRESSES.has(address.toString())) return "a cloud's own service address";
  const range = address.range();
  return range === 'unicast' ? null : (kinds[range] ?? `a special-purpose address (${range})`);
}

function embeddedIPv4(address: ipaddr.IPv6): ipaddr.IPv4 | null {
  const bytes = address.toByteArray().slice(12);
  return bytes.length === 4 ? new ipaddr.IPv4(bytes) : null;
}

/** RFC 5214, section 6.1: an interface identifier of 0:5efe or 200:5efe followed by an IPv4 address. */
const isIsatap = (address: ipaddr.IPv6): boolean =>
  (address.parts[4] === 0 || address.parts[4] === 0x200) && address.parts[5] === 0x5efe;

// -------------------------------------------------------------------------------------------------------- exceptions

interface Exception {
  readonly port: number | null;
  /** Whether it is about addresses, so that a name has to be resolved before it can be told. */
  readonly isRange: boolean;
  matches(host: string, address: string | null): boolean;
}

/** @throws Error for a text that is neither a CIDR, an address nor a host name. */
function parseException(text: string): Exception {
  const trimmed = text.trim().toLowerCase();
  const withPort = /^(\[[^\]]+\]|[^:]+):(\d{1,5})$/.exec(trimmed);
  const host = bareHost(withPort?.[1] ?? trimmed);
  const port = withPort ? Number(withPort[2]) : null;

  if (host.includes('/') || isIP(host)) {
    const range = parseRange(host, text);
    return { port, isRange: true, matches: (_, address) => address !== null && isWithin(address, range) };
  }
  if (!/^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/.test(host)) {
    throw new Error(`"${text}" in net.allow is neither a CIDR, an address nor a host name`);
  }
  return { port, isRange: false, matches: (candidate) => candidate === host };
}

function parseRange(host: string, text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  try {
    if (host.includes('/')) return ipaddr.parseCIDR(host);
    const address = ipaddr.process(host);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  } catch {
    throw new Error(`"${text}" in net.allow is no address range`);
  }
}

function isWithin(address: string, [range, bits]: [ipaddr.IPv4 | ipaddr.IPv6, number]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return parsed.kind() === range.kind() && parsed.match(range, bits);
}
