import { type Browser, chromium } from 'playwright-core';
import { askPeer } from './ask-peer.ts';
import type { ChromiumProgram } from './chromium-program.ts';

/** Starts a headless browser; close it after the tests. Throws when no Chromium runs here. */
export async function launchChromium(): Promise<Browser> {
  const { executablePath, args, env } = await askPeer<ChromiumProgram>('chromium');
  return chromium.launch({ executablePath, args, env: { ...process.env, ...env } });
}
