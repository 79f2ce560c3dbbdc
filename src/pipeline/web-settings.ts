/** What the web client needs to know of the settings. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../config.js';
import { packageRoot } from '../paths.js';
import { defaultWebSettings, type WebSettings } from '../web/client.js';

const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };

export function webSettings({ net }: Settings): WebSettings {
  return {
    ...defaultWebSettings,
    userAgent: `Belfry/${version}`,
    contactUrl: net.contactUrl,
    allow: net.allow,
    allowedPorts: net.allowedPorts,
    totalSeconds: net.totalSeconds,
    stallSeconds: net.stallSeconds,
  };
}
