import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";

/** A PostgreSQL of its own, on loopback, whose files lie in a temporary directory. */
export interface TestPostgres {
  readonly url: string;
  readonly port: number;
  /** Makes an empty database. @returns its address */
  database(name: string): string;
  /** Stops the server at once, as a crash would. */
  crash(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** The newest of Debian's packages. */
function programs(): string {
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const [newest] = versions;
  if (newest === undefined) throw new Error("these tests need Debian's package postgresql");
  return join(root, newest, "bin");
}

/** PostgreSQL refuses to run as root, so that root becomes an ordinary user first. */
const IS_ROOT = process.getuid?.() === 0;
const asUser = (file: string, args: readonly string[]): [string, string[]] =>
  IS_ROOT ? ["runuser", ["-u", "postgres", "--", file, ...args]] : [file, [...args]];

/** Makes a PostgreSQL and starts it; everybody on this machine may come in. */
export async function startPostgres(): Promise<TestPostgres> {
  const bin = programs();
  const root = mkdtempSync(join(tmpdir(), "apm-postgres-"));
  const data = join(root, "data");
  if (IS_ROOT) execFileSync("chown", ["postgres", root]);
  chmodSync(root, 0o700);
  execFileSync(
    ...asUser(join(bin, "initdb"), ["-D", data, "-U", "apm", "--auth=trust", "--no-sync", "-E", "UTF8"]),
    { stdio: "ignore", cwd: "/" },
  );
  const port = await freePort();
  const url = `postgres://apm@127.0.0.1:${port}/postgres`;
  let server: ChildProcess | undefined;

  const psql = (sql: string): void => {
    execFileSync(join(bin, "psql"), ["-q", "-d", url, "-c", sql], { stdio: "pipe", cwd: "/" });
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const going = server;
    server = undefined;
    if (going === undefined || going.exitCode !== null) return;
    const gone = new Promise((resolve) => going.once("exit", resolve));
    // Its parent may be runuser, which does not hand signals on.
    execFileSync(
      ...asUser(join(bin, "pg_ctl"), ["-D", data, "kill", signal.replace("SIG", ""), postmaster(data)]),
      {
        cwd: "/",
      },
    );
    await gone;
  };
  const start = async (): Promise<void> => {
    // A process that is killed loses nothing of what the operating system has: there is no need to wait for the disk.
    const settings = [
      `port=${port}`,
      "listen_addresses=127.0.0.1",
      `unix_socket_directories=${root}`,
      "fsync=off",
    ];
    const args = ["-D", data, ...settings.flatMap((setting) => ["-c", setting])];
    server = spawn(...asUser(join(bin, "postgres"), args), { stdio: "ignore", cwd: "/" });
    for (let tries = 0; ; tries++) {
      try {
        psql("SELECT 1");
        return;
      } catch (error) {
        if (tries === 600) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  };
  await start();
  return {
    url,
    port,
    database(name) {
      psql(`CREATE DATABASE ${name}`);
      return url.replace(/postgres$/, name);
    },
    crash: () => end("SIGQUIT"),
    start,
    async stop() {
      await end("SIGINT");
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** The number of the process that the data directory belongs to. */
const postmaster = (data: string): string => {
  const read = ["head", ["-n", "1", join(data, "postmaster.pid")]] as const;
  return execFileSync(...asUser(...read), { encoding: "utf8", cwd: "/" }).trim();
};
