/** Debian's Chromium, and what a page must not do in it. */

import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { programOrSkip } from './requirements.ts';

const EXECUTABLE = '/usr/bin/chromium';
/** What a busy machine may take over anything on a page, in ms. */
const PATIENCE = 60_000;

/** Options for `t.test`; CI must not skip it. */
export function chromiumOrSkip(): { readonly skip: string | false } {
  return programOrSkip(EXECUTABLE);
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: EXECUTABLE,
    timeout: PATIENCE,
    // Root has no sandbox to go into; the pages are our own.
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  });
}

/** A page, with what was wrong on it: console errors, exceptions, requests to elsewhere. */
export async function openPage(browser: Browser, url: string, options?: BrowserContextOptions) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(url)) faults.push(`request to ${request.url()}`);
  });
  await page.goto(url);
  return { page, context, faults };
}

/** Resolves once the page shows the text. */
export async function untilShown(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor();
}
