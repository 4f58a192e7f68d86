/** Loaded into the command before it starts: sends what is meant for the internet to a server of the test. */
const real = globalThis.fetch;

globalThis.fetch = (input, init) => {
  const url = new URL(input);
  if (url.hostname === 'localhost') return real(input, init);
  return real(`${process.env.STAND_IN}/${url.host}${url.pathname}`, init);
};
