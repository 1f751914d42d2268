import { Agent, type Dispatcher, EnvHttpProxyAgent } from "undici";
import { UsageError } from "../../core/errors.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

const CONNECT_TIMEOUT_MS = 10_000;
const LOCAL = /^(localhost|127\..*|\[::1\])$/;

/**
 * Connections to any server: as many as there are calls in flight, which the traffic limits bound, and through the proxies
 * of the environment (http_proxy, https_proxy, no_proxy, in small letters or capitals). The machine itself is reached
 * without a proxy.
 * @throws UsageError for a proxy that is no http address
 */
export function connections(env: Environment): (origin: string) => Dispatcher {
  const options = { connect: { timeout: CONNECT_TIMEOUT_MS }, keepAliveTimeout: 30_000 };
  const direct = new Agent(options);
  const httpProxy = proxyOf(env, "http_proxy");
  const httpsProxy = proxyOf(env, "https_proxy");
  if (httpProxy === "" && httpsProxy === "") return () => direct;
  const noProxy = env.no_proxy ?? env.NO_PROXY ?? "";
  const proxied = new EnvHttpProxyAgent({ ...options, httpProxy, httpsProxy, noProxy });
  return (origin) => (LOCAL.test(new URL(origin).hostname) ? direct : proxied);
}

function proxyOf(env: Environment, name: "http_proxy" | "https_proxy"): string {
  const address = (env[name] ?? env[name.toUpperCase()] ?? "").trim();
  if (address === "") return "";
  const withScheme = address.includes("://") ? address : `http://${address}`;
  if (URL.canParse(withScheme) && /^https?:$/.test(new URL(withScheme).protocol)) return withScheme;
  // The address itself may hold a password, so it is not quoted.
  throw new UsageError(`the proxy in ${name} is no http address`, {
    where: `environment variable ${name}`,
    remedy: `write it as http://host:port, or unset it; socks proxies are not supported`,
  });
}
