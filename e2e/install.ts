/** Installs the programs that the tests need and the machine lacks, and logs each. A fresh machine has only Node and npm. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  findChrome,
  findChromium,
  findFirefox,
  findWebKit,
  noFirefox,
  noWebKit,
  onPath,
} from './browser/browsers.ts';
import { findPostgres } from './postgres.ts';
import { findRedis } from './redis.ts';

export default function install(): void {
  installChromium();
  // If one of these cannot be installed, the tests that need it are reported as skipped.
  if (!findFirefox() && !(installSystemPackage('firefox-esr') && findFirefox())) console.log(noFirefox);
  if (!findWebKit() && !(installSystemPackage('webkit2gtk-driver', 'xvfb') && findWebKit()))
    console.log(noWebKit);
  if (!findRedis()) installSystemPackage('redis-server');
  if (!findPostgres()) installSystemPackage('postgresql');
}

function installChromium(): void {
  if (!findChrome()) {
    console.log('No Chrome or Chromium found: installing one.');
    if (!run('npx', ['playwright', 'install', '--with-deps', 'chromium']) || !findChrome()) {
      installSystemPackage('chromium');
    }
  }
  // Debian also has the headless shell, in which pages open faster.
  const debian = onPath(['chromium']);
  if (debian && findChromium() === debian) installSystemPackage('chromium-headless-shell');
  if (!findChromium()) {
    throw new Error(
      'No browser: install Chrome or Chromium, or name one in CHROMIUM_PATH, and run the tests again.',
    );
  }
}

/** Installs system packages if that needs no password: on a Debian-like system, as root or with passwordless sudo. */
function installSystemPackage(...names: string[]): boolean {
  if (!onPath(['apt-get'])) return false;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && spawnSync('sudo', ['-n', 'true']).status !== 0) return false;
  console.log(`Installing ${names.join(' and ')} from the system's packages.`);
  // The tests start their own servers: a package must not start its service.
  const noService = ['env', 'RUNLEVEL=1', 'SYSTEMD_OFFLINE=1'];
  const as = (...command: string[]) => [...(isRoot ? [] : ['sudo']), ...noService, ...command];
  return [as('apt-get', 'update'), as('apt-get', 'install', '-y', '--no-install-recommends', ...names)].every(
    ([command, ...args]) => run(command!, args),
  );
}

function run(command: string, args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'], timeout: 600_000 });
    return true;
  } catch {
    return false;
  }
}
