import { registerHooks } from 'node:module';

/** Lets a configuration file anywhere say `import { defineConfig } from 'varve'`. Holds for the thread that imports this. */
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'varve'
      ? { url: new URL('../../index.ts', import.meta.url).href, shortCircuit: true }
      : next(specifier, context),
});
