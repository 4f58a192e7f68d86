/** What the matrix tries: a folder with its files, and the packages that it installs beside the packed one. */
export type Project = { name: string; folder: string; packages: string[] };

/** An app of the matrix: how it is built and how it starts. */
export type App = Project & {
  build?: string[];
  start: string[];
  /** The path below which the app has all its pages and routes, such as /shop. Empty by default. */
  base?: string;
};

const node = ['node', 'server.mjs'];

/** React Router's packages need each other in exact versions, and are not all published at the same moment. */
const reactRouter = '8.4.0';

export const apps: App[] = [
  { name: 'Node http', folder: 'node', packages: ['@hono/node-server'], start: node },
  { name: 'Express', folder: 'express', packages: ['express', '@hono/node-server'], start: node },
  { name: 'Hono', folder: 'hono', packages: ['hono', '@hono/node-server'], start: node },
  { name: 'Koa', folder: 'koa', packages: ['koa', '@koa/bodyparser', '@hono/node-server'], start: node },
  {
    name: 'NestJS',
    folder: 'nest',
    packages: [
      '@nestjs/core',
      '@nestjs/common',
      '@nestjs/platform-express',
      'reflect-metadata',
      'rxjs',
      '@hono/node-server',
    ],
    start: node,
  },
  {
    name: 'Deno',
    folder: 'deno',
    packages: ['deno'],
    start: ['npx', 'deno', 'run', '-A', '--node-modules-dir=manual', 'server.mjs'],
  },
  { name: 'Bun', folder: 'bun', packages: ['bun'], start: ['npx', 'bun', 'server.mjs'] },
  { name: 'Fastify', folder: 'fastify', packages: ['fastify', '@hono/node-server'], start: node },
  ...['18', '19'].map((react) => ({
    name: `Vite and React ${react}`,
    folder: 'vite-react',
    packages: ['vite', `react@${react}`, `react-dom@${react}`, 'hono', '@hono/node-server'],
    build: ['npx', 'vite', 'build'],
    start: node,
  })),
  {
    name: 'Angular',
    folder: 'angular',
    packages: [
      '@angular/core',
      '@angular/build',
      '@angular/cli',
      '@angular/common',
      '@angular/compiler',
      '@angular/compiler-cli',
      '@angular/platform-browser',
      'rxjs',
      'typescript@6',
      'hono',
      '@hono/node-server',
    ],
    build: ['npx', 'ng', 'build'],
    start: node,
  },
  {
    name: 'Next.js, basePath and src/app',
    folder: 'next',
    packages: ['next', 'react', 'react-dom'],
    build: ['npx', 'next', 'build'],
    start: ['npx', 'next', 'start', '-H', 'localhost'],
    base: '/shop',
  },
  {
    name: 'SvelteKit',
    folder: 'sveltekit',
    packages: [
      '@sveltejs/kit@3',
      '@sveltejs/adapter-node@6',
      '@sveltejs/vite-plugin-svelte@7',
      'svelte@5',
      'vite@8',
    ],
    build: ['npx', 'vite', 'build'],
    start: ['node', 'build'],
  },
  {
    name: 'Nuxt',
    folder: 'nuxt',
    packages: ['nuxt@4', 'vue', 'h3@1'],
    build: ['npx', 'nuxt', 'build'],
    start: ['node', '.output/server/index.mjs'],
  },
  {
    name: 'Astro',
    folder: 'astro',
    packages: ['astro@7', '@astrojs/node@11'],
    build: ['npx', 'astro', 'build'],
    start: ['node', 'dist/server/entry.mjs'],
  },
  {
    name: 'React Router',
    folder: 'react-router',
    packages: [
      `react-router@${reactRouter}`,
      `@react-router/dev@${reactRouter}`,
      `@react-router/node@${reactRouter}`,
      `@react-router/serve@${reactRouter}`,
      'isbot',
      'react',
      'react-dom',
      'vite@8',
    ],
    build: ['npx', 'react-router', 'build'],
    start: ['npx', 'react-router-serve', 'build/server/index.js'],
  },
  {
    name: 'TanStack Start',
    folder: 'tanstack-start',
    packages: [
      '@tanstack/react-start',
      '@tanstack/react-router',
      'react',
      'react-dom',
      'vite@8',
      '@vitejs/plugin-react',
      'hono',
      '@hono/node-server',
    ],
    build: ['npx', 'vite', 'build'],
    start: node,
  },
];

/** The tools that run tests of their own: the command that ends with 0 if they pass. */
export const tools: (Project & { run: string[] })[] = [
  {
    name: 'Vitest',
    folder: 'vitest',
    packages: ['vitest', '@vitest/browser-playwright', 'playwright', '@hono/node-server'],
    run: ['npx', 'vitest', 'run'],
  },
];
