// esbuild bundles the style sheets that a page imports; to TypeScript they hold nothing.
declare module "*.css";
