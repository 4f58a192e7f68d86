/**
 * Runs the command for run-command.ts, one call after another: the file that npx runs, with arguments, environment,
 * input and output of its own each time. Starting a process takes many times longer than most of the calls.
 */
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';

let calls = 0;
let last = Promise.resolve();

process.on('message', (call) => {
  last = last.then(async () => process.send({ ...(await run(call)), id: call.id }));
});

process.on('disconnect', () => process.exit());

async function run({ script, args, env, input }) {
  const { stdout, stderr } = process;
  const printed = { out: '', error: '' };
  const catchWrites = (stream, name) => {
    const { write } = stream;
    stream.write = (chunk, encoding, done = encoding) => {
      printed[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      if (typeof done === 'function') process.nextTick(done);
      return true;
    };
    return () => {
      stream.write = write;
      stream.removeAllListeners('error');
    };
  };
  const restore = [catchWrites(stdout, 'out'), catchWrites(stderr, 'error')];
  const stdin = Readable.from(input.length === 0 ? [] : [Buffer.from(input)], { objectMode: false });
  Object.defineProperty(process, 'stdin', { value: stdin, configurable: true });
  process.argv = [process.execPath, script, ...args];
  process.env = env;
  process.exitCode = undefined;
  calls += 1;
  // Another query makes the module run again. What it imports stays loaded.
  await import(`${pathToFileURL(script)}?${calls}`);
  const code = process.exitCode ?? 0;
  for (const undo of restore) undo();
  process.exitCode = undefined;
  return { ...printed, code };
}
