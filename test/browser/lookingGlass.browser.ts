import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import t from 'tap';
import { openLookingGlass } from '../../src/demo/lookingGlass.ts';
import { Stage } from '../../src/demo/stage.ts';
import { BEFORE } from '../../src/demo/story.ts';
import { Timeline } from '../../src/demo/timeline.ts';
import { chromiumOrSkip, openBrowser, openPage, untilShown } from '../support/browser.ts';
import { downSession, FakeDaemon, upSession } from '../support/fakeDaemon.ts';
import { freePort } from '../support/freePort.ts';
import { twoTransits } from '../support/learnedRoutes.ts';

/** In ms; nothing is measured by it. */
const SOON = 60_000;
const options = chromiumOrSkip();
const browser = options.skip === false ? await openBrowser() : undefined;
t.teardown(() => browser?.close());

/** What axe-core finds, of the kinds that keep somebody out. */
async function barriers(page: Page): Promise<readonly string[]> {
  const path = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
  // The page's own policy forbids what is not its own; the checker is put beside it, not into it.
  await page.evaluate(readFileSync(path, 'utf8'));
  const found = await page.evaluate('axe.run(document, { resultTypes: ["violations"] })');
  const { violations } = found as {
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  };
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

const HOSTILE = '<img src=x onerror=alert(1)><script>alert(2)</script>';

function fakeDaemon(): FakeDaemon {
  const daemon = new FakeDaemon();
  const cause = `the neighbour said ${HOSTILE}`;
  const lastDown = { at: Date.now(), reason: { kind: 'tcpFailed' as const, cause } };
  daemon.sessions = [upSession, { ...downSession, lastDown }];
  daemon.routes = twoTransits(
    [{ announce: ['1.0.0.0/16', '10.0.0.0/8'], path: [64496, 13335] }],
    [{ announce: ['1.0.0.0/16'], path: [64497, 3356, 13335] }],
  ).learned;
  const say = (level: 'info' | 'debug', message: string) => {
    daemon.timeline.add({ level, event: 'x', message, neighbour: 'transit-b', at: Date.now() });
  };
  say('info', `session down: ${HOSTILE}`);
  say('debug', 'Idle -> Connect');
  return daemon;
}

t.test(
  'each view, with a keyboard, on a phone, dark, and without a barrier',
  options,
  async (t) => {
    if (!browser) return;
    const glass = await openLookingGlass(fakeDaemon(), await freePort());
    t.teardown(() => glass.close());
    for (const [colorScheme, viewport] of [
      ['light', { width: 1200, height: 900 }],
      ['dark', { width: 360, height: 740 }],
    ] as const) {
      const { page, context, faults } = await openPage(browser, glass.url, {
        colorScheme,
        viewport,
      });
      await untilShown(page, '1 of 2 prefixes announced, 1 of 3');
      await page.locator('#connection[data-state=live]').waitFor();
      await page.locator('svg.picture a').nth(1).waitFor();
      t.equal(await page.locator('svg.picture a').count(), 2, 'both upstreams are drawn');
      await page.getByRole('meter').first().waitFor();
      t.pass('the flap budget has a gauge');
      t.strictSame(await barriers(page), [], `overview, ${colorScheme}`);
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      t.equal(overflow, 0, 'nothing sticks out of the screen');
      const cut = await page.evaluate(
        '[...document.querySelectorAll(".scroll")].filter((e) => e.scrollWidth > e.clientWidth).length',
      );
      t.equal(cut, 0, 'no table has to be pushed to be read');
      const small = await page.evaluate(
        'Math.min(...[...document.querySelectorAll("svg.picture text")].map((e) => e.getBoundingClientRect().height))',
      );
      t.ok(Number(small) > 11, 'the letters of the picture can be read');
      t.match(await page.title(), /^AS\d+ multihomed$/);

      await page.getByRole('link', { name: 'Timeline' }).click();
      await untilShown(page, `session down: ${HOSTILE}`);
      t.equal(await page.getByText('Idle -> Connect').count(), 0);
      await page.getByLabel('show every step').check();
      await untilShown(page, 'Idle -> Connect');
      t.strictSame(await barriers(page), [], `timeline, ${colorScheme}`);

      await page.getByRole('link', { name: 'Routes' }).click();
      await page.getByLabel('Address or prefix').fill('1.0.3.4');
      await page.keyboard.press('Enter');
      await untilShown(page, 'longer AS_PATH (3 against 2 of transit-a)');
      t.strictSame(await barriers(page), [], `routes, ${colorScheme}`);
      await page.getByLabel('Address or prefix').fill(HOSTILE);
      await page.keyboard.press('Enter');
      await page.getByRole('alert').waitFor();
      t.match(
        await page.getByRole('alert').textContent(),
        /is (not a prefix|neither a prefix nor an IP address)/,
      );

      await page.getByRole('link', { name: 'Overview' }).click();
      await page.locator('svg.picture a').first().focus();
      await page.keyboard.press('Enter');
      await untilShown(page, 'Accepted paths');
      await untilShown(page, 'Refused paths');
      await untilShown(page, 'Own prefixes that it is not sent, and why');
      await untilShown(page, /bogon|10\.0\.0\.0\/8/);
      t.strictSame(await barriers(page), [], `neighbour, ${colorScheme}`);
      t.equal(await page.locator('main img, main script').count(), 0, 'no text became markup');
      // A refused lookup is an answer of 400, which the browser notes by itself.
      t.strictSame(
        faults.filter((fault) => !fault.includes('400 (Bad Request)')),
        [],
      );
      await context.close();
    }
  },
);

t.test('a link failure is seen live; the page comes back after its daemon', options, async (t) => {
  if (!browser) return;
  const number = await freePort();
  const stage = await playing();
  const glass = await openLookingGlass(stage.port('1.2.3'), number);
  const { page, context, faults } = await openPage(browser, glass.url);
  await untilShown(page, '1 of 1 prefixes announced, 2 of 2');
  await page.locator('#connection[data-state=live]').waitFor();
  stage.linkDown('a', 'edge-only');
  await untilShown(page, 'eth1 down');
  await untilShown(page, '1 of 1 prefixes announced, 1 of 2');
  await page.locator('#news', { hasText: /transit-a|eth1/ }).waitFor({ state: 'attached' });
  t.pass('screen readers are told');
  t.strictSame(faults, []);

  await glass.close();
  await stage.close();
  await page.locator('#connection[data-state=lost]').waitFor();
  const next = await playing();
  const again = await openLookingGlass(next.port('1.2.3'), number);
  t.teardown(async () => {
    await context.close();
    await again.close();
    await next.close();
  });
  await page.locator('#connection[data-state=live]').waitFor();
  await untilShown(page, '1 of 1 prefixes announced, 2 of 2');
  next.linkDown('b', 'edge-only');
  await untilShown(page, 'eth2 down');
});

/** A stage whose edge is up at both upstreams. */
async function playing(): Promise<Stage> {
  const timeline = new Timeline();
  const stage = await Stage.build(timeline);
  await timeline.see(BEFORE, SOON);
  timeline.begin();
  await stage.startEdge();
  await timeline.see(
    [
      ['edge', 'session with transit-a is up'],
      ['edge', 'session with transit-b is up'],
    ],
    SOON,
  );
  return stage;
}
