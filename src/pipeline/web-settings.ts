/** What the web client needs to know of the settings. */
import type { Settings } from '../config.js';
import { packageVersion } from '../paths.js';
import { defaultWebSettings, type WebSettings } from '../web/client.js';

export function webSettings({ net }: Settings): WebSettings {
  return {
    ...defaultWebSettings,
    userAgent: `Belfry/${packageVersion}`,
    contactUrl: net.contactUrl,
    allow: net.allow,
    allowedPorts: net.allowedPorts,
    totalSeconds: net.totalSeconds,
    stallSeconds: net.stallSeconds,
  };
}
