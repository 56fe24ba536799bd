/** What a file holds, told by its first bytes and never by its name. */
export interface Content {
  /** For messages, with its article: "a PNG picture". */
  readonly name: string;
  /** Who can read it. */
  readonly readAs: "image" | "video" | "both" | "neither";
}

/** How many leading bytes `identifyContent` looks at. */
export const HEAD_BYTES = 512;

interface Signature extends Content {
  /** Latin-1, `?` stands for any character. */
  readonly starts: readonly string[];
}

const QUICKTIME_ATOMS = ["ftyp", "moov", "mdat", "wide", "free", "skip", "pnot", "uuid"].map((atom) => `????${atom}`);

/** The first match counts. These lists are the allow-list: nothing else reaches the decoders. */
const SIGNATURES: readonly Signature[] = [
  { name: "a JPEG picture", readAs: "image", starts: ["\xff\xd8\xff"] },
  { name: "a PNG picture", readAs: "image", starts: ["\x89PNG\r\n\x1a\n"] },
  { name: "a WebP picture", readAs: "image", starts: ["RIFF????WEBP"] },
  { name: "a TIFF picture", readAs: "image", starts: ["II*\0", "MM\0*", "II+\0", "MM\0+"] },
  {
    name: "an AVIF picture",
    readAs: "image",
    starts: ["avif", "avis", "mif1", "msf1"].map((brand) => `????ftyp${brand}`),
  },
  { name: "a HEIC picture", readAs: "neither", starts: ["????ftyphe"] },
  { name: "a GIF", readAs: "both", starts: ["GIF87a", "GIF89a"] },
  { name: "an MP4 or QuickTime video", readAs: "video", starts: QUICKTIME_ATOMS },
  { name: "a Matroska or WebM video", readAs: "video", starts: ["\x1aE\xdf\xa3"] },
  { name: "an AVI video", readAs: "video", starts: ["RIFF????AVI "] },
  { name: "a BMP picture", readAs: "neither", starts: ["BM"] },
  { name: "an HLS playlist", readAs: "neither", starts: ["#EXTM3U", "\xef\xbb\xbf#EXTM3U"] },
  { name: "an ffconcat script", readAs: "neither", starts: ["ffconcat "] },
  { name: "a PDF document", readAs: "neither", starts: ["%PDF"] },
  { name: "a Zip archive", readAs: "neither", starts: ["PK\x03\x04"] },
];

/** Names the content of a file by its first HEAD_BYTES bytes. */
export function identifyContent(head: Uint8Array): Content {
  const text = Buffer.from(head).toString("latin1");
  const known = SIGNATURES.find(({ starts }) => starts.some((start) => matches(text, start)));
  if (known) return known;
  if (/<svg[\s>]/i.test(text)) return { name: "an SVG drawing", readAs: "neither" };
  if (/^[\t\n\r\x20-\x7e]+$/.test(text)) return { name: "a text file", readAs: "neither" };
  return { name: "of an unknown kind", readAs: "neither" };
}

function matches(text: string, start: string): boolean {
  return [...start].every((character, i) => character === "?" || character === text[i]);
}

/** The size in bytes that a RIFF file (AVI, WebP) claims to have, less the byte that may pad it; 0 for other files. */
export function claimedSize(head: Buffer): number {
  return head.length >= 8 && head.toString("latin1", 0, 4) === "RIFF" ? head.readUInt32LE(4) + 7 : 0;
}
