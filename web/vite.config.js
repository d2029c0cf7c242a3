// The console is served by the node from its own binary under a strict Content-Security-Policy:
// nothing inline, nothing from elsewhere. Hence no data: URLs and no inlined preload helper.
import { defineConfig } from 'vite';
import { app6 } from './app6.plugin.js';

export default defineConfig({
  base: './',
  plugins: [app6()],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
    rollupOptions: { input: { index: 'index.html', coverage: 'coverage.html' } },
  },
  server: {
    proxy: { '/api': { target: 'http://127.0.0.1:8480', ws: true } },
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
