import { defineConfig } from "vite";

// One script and one style sheet of fixed names: Go puts them into the page (embed.go), and the same sources give the same bytes.
export default defineConfig({
  build: {
    target: "es2022",
    cssCodeSplit: false,
    modulePreload: false,
    chunkSizeWarningLimit: 2000, // kB; most of it are the symbols
    rollupOptions: {
      input: "src/report.tsx",
      output: { format: "iife", entryFileNames: "report.js", assetFileNames: "report.[ext]" },
    },
  },
});
