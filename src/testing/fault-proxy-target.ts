/** Where the proxy leads to: a `redis://` URL, or a host and a port. */
export type FaultProxyTarget = string | { readonly host: string; readonly port: number };

/** Takes a target apart; `urlAt` is its URL with another port of the loopback interface. */
export function parseTarget(target: FaultProxyTarget) {
  const url = new URL(
    typeof target === 'string' ? target : `redis://${target.host}:${target.port}/0`,
  );
  const host = url.hostname.replace(/[[\]]/g, '');
  const port = Number(url.port || 6379);
  const urlAt = (localPort: number): string => {
    const local = new URL(url);
    local.hostname = '127.0.0.1';
    local.port = String(localPort);
    return local.href;
  };
  return { host, port, urlAt };
}
