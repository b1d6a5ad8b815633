import { defineConfig } from "vite";

// One script and one style sheet of fixed names for each page: Go puts them into it (embed.go, app.go), and the same sources give the
// same bytes. `vite build` makes the report, `vite build --mode app` the app, `vitest run` runs the tests.
export default defineConfig(({ mode }) => {
  const page = mode === "app" ? "app" : "report";
  return {
    test: { include: ["tests/*.test.ts"] },
    build: {
      target: "es2022",
      cssCodeSplit: false,
      modulePreload: false,
      emptyOutDir: page === "report",
      chunkSizeWarningLimit: 2000, // kB; most of it are the symbols
      rollupOptions: {
        input: `src/${page}.tsx`,
        output: { format: "iife", entryFileNames: `${page}.js`, assetFileNames: `${page}.[ext]` },
      },
    },
  };
});
