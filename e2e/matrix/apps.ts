/** The apps of the matrix: what each installs beside the packed package, how it is built and how it starts. */
export type App = {
  name: string;
  folder: string;
  packages: string[];
  build?: string[];
  start: string[];
  /** The path that all of the app's pages and routes stand below; nothing by default. */
  base?: string;
};

const node = ['node', 'server.mjs'];

export const apps: App[] = [
  { name: 'Node http', folder: 'node', packages: ['@hono/node-server'], start: node },
  { name: 'Express', folder: 'express', packages: ['express', '@hono/node-server'], start: node },
  { name: 'Hono', folder: 'hono', packages: ['hono', '@hono/node-server'], start: node },
  { name: 'Fastify', folder: 'fastify', packages: ['fastify', '@hono/node-server'], start: node },
  ...['18', '19'].map((react) => ({
    name: `Vite and React ${react}`,
    folder: 'vite-react',
    packages: ['vite', `react@${react}`, `react-dom@${react}`, 'hono', '@hono/node-server'],
    build: ['npx', 'vite', 'build'],
    start: node,
  })),
  {
    name: 'Next.js, basePath and src/app',
    folder: 'next',
    packages: ['next', 'react', 'react-dom'],
    build: ['npx', 'next', 'build'],
    start: ['npx', 'next', 'start', '-H', 'localhost'],
    base: '/shop',
  },
];
