// esbuild bundles the style sheets that a page imports; where it is told to, it hands over their text.
declare module "*.css" {
  const text: string;
  export default text;
}
