import { basename } from "node:path";
import type { DecodedMedia } from "#core/cost/predicted-work.ts";
import { AimError, throwIfCancelled } from "#core/errors.ts";
import type { FrameRecord, MediaRecord } from "#core/record.ts";
import type { MediaReference } from "#core/settings.ts";
import type { VisionSettings } from "#core/vision-settings.ts";
import { imageCrops } from "#media/anyres.ts";
import { type RgbImage, readImage } from "#media/image.ts";
import { type PixelConfig, toPixelValues } from "#media/preprocess.ts";
import { thumbnail } from "#media/thumbnail.ts";
import { readFrames, type VideoFrame } from "#media/video.ts";
import { type FamilyModel, VISION } from "#model/family.ts";
import type { VisualLayout } from "#model/layout.ts";
import { FrameFeatures, pixelGrid } from "./frame-features.ts";
import type { PixelConfigs } from "./pixels.ts";
import type { RecentMedia } from "./recent-media.ts";
import type { RunContext } from "./run-context.ts";
import type { Stopwatch } from "./stopwatch.ts";
import { Tower, type TowerParts } from "./tower.ts";

/** Longer side of a thumbnail; many frames get small ones, since all of them lie in the notebook. */
const thumbnailPx = (pictures: number) => (pictures > 12 ? 64 : 96);

/** What the encoder needs of an open model. */
interface EncoderModel extends PixelConfigs {
  readonly model: FamilyModel;
}

/** A medium after the vision tower: its tokens in the LLM's order, and what views need to know of it. */
export interface EncodedMedium {
  readonly kind: MediaReference["kind"];
  readonly layout: VisualLayout;
  /** Every frame still counts its tokens from 0. */
  readonly record: MediaRecord;
  /** Frames and crops that it took, those without features of their own left out. */
  readonly pieces: number;
}

/** Takes media through decoding, preprocessing and the vision tower, one frame or crop at a time. */
export class MediaEncoder {
  readonly #model: EncoderModel;
  readonly #settings: VisionSettings;
  readonly #tower: Tower;
  readonly #recent: RecentMedia<EncodedMedium>;
  readonly #watch: Stopwatch;
  readonly #context: RunContext;
  /** Pieces of media whose files did not even have to be read. */
  #recentPieces = 0;
  #decoded: DecodedMedia = { videos: 0, pictures: 0, pieces: 0, megapixels: 0 };

  constructor(
    parts: TowerParts & {
      readonly pixels: PixelConfigs;
      readonly settings: VisionSettings;
      readonly recent: RecentMedia<EncodedMedium>;
    },
  ) {
    this.#model = { model: parts.model, ...parts.pixels };
    this.#settings = parts.settings;
    this.#tower = new Tower(parts);
    this.#recent = parts.recent;
    this.#watch = parts.watch;
    this.#context = parts.context;
  }

  /** What was taken from files so far, on which the time of `media` depends. */
  get decoded(): DecodedMedia {
    return this.#decoded;
  }

  /** Frames and crops whose features were known before. */
  get cachedFrames(): number {
    return this.#recentPieces + this.#tower.cached;
  }

  /** Frames and crops that went through the tower. */
  get encodedFrames(): number {
    return this.#tower.encoded;
  }

  /** One medium of a question with `pictures` pictures. Throws what reading it throws, `unsupported` for a kind that the model does not know, `cancelled`. */
  async encode(reference: MediaReference, options: { pictures: number; frames: number }): Promise<EncodedMedium> {
    if (this.#model.model.placeholders[reference.kind] === undefined) {
      throw new AimError("unsupported", `this model cannot be asked about a ${reference.kind}`, {
        hint: "choose another model",
      });
    }
    const key = await this.#recent.key(reference, { ...options, vision: this.#settings });
    const known = this.#recent.get(key);
    if (known) {
      this.#recentPieces += known.pieces;
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
      features.push(await this.#tower.features(await this.#pixels(crop, picturePixels), VISION.crop));
      events.onProgress?.("vision", features.length, total);
    }
    const [first = new Float32Array(0), ...crops] = features;
    const size = { widthPx: image.width, heightPx: image.height };
    this.#countDecoded({ pictures: 1, pieces: total, megapixels: (image.width * image.height) / 1e6 });
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

    this.#countDecoded({ videos: 1 });
    const iterator = frames[Symbol.asyncIterator]();
    const next = () => this.#watch.time("media", () => iterator.next());
    const features = new FrameFeatures(this.#tower, {
      similar: this.#settings.similar,
      grid: pixelGrid(videoPixels, model.vision),
    });
    const seen: Omit<FrameRecord, "rows" | "columns">[] = [];
    try {
      for (let step = await next(); !step.done; step = await next()) {
        const frame: VideoFrame = step.value;
        events.onProgress?.("media", features.all.length + 1, count);
        this.#countDecoded({ pieces: 1, megapixels: (frame.image.width * frame.image.height) / 1e6 });
        const featuresOf = await features.add(await this.#pixels(frame.image, videoPixels));
        seen.push({
          kind: "frame",
          index: frame.index,
          timeSeconds: frame.timeSeconds,
          firstToken: 0,
          thumbnail: await thumbnail(frame.image, thumbnailPx(count)),
          ...(featuresOf !== undefined && { featuresOf }),
        });
        events.onProgress?.("vision", features.all.length, count);
      }
    } finally {
      await iterator.return?.(); // ends ffmpeg when a frame could not be encoded
    }
    const layout = model.layOutVideo(features.all);
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
      pieces: features.own,
    };
  }

  #countDecoded({ videos = 0, pictures = 0, pieces = 0, megapixels = 0 }: Partial<DecodedMedia>): void {
    const so = this.#decoded;
    this.#decoded = {
      videos: so.videos + videos,
      pictures: so.pictures + pictures,
      pieces: so.pieces + pieces,
      megapixels: so.megapixels + megapixels,
    };
  }

  /** What the tower sees of a picture, [3, size, size]. */
  #pixels(image: RgbImage, pixels: PixelConfig): Promise<Float32Array> {
    throwIfCancelled(this.#context.signal);
    return this.#watch.time("media", async () => toPixelValues(image, pixels));
  }
}
