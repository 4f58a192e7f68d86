/** The sections of the documents as plain text, for the search. */
import { marked } from 'marked';
import { type Document, labelOf, plain } from './documents.ts';
import { anchorOf } from './render.ts';

/** A part of a document, from one heading to the next. */
export type Section = {
  /** The address of the section, from the page of any guide. */
  link: string;
  /** The title of the document. */
  title: string;
  /** The heading. Empty for what stands before the first. */
  heading: string;
  text: string;
};

export function sectionsOf(document: Document): Section[] {
  const page = document.page.slice('guides/'.length);
  const title = labelOf(document);
  const sections: Section[] = [{ link: page, title, heading: '', text: '' }];
  for (const token of marked.lexer(document.markdown)) {
    if (token.type === 'heading' && token.depth > 1) {
      sections.push({ link: `${page}#${anchorOf(token.text)}`, title, heading: plain(token.text), text: '' });
    } else if (token.type !== 'heading') {
      sections.at(-1)!.text += `${plain(token.raw.replace(/^```.*$/gm, ''))}\n`;
    }
  }
  return sections;
}
