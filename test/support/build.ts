import { build } from "../../esbuild.mjs";

/** Bundles the sources before the first test, so that tests of the command line run what is written now. */
export async function mochaGlobalSetup(): Promise<void> {
  await build();
}
