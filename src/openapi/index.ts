/** The routes that the page calls, as an OpenAPI 3.1 document: for back ends that answer them without the relay. */
import { type ConversionConfig, toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { completed } from '../contract/attachment.ts';
import { AuthenticationSchema, noHex, RegistrationSchema } from '../contract/credential.ts';
import { CreationOptions, RequestOptions } from '../contract/options.ts';
import { ApprovalAnswer, PasskeyAnswer, PasskeyList, RegistrationAnswer } from '../contract/passkey.ts';
import { ErrorAnswer } from '../contract/rejection.ts';
import { ChallengeAnswer, FactorAnswer, friendlyName } from '../contract/resource.ts';
import { type Route, routes } from '../contract/route.ts';
import { describeRefused, type RefusedName, refusedAnswers } from './answer.ts';
import { demandNoOther, describeMembers } from './property.ts';

const config: ConversionConfig = {
  target: 'draft-2020-12',
  // The document describes what the schemas produce, not every variant that they accept.
  typeMode: 'output',
  // A transformation is no rule. The build fails for any other action that JSON Schema cannot express.
  ignoreActions: ['transform'],
  errorMode: 'throw',
  overrideAction: ({ valibotAction, jsonSchema }) => (valibotAction === noHex ? jsonSchema : undefined),
};

// OpenAPI 3.1 uses this draft of JSON Schema anyway, so no schema names it.
const schemaOf = (schema: v.GenericSchema) => {
  const { $schema: _, ...rest } = toJsonSchema(schema, config);
  return rest;
};

// Twilio's examples print these two members in a Challenge. The relay does not pass them on.
const PageRequestOptions = v.omit(RequestOptions.pipe[0], ['rp', 'authenticatorSelection']);

const begun = (answer: typeof FactorAnswer | typeof ChallengeAnswer, publicKey: v.GenericSchema) =>
  v.object({ ...answer.entries, options: v.object({ publicKey }) });

const Issue = v.object({ path: v.string(), code: v.number(), message: v.string(), fix: v.string() });

const bare = {
  NewFactor: schemaOf(v.object({ friendly_name: v.optional(friendlyName) })),
  BegunFactor: schemaOf(begun(FactorAnswer, CreationOptions)),
  RegistrationCredential: schemaOf(RegistrationSchema),
  Factor: schemaOf(RegistrationAnswer),
  NewChallenge: schemaOf(v.object({})),
  BegunChallenge: schemaOf(begun(ChallengeAnswer, PageRequestOptions)),
  AuthenticationCredential: schemaOf(AuthenticationSchema),
  Challenge: schemaOf(ApprovalAnswer),
  Passkeys: schemaOf(PasskeyList),
  Passkey: schemaOf(PasskeyAnswer),
  NewName: schemaOf(v.object({ friendly_name: friendlyName })),
  Error: schemaOf(v.object({ ...ErrorAnswer.entries, issues: v.optional(v.array(Issue)) })),
};

type SchemaName = keyof typeof bare;

/** The schemas, with what each member means. */
function describeSchemas() {
  const described = Object.entries(bare).map(([name, schema]) => [
    name,
    describeMembers(name, { ...schema }),
  ]);
  demandNoOther();
  return Object.fromEntries(described);
}

const json = (name: SchemaName) => ({
  'application/json': { schema: { $ref: `#/components/schemas/${name}` } },
});

type Operation = {
  id: string;
  summary: string;
  description?: string;
  query?: typeof attachment;
  body?: SchemaName;
  answer: SchemaName;
  status: 200 | 201;
  /** Whether somebody must be signed in. Otherwise a session may be there, and then decides for whom it is. */
  signedIn: boolean;
  /** How it may refuse, beside what every operation refuses with. */
  refused: RefusedName[];
};

const always: RefusedName[] = ['NotAllowed', 'TooMany', 'VerifyFailed', 'StoreFailed', 'VerifyLate'];
const withBody: RefusedName[] = ['Malformed', 'TooLarge', 'NotJson'];
const finishing: RefusedName[] = [...withBody, 'NotFound', 'Mismatch', 'Expired'];

const tied =
  'Only the browser that began the ceremony may finish it, and only once. The relay ties them by a signed cookie of its own for each ceremony.';

const attachment = {
  name: completed.name,
  in: 'query',
  description: 'The page completed authenticatorAttachment, since the browser did not say it.',
  schema: { const: completed.value },
};

/** The operation of each route of the relay, so that a route without one does not compile. */
const operations: Record<Route, Operation> = {
  Factors: {
    id: 'beginRegistration',
    summary: 'Begins the registration of a passkey for the user who is signed in.',
    body: 'NewFactor',
    answer: 'BegunFactor',
    status: 201,
    signedIn: true,
    refused: withBody,
  },
  list: {
    id: 'list',
    summary: 'Lists the passkeys of the user who is signed in.',
    answer: 'Passkeys',
    status: 200,
    signedIn: true,
    refused: [],
  },
  VerifyFactor: {
    id: 'finishRegistration',
    summary: 'Finishes the registration of a passkey with what navigator.credentials.create returned.',
    description: tied,
    query: attachment,
    body: 'RegistrationCredential',
    answer: 'Factor',
    status: 200,
    signedIn: true,
    refused: finishing,
  },
  Challenges: {
    id: 'beginAuthentication',
    summary: 'Begins a sign-in, for any user or only for the user who is signed in.',
    body: 'NewChallenge',
    answer: 'BegunChallenge',
    status: 201,
    signedIn: false,
    refused: ['NotJson'],
  },
  ApproveChallenge: {
    id: 'finishAuthentication',
    summary: 'Finishes a sign-in with what navigator.credentials.get returned.',
    description: tied,
    query: attachment,
    body: 'AuthenticationCredential',
    answer: 'Challenge',
    status: 200,
    signedIn: false,
    refused: finishing,
  },
  rename: {
    id: 'rename',
    summary: 'Renames a passkey of the user who is signed in.',
    body: 'NewName',
    answer: 'Passkey',
    status: 200,
    signedIn: true,
    refused: [...withBody, 'NotFound'],
  },
  remove: {
    id: 'remove',
    summary: 'Removes a passkey of the user who is signed in, and returns it a last time.',
    description:
      'With its `credential_id`, the browser stops offering the passkey. A server that keeps none answers 204.',
    answer: 'Passkey',
    status: 200,
    signedIn: true,
    refused: ['NotFound'],
  },
};

const sid = {
  name: 'sid',
  in: 'path',
  required: true,
  description: 'The SID of the passkey.',
  schema: schemaOf(FactorAnswer.entries.sid),
};

const session = { session: [] };

const describe = ({
  id,
  summary,
  description,
  query,
  body,
  answer,
  status,
  signedIn,
  refused,
}: Operation) => ({
  operationId: id,
  summary,
  ...(description && { description }),
  ...(query && { parameters: [query] }),
  security: signedIn ? [session] : [{}, session],
  ...(body && { requestBody: { required: true, content: json(body) } }),
  responses: {
    [status]: { description: 'Done.', content: json(answer) },
    ...(id === 'remove' && { 204: { description: 'Done. The server does not know the credential id.' } }),
    ...describeRefused([...always, ...(signedIn ? (['NotSignedIn'] as const) : []), ...refused]),
  },
});

/** Each path with its operations by method. */
function describePaths() {
  const paths: Record<string, object> = {};
  for (const [route, operation] of Object.entries(operations)) {
    // The keys of the operations are the routes.
    const { path, method } = routes[route as Route];
    const parameters = path.includes('{sid}') && { parameters: [sid] };
    paths[path] = { ...parameters, ...paths[path], [method.toLowerCase()]: describe(operation) };
  }
  return paths;
}

/** The document. `info.version` is the package's. */
export const openapi = (version: string) => ({
  openapi: '3.1.0',
  info: {
    title: 'The routes that verify-passkeys calls',
    version,
    summary: 'What a page sends to the baseUrl of createPasskeys, and which answers it accepts.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '/passkeys', description: 'The baseUrl of createPasskeys.' }],
  paths: describePaths(),
  components: {
    schemas: describeSchemas(),
    responses: refusedAnswers,
    securitySchemes: {
      session: {
        type: 'apiKey',
        in: 'cookie',
        name: 'session',
        description:
          "Your app's own session: how your server knows who is signed in. A cookie stands here; `headers()` of createPasskeys sends a token instead. Twilio's account is never sent by a page.",
      },
    },
  },
});
