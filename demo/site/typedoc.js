/** A typedoc plugin that links every page of the API reference to the demo and the guides, and mends its markup. */
import { JSX, PageEvent } from 'typedoc';

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
  app.renderer.on(PageEvent.END, (page) => {
    page.contents = page.contents && mend(page.contents);
  });
}

/** What typedoc's theme leaves out: landmarks, headings whose levels follow each other, and summaries without links. */
function mend(html) {
  let above = 0;
  return html
    .replace('<div class="col-content">', '<div class="col-content" role="main">')
    .replace(
      '<div class="col-sidebar">',
      '<div class="col-sidebar" role="complementary" aria-label="Contents">',
    )
    .replace(/<summary.*?<\/summary>/gs, (summary) => summary.replace(/<\/?a\b[^>]*>/g, ''))
    .replace(/<h([1-6])/g, (tag, level) => {
      above = Math.min(Number(level), above + 1);
      return above === Number(level) ? tag : `${tag} aria-level="${above}"`;
    });
}
