import { basename } from "node:path";
import { AimError, throwIfCancelled } from "#core/errors.ts";
import type { FrameRecord, MediaRecord } from "#core/record.ts";
import type { MediaReference } from "#core/settings.ts";
import { imageCrops } from "#media/anyres.ts";
import { type RgbImage, readImage } from "#media/image.ts";
import { type PixelConfig, toPixelValues } from "#media/preprocess.ts";
import { thumbnail } from "#media/thumbnail.ts";
import { readFrames, type VideoFrame } from "#media/video.ts";
import { type FamilyModel, VISION } from "#model/family.ts";
import type { VisualLayout } from "#model/layout.ts";
import { FeatureCache } from "./feature-cache.ts";
import type { PixelConfigs } from "./pixels.ts";
import type { RecentMedia } from "./recent-media.ts";
import type { RunContext } from "./run-context.ts";
import { floats, floatsOf, type GraphSession } from "./session.ts";
import type { Stopwatch } from "./stopwatch.ts";

/** Longer side of a thumbnail; many frames get small ones, since all of them lie in the notebook. */
const thumbnailPx = (pictures: number) => (pictures > 12 ? 64 : 96);

/** What the encoder needs of an open model. */
export interface EncoderModel extends PixelConfigs {
  readonly model: FamilyModel;
  /** Tower, weights and precision, in words: the feature cache's namespace. */
  readonly identity: string;
}

/** A medium after the vision tower: its tokens in the LLM's order, and what views need to know of it. */
export interface EncodedMedium {
  readonly kind: MediaReference["kind"];
  readonly layout: VisualLayout;
  /** Every frame still counts its tokens from 0. */
  readonly record: MediaRecord;
  /** Frames and crops that it took. */
  readonly pieces: number;
}

/** Takes media through decoding, preprocessing and the vision tower, one frame or crop at a time. */
export class MediaEncoder {
  readonly #session: () => Promise<GraphSession>;
  readonly #model: EncoderModel;
  readonly #cache: FeatureCache;
  readonly #recent: RecentMedia<EncodedMedium>;
  readonly #watch: Stopwatch;
  readonly #context: RunContext;
  cachedFrames = 0;
  encodedFrames = 0;

  constructor(parts: {
    session: () => Promise<GraphSession>;
    model: EncoderModel;
    cache: FeatureCache;
    recent: RecentMedia<EncodedMedium>;
    watch: Stopwatch;
    context: RunContext;
  }) {
    this.#session = parts.session;
    this.#model = parts.model;
    this.#cache = parts.cache;
    this.#recent = parts.recent;
    this.#watch = parts.watch;
    this.#context = parts.context;
  }

  /** One medium of a question with `pictures` pictures. Throws what reading it throws, `unsupported` for a kind that the model does not know, `cancelled`. */
  async encode(reference: MediaReference, options: { pictures: number; frames: number }): Promise<EncodedMedium> {
    if (this.#model.model.placeholders[reference.kind] === undefined) {
      throw new AimError("unsupported", `this model cannot be asked about a ${reference.kind}`, {
        hint: "choose another model",
      });
    }
    const key = await this.#recent.key(reference, options);
    const known = this.#recent.get(key);
    if (known) {
      this.cachedFrames += known.pieces;
      return known;
    }
    const { pictures, frames } = options;
    const encoded =
      reference.kind === "image" ? await this.#picture(reference, pictures) : await this.#video(reference, frames);
    this.#recent.set(key, encoded);
    return encoded;
  }

