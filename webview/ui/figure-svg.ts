/** How many pixels a PNG has for each pixel of the page. */
const PNG_SCALE = 2;
const SPACE_PX = 16;
const TITLE_PX = 28;

/**
 * What is drawn in `element`, as an SVG document that needs nothing else: its drawings, canvases, pictures, boxes and text, where they stand on
 * the page and in the colours of its theme. Controls are left out.
 */
export function figureSvg(element: HTMLElement, title: string): string {
  const origin = element.getBoundingClientRect();
  const page: Page = { left: origin.left - SPACE_PX, top: origin.top - SPACE_PX - TITLE_PX };
  const parts: string[] = [];
  draw(element, page, parts);
  const width = Math.ceil(Math.max(origin.width, element.scrollWidth) + 2 * SPACE_PX);
  const height = Math.ceil(Math.max(origin.height, element.scrollHeight) + 2 * SPACE_PX + TITLE_PX);
  const style = getComputedStyle(element);
  const paper = paperBehind(element);
  const heading = `<text x="${SPACE_PX}" y="${SPACE_PX + 14}" font-family="${escapeXml(style.fontFamily)}" font-size="15" font-weight="600" fill="${style.color}">${escapeXml(title)}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<rect width="100%" height="100%" fill="${paper}"/>
${heading}
${parts.join("\n")}
</svg>
`;
}

/** The picture of an SVG document at twice its size, for screens and slides. */
export async function svgToPng(svg: string): Promise<Uint8Array<ArrayBuffer>> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth * PNG_SCALE;
  canvas.height = image.naturalHeight * PNG_SCALE;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("the browser has no canvas to draw on");
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new Error("the picture is too large for the browser");
  return new Uint8Array(await blob.arrayBuffer());
}

/** The corner of the page from which the picture counts. */
interface Page {
  readonly left: number;
  readonly top: number;
}

/** Controls are for the screen. */
const CONTROLS =
  "button, input, select, vscode-button, vscode-checkbox, vscode-dropdown, vscode-text-field, .unseen, .no-print";

function draw(element: Element, page: Page, parts: string[]): void {
  if (element.matches(CONTROLS)) return;
  const style = getComputedStyle(element);
  if (style.display === "none" || style.visibility === "hidden") return;
  const opacity = Number(style.opacity);
  if (opacity < 1) parts.push(`<g opacity="${opacity}">`);
  if (element instanceof SVGSVGElement) parts.push(drawing(element, page));
  else if (element instanceof HTMLCanvasElement) {
    parts.push(picture(element, element.toDataURL(), page, style.imageRendering === "pixelated"));
  } else if (element instanceof HTMLImageElement) parts.push(picture(element, element.src, page, false));
  else {
    parts.push(...boxes(element, style, page));
    for (const child of element.childNodes) {
      if (child instanceof Element) draw(child, page, parts);
      else if (child instanceof Text) parts.push(...words(child, style, page));
    }
  }
  if (opacity < 1) parts.push("</g>");
}

/** Where `rect` is in the picture, as attributes. */
function place({ left, top, width, height }: DOMRect, page: Page): string {
  return `x="${round(left - page.left)}" y="${round(top - page.top)}" width="${round(width)}" height="${round(height)}"`;
}

function picture(element: Element, url: string, page: Page, isPixelated: boolean): string {
  const sharp = isPixelated ? ' style="image-rendering:pixelated"' : "";
  return `<image ${place(element.getBoundingClientRect(), page)} preserveAspectRatio="none" href="${escapeXml(url)}"${sharp}/>`;
}

/** Background, upper and lower border of a box: what tables and legends are made of. */
function boxes(element: Element, style: CSSStyleDeclaration, page: Page): string[] {
  const rect = element.getBoundingClientRect();
  if (rect.width === 0 || rect.height === 0) return [];
  const parts: string[] = [];
  if (isVisible(style.backgroundColor)) {
    parts.push(
      `<rect ${place(rect, page)} rx="${Number.parseFloat(style.borderTopLeftRadius) || 0}" fill="${style.backgroundColor}"/>`,
    );
  }
  for (const side of ["Top", "Bottom"] as const) {
    const border = Number.parseFloat(style[`border${side}Width`]);
    const colour = style[`border${side}Color`];
    if (!(border > 0) || style[`border${side}Style`] === "none" || !isVisible(colour)) continue;
    const top = side === "Top" ? rect.top : rect.bottom - border;
    parts.push(`<rect ${place(new DOMRect(rect.left, top, rect.width, border), page)} fill="${colour}"/>`);
  }
  return parts;
}

/** The words of a text one by one, because lines break where the page breaks them. */
function words(text: Text, style: CSSStyleDeclaration, page: Page): string[] {
  const range = document.createRange();
  return [...text.data.matchAll(/\S+/g)].flatMap(({ 0: word, index }) => {
    range.setStart(text, index);
    range.setEnd(text, index + word.length);
    const rect = range.getBoundingClientRect();
    if (rect.width === 0) return [];
    const size = Number.parseFloat(style.fontSize);
    const baseline = rect.top + rect.height / 2 + size * 0.35 - page.top;
    const font = `font-family="${escapeXml(style.fontFamily)}" font-size="${size}" font-weight="${style.fontWeight}"`;
    return [
      `<text x="${round(rect.left - page.left)}" y="${round(baseline)}" ${font} fill="${style.color}" textLength="${round(rect.width)}" lengthAdjust="spacingAndGlyphs">${escapeXml(word)}</text>`,
    ];
  });
}

const PAINT = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-opacity",
  "stroke-width",
  "stroke-dasharray",
  "stroke-linecap",
  "stroke-linejoin",
  "opacity",
  "font-family",
  "font-size",
  "font-weight",
  "font-variant",
  "text-anchor",
  "color",
  "visibility",
  "display",
  "paint-order",
  "vector-effect",
] as const;

/** A drawing with the style that the page gives it written into each of its elements. */
function drawing(source: SVGSVGElement, page: Page): string {
  const copy = source.cloneNode(true);
  if (!(copy instanceof SVGSVGElement)) return "";
  const originals = [source, ...source.querySelectorAll("*")];
  for (const [index, element] of [copy, ...copy.querySelectorAll("*")].entries()) {
    const original = originals[index];
    if (!original) continue;
    const style = getComputedStyle(original);
    const painted = PAINT.map((name) => `${name}:${style.getPropertyValue(name)}`).join(";");
    element.setAttribute("style", painted);
    element.removeAttribute("class");
  }
  const { left, top, width, height } = source.getBoundingClientRect();
  copy.setAttribute("x", String(round(left - page.left)));
  copy.setAttribute("y", String(round(top - page.top)));
  copy.setAttribute("width", String(round(width)));
  copy.setAttribute("height", String(round(height)));
  copy.setAttribute("overflow", "visible");
  return new XMLSerializer().serializeToString(copy);
}

/** The nearest background that is not transparent. */
function paperBehind(element: Element): string {
  for (let at: Element | null = element; at; at = at.parentElement) {
    const { backgroundColor } = getComputedStyle(at);
    if (isVisible(backgroundColor)) return backgroundColor;
  }
  return "white";
}

/** False for what is fully transparent: browsers write it as rgba(..., 0) or color(... / 0). */
const isVisible = (colour: string) => colour !== "transparent" && !/^rgba\(.*, 0\)$|\/ 0\)$/.test(colour);

const round = (value: number) => Math.round(value * 100) / 100;

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
