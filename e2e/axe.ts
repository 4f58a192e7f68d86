/** axe reads the page as a screen reader does, and finds what some visitors could not use. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/** The rules that the page breaks, each with the elements that break it. `leftOut` names rules that are not tried. */
export async function findBroken(
  page: Page,
  leftOut: string[] = [],
): Promise<[rule: string, elements: string[]][]> {
  // The pages have no frames, so axe needs no page of its own to collect their results. That takes a third of the time.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] });
  axe.disableRules(leftOut);
  const { violations } = await axe.analyze();
  return violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
}
