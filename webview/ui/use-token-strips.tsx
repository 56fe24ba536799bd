import type { VNode } from "preact";
import { useLayoutEffect, useMemo, useState } from "preact/hooks";
import type { FrameRecord, MediaRecord } from "#core/record.ts";
import type { CellPlace } from "./cell-place.ts";
import { TokenCanvas } from "./token-canvas.ts";
import type { TokenPicture } from "./token-picture.ts";
import { TokenStrip } from "./token-strip.tsx";

/** The cell that the pointer or the keyboard picks. */
export interface PickedCell {
  readonly frame: FrameRecord;
  /** Row-major in the frame. */
  readonly cell: number;
  /** What TokenPicture.ids has for it. */
  readonly id: number;
}

interface TokenStrips {
  /** A strip for each medium. */
  readonly strips: readonly VNode[];
  readonly picked: PickedCell | undefined;
}

/** The frames of all media with `picture` drawn over them. Another picture leaves their elements alone. */
export function useTokenStrips(media: readonly MediaRecord[], picture: TokenPicture): TokenStrips {
  const { ids } = picture;
  const canvas = useMemo(() => new TokenCanvas(), []);
  const [place, setPlace] = useState<{ readonly medium: number; readonly at: CellPlace } | undefined>(undefined);
  const strips = useMemo(
    () =>
      media.map((medium, index) => (
        <TokenStrip
          key={index}
          medium={medium}
          canvas={canvas}
          onPlace={(at) => setPlace(at && { medium: index, at })}
        />
      )),
    [media, canvas],
  );
  const picked = useMemo(() => {
    const frame = place && media[place.medium]?.frames[place.at.frame];
    return frame && { frame, cell: place.at.cell, id: ids[frame.firstToken + place.at.cell] ?? -1 };
  }, [media, place, ids]);
  useLayoutEffect(() => canvas.show(picture), [canvas, picture]);
  useLayoutEffect(() => canvas.point(ids, picked?.id), [canvas, ids, picked?.id]);
  return { strips, picked };
}
