/**
 * Takes the README's pictures of the looking glass: the demo's edge with one of its links down, in
 * Debian's Chromium. `node --import=tsx scripts/screenshots.ts`
 */

import { chromium } from 'playwright-core';
import { openLookingGlass } from '../src/demo/lookingGlass.ts';
import { Stage } from '../src/demo/stage.ts';
import { BEFORE, STORY } from '../src/demo/story.ts';
import { Timeline } from '../src/demo/timeline.ts';

const PORT = 8479;
const LIMIT = 20_000;

const timeline = new Timeline();
const stage = await Stage.build(timeline);
await timeline.see(BEFORE, LIMIT);
for (const step of STORY) {
  timeline.begin();
  await Promise.all([step.cause(stage), timeline.see(step.sights, LIMIT)]);
}
const glass = await openLookingGlass(stage.port('0.1.0'), PORT);
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});

for (const colorScheme of ['light', 'dark'] as const) {
  const page = await browser.newPage({ colorScheme, viewport: { width: 900, height: 760 } });
  await page.goto(glass.url);
  await page.locator('#connection[data-state=live]').waitFor();
  stage.linkDown('b', 'edge-only');
  await page.getByText('eth2 down').first().waitFor();
  await page.screenshot({ path: `docs/pictures/looking-glass-${colorScheme}.png` });
  stage.linkUp('b', 'edge-only');
  await page.getByText('2 of 2 announcements').waitFor();
  await page.close();
}

await browser.close();
await glass.close();
await stage.close();
