import { registerHooks } from 'node:module';

// Runs the project's sources as they are: Node strips the types itself, but takes `./name.js` literally,
// while in the sources it stands for `./name.ts`.
registerHooks({
  resolve(specifier, context, nextResolve) {
    const isOurs = specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.includes('/node_modules/') === false;
    return nextResolve(isOurs ? specifier.replace(/\.js$/, '.ts') : specifier, context);
  },
});
