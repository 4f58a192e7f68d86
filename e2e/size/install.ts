/** Installs the bundlers that are too heavy for `npm ci`, and keeps them for the next run. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const packages = ['@parcel/core@2', '@parcel/config-default@2', '@rspack/core@2', 'rolldown@1'];

export default function install(): void {
  const folder = resolve('node_modules/.cache/bundlers');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
  try {
    const options = ['--no-audit', '--no-fund', '--prefix', folder];
    execFileSync('npm', ['install', ...options, ...packages], { stdio: ['ignore', 'ignore', 'inherit'] });
    process.env.BUNDLERS = folder;
  } catch {
    console.log('Parcel, Rolldown and Rspack could not be installed, so the other four are measured alone.');
  }
}
