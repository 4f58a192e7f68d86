/** Compiles the sign-in forms that the guides show, whole and as their users' bundlers do. */
import { basename, resolve } from 'node:path';
import { build, type Plugin, type Rolldown } from 'vite';
import { doorOf } from '../bundle.ts';
import { findFile } from '../readme.ts';

/** A framework's code that puts the form on the page as `SignIn`, with `unmount()` to take it away. */
const mounts = {
  tsx: `import { createRoot } from 'react-dom/client';
    import { SignIn } from 'the-form';
    const root = createRoot(document.body.appendChild(document.createElement('main')));
    globalThis.unmount = () => root.unmount();
    globalThis.render = (title) => root.render(<SignIn onSignedIn={() => { document.title = title; }} />);
    render('Signed in');`,
  vue: `import { createApp } from 'vue';
    import SignIn from 'the-form';
    const app = createApp(SignIn, { onSignedIn: () => { document.title = 'Signed in'; } });
    globalThis.unmount = () => app.unmount();
    app.mount(document.body.appendChild(document.createElement('main')));`,
  svelte: `import { mount, unmount } from 'svelte';
    import SignIn from 'the-form';
    const target = document.body.appendChild(document.createElement('main'));
    const app = mount(SignIn, { target, props: { onSignedIn: () => { document.title = 'Signed in'; } } });
    globalThis.unmount = () => unmount(app);`,
  ts: `import 'the-form';`,
};

type Language = keyof typeof mounts;

/** Each form that a test of this worker has asked for. */
const compiled = new Map<string, Promise<string>>();

/** Returns the code of a page's script that shows the form. */
export function compileForm(language: Language, form: string): Promise<string> {
  const code = compiled.get(form) ?? buildForm(language, form);
  compiled.set(form, code);
  return code;
}

async function buildForm(language: Language, form: string): Promise<string> {
  const entry = resolve('entry-of-the-form.tsx');
  const file = resolve(`form-of-the-guide.${language === 'ts' ? 'ts' : 'tsx'}`);
  const code = async () => {
    if (language === 'vue') {
      const { compileScript, parse } = await import('vue/compiler-sfc');
      return compileScript(parse(form).descriptor, { id: 'form', inlineTemplate: true }).content;
    }
    if (language === 'svelte') {
      const { compile } = await import('svelte/compiler');
      return compile(form, { generate: 'client' }).js.code;
    }
    return form;
  };
  const plugin: Plugin = {
    name: 'form',
    enforce: 'pre',
    resolveId(id) {
      if (id === 'the-form') return file;
      if (findFile(`${id}.ts`)) return resolve(`${id}.ts`);
      return id === entry || id === file ? id : undefined;
    },
    load(id) {
      if (id === entry) return mounts[language];
      return id === file ? code() : findFile(basename(id));
    },
  };
  const { output } = (await build({
    configFile: false,
    logLevel: 'silent',
    resolve: {
      alias: [
        { find: /^verify-passkeys\/messages$/, replacement: doorOf('./messages') },
        { find: /^verify-passkeys$/, replacement: doorOf('.') },
      ],
    },
    define: { 'process.env.NODE_ENV': '"production"' },
    oxc: { jsx: { runtime: 'automatic' } },
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: { input: entry, output: { codeSplitting: false } },
    },
    plugins: [plugin],
  })) as Rolldown.RolldownOutput;
  return output.map((each) => ('code' in each ? each.code : '')).join('\n');
}
