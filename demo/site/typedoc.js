/** A typedoc plugin that links every page of the API reference to the demo and the guides. */
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
