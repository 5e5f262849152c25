/**
 * Chromium on a machine without a locale (`LANG=C`) calls its language `en-US@posix`, which is no tag that `Intl` knows: the chart library
 * would throw while it is loaded, and every chart be gone. Import before anything that formats.
 */
try {
  Intl.getCanonicalLocales(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US', configurable: true });
}

export {};
