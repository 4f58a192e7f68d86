/** `service list`: the Services of the account, and which of them are set up for passkeys. */
import { parseArgs } from 'node:util';
import { printJson, printLines, refuse } from '../print.ts';
import { base, repeatBase } from './arguments.ts';
import type { ServiceAnswer } from './issues.ts';
import { readAccount, readServices } from './verify.ts';

export async function list(args: string[]): Promise<number> {
  const options = { base, json: { type: 'boolean', default: false } } as const;
  const { base: address, json } = parseArgs({ args, options }).values;
  const result = await readServices(readAccount(process.env, address));
  if ('issue' in result) return refuse(result.issue);
  const services = result.services.map(present);
  if (json) process.stdout.write(printJson(services));
  if (services.length === 0) {
    const create = 'npx verify-passkeys service create';
    process.stderr.write(`verify-passkeys: The account has no Verify Service. Make one with ${create}.\n`);
    return 1;
  }
  if (!json) process.stdout.write(services.map(print).join('\n') + sayNext(address));
  return 0;
}

const sayNext = (address: string | undefined) => `
Set TWILIO_VERIFY_SERVICE_SID to the one that your server uses, then check it for your page:
  npx verify-passkeys service check --origin https://login.example.com${repeatBase(address)}
`;

/** A Service as --json prints it. Passkeys are set up if its relying party is whole. */
function present({ sid, friendly_name, passkeys }: ServiceAnswer) {
  const { id, name, origins = [] } = passkeys?.relying_party ?? {};
  return {
    sid,
    name: friendly_name ?? null,
    passkeys: id !== undefined && name !== undefined && origins.length > 0,
    rpId: id ?? null,
    origins,
  };
}

function print({ sid, name, passkeys, rpId, origins }: ReturnType<typeof present>): string {
  return printLines([
    `${sid}  ${name ?? '(no name)'}`,
    `  passkeys: ${passkeys ? 'set up' : 'not set up'}`,
    ...(rpId === null ? [] : [`  relying party id: ${rpId}`]),
    ...(origins.length === 0 ? [] : [`  origins: ${origins.join(', ')}`]),
  ]);
}
