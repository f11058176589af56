// One application a run, `PAGE=react` or `PAGE=vue`, in the mode in which React and Vue say what they think is wrong.
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

const page = process.env.PAGE;
const isCustomElement = (tag) => tag === "paperbacked-answer";

export default defineConfig({
  root: page,
  base: `/${page}/`,
  plugins: page === "vue" ? [vue({ template: { compilerOptions: { isCustomElement } } })] : [],
  esbuild: { jsx: "automatic" },
  build: { outDir: `../built/${page}`, emptyOutDir: true, reportCompressedSize: false },
});
