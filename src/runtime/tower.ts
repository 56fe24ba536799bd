import { throwIfCancelled } from "#core/errors.ts";
import { type FamilyModel, VISION } from "#model/family.ts";
import { TOWER_MERGES } from "#model/tower-merging.ts";
import { FeatureCache } from "./feature-cache.ts";
import type { RunContext } from "./run-context.ts";
import { floats, floatsOf, type GraphSession, int64s } from "./session.ts";
import type { Stopwatch } from "./stopwatch.ts";

/** What the graph gives for a crop of a picture, or for a frame of a video. */
type Output = typeof VISION.crop | typeof VISION.frame;

export interface TowerParts {
  readonly session: () => Promise<GraphSession>;
  readonly model: FamilyModel;
  /** Weights, precision, device and merges, in words: the feature cache's namespace. */
  readonly identity: string;
  /** [layers] Tokens that merge after the attention of each layer (towerMerges); all 0 for families that cannot. */
  readonly merges: readonly number[];
  readonly cache: FeatureCache;
  readonly watch: Stopwatch;
  readonly context: RunContext;
}

/** The vision tower of a run, and the cache before it. */
export class Tower {
  readonly #parts: TowerParts;
  /** Pictures that were found in the cache, and those that went through the tower. */
  cached = 0;
  encoded = 0;

  constructor(parts: TowerParts) {
    this.#parts = parts;
  }

  /** Names the features of these pixels [3, size, size]: equal pixels have equal keys. */
  key(values: Float32Array, output: Output): string {
    return FeatureCache.key(`${this.#parts.identity} ${output}`, values);
  }

  /** The features of one picture [3, size, size], [tokens, channels]; pixels that were seen before do not go through the tower again. Throws `cancelled`. */
  async features(values: Float32Array, output: Output, key = this.key(values, output)): Promise<Float32Array> {
    const { model, cache, watch, context, merges, session: load } = this.#parts;
    throwIfCancelled(context.signal);
    const tokens = output === VISION.crop ? model.tokensPerCrop : model.tokensPerFrame;
    const known = cache.get(key);
    if (known?.length === tokens * model.encodedChannels) {
      this.cached++;
      return known;
    }
    const session = await watch.time("load", load);
    const { imageSizePx } = model.vision;
    const feeds = {
      [VISION.pixels]: floats(values, [1, 3, imageSizePx, imageSizePx]),
      ...(model.mergesInTower && { [TOWER_MERGES]: int64s(merges) }),
    };
    const results = await watch.time("vision", () => session.run(feeds));
    const features = floatsOf(results, output).slice();
    await cache.set(key, features);
    this.encoded++;
    await new Promise((resume) => setImmediate(resume)); // lets a cancellation arrive between frames
    return features;
  }
}
