/** A plugin of typedoc: puts the ways to the demo and the guides on every page of the API reference. */
import { JSX } from 'typedoc';

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.renderer.hooks.on('sidebar.begin', (page) => {
    const link = (path, text) => JSX.createElement('a', { href: page.relativeURL(`../${path}`) }, text);
    return JSX.createElement(
      'p',
      null,
      link('index.html', 'Demo'),
      ' · ',
      link('guides/index.html', 'Guides'),
    );
  });
}