  async #picture(reference: MediaReference, pictures: number): Promise<EncodedMedium> {
    const { model, picturePixels } = this.#model;
    const { signal, events } = this.#context;
    const image = await this.#watch.time("media", () => readImage(reference.path, signal ? { signal } : {}));
    events.onProgress?.("media", 1, 1);
    const { base, grid } = await this.#watch.time("media", async () =>
      imageCrops(image, model.pinpoints(pictures), picturePixels),
    );
    const total = 1 + (grid?.crops.length ?? 0);
    const features: Float32Array[] = [];
    for (const crop of [base, ...(grid?.crops ?? [])]) {
      features.push(await this.#features(crop, picturePixels, VISION.crop));
      events.onProgress?.("vision", features.length, total);
    }
    const [first = new Float32Array(0), ...crops] = features;
    const size = { widthPx: image.width, heightPx: image.height };
    const layout = model.layOutPicture({
      base: first,
      ...(grid && { grid: { rows: grid.rows, columns: grid.columns, crops } }),
      ...size,
    });
    const small = await thumbnail(image, thumbnailPx(1));
    const frames = layout.groups.map(({ kind, rows, columns }) => ({
      kind,
      index: 0,
      timeSeconds: 0,
      rows,
      columns,
      firstToken: 0,
      thumbnail: small,
    }));
    return {
      kind: "image",
      layout,
      record: { kind: "image", name: basename(reference.path), ...size, durationSeconds: 0, frames },
      pieces: features.length,
    };
  }

  async #video(reference: MediaReference, presetFrames: number): Promise<EncodedMedium> {
    const { model, videoPixels } = this.#model;
    const { signal, events } = this.#context;
    const { frames: count = presetFrames, start, end } = reference;
    const options = {
      frames: count,
      ...(start !== undefined && { start }),
      ...(end !== undefined && { end }),
      ...(signal && { signal }),
    };
    const { info, frames } = await this.#watch.time("media", () => readFrames(reference.path, options));

    const iterator = frames[Symbol.asyncIterator]();
    const next = () => this.#watch.time("media", () => iterator.next());
    const features: Float32Array[] = [];
    const seen: Omit<FrameRecord, "rows" | "columns">[] = [];
    try {
      for (let step = await next(); !step.done; step = await next()) {
        const frame: VideoFrame = step.value;
        events.onProgress?.("media", features.length + 1, count);
        features.push(await this.#features(frame.image, videoPixels, VISION.frame));
        seen.push({
          kind: "frame",
          index: frame.index,
          timeSeconds: frame.timeSeconds,
          firstToken: 0,
          thumbnail: await thumbnail(frame.image, thumbnailPx(count)),
        });
        events.onProgress?.("vision", features.length, count);
      }
    } finally {
      await iterator.return?.(); // ends ffmpeg when a frame could not be encoded
    }
    const layout = model.layOutVideo(features);
    const records = seen.map((frame, i) => ({
      ...frame,
      rows: layout.groups[i]?.rows ?? 0,
      columns: layout.groups[i]?.columns ?? 0,
    }));
    const { widthPx, heightPx, durationSeconds } = info;
    return {
      kind: "video",
      layout,
      record: { kind: "video", name: basename(reference.path), widthPx, heightPx, durationSeconds, frames: records },
      pieces: features.length,
    };
  }

  /** The tower's features of one picture, [tokens, channels]; pixels that were seen before do not go through it again. */
  async #features(
    image: RgbImage,
    pixels: PixelConfig,
    output: typeof VISION.crop | typeof VISION.frame,
  ): Promise<Float32Array> {
    throwIfCancelled(this.#context.signal);
    const values = await this.#watch.time("media", async () => toPixelValues(image, pixels)); // [3, size, size]
    const key = FeatureCache.key(`${this.#model.identity} ${output}`, values);
    const { model } = this.#model;
    const tokens = output === VISION.crop ? model.tokensPerCrop : model.tokensPerFrame;
    const known = this.#cache.get(key);
    if (known?.length === tokens * model.decoder.hidden) {
      this.cachedFrames++;
      return known;
    }
    const session = await this.#watch.time("load", () => this.#session());
    const { imageSizePx } = model.vision;
    const results = await this.#watch.time("vision", () =>
      session.run({ [VISION.pixels]: floats(values, [1, 3, imageSizePx, imageSizePx]) }),
    );
    const features = floatsOf(results, output).slice();
    await this.#cache.set(key, features);
    this.encodedFrames++;
    await new Promise((resume) => setImmediate(resume)); // lets a cancellation arrive between frames
    return features;
  }
}
