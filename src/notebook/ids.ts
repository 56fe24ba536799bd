interface CellWithoutId {
  readonly cell_type: string;
  readonly source: string;
  readonly id?: unknown;
}

/**
 * Gives an id to each cell that has none, or one that nbformat does not allow or that a cell above has already.
 *
 * The id is made from the cell's position, type and text, so that the same cells get the same ids; ids that are good stay.
 */
export function fillIds<Cell extends CellWithoutId>(cells: readonly Cell[]): (Cell & { readonly id: string })[] {
  const taken = new Set(cells.map(({ id }) => id).filter(isValidId));
  const used = new Set<string>();
  return cells.map((cell, index) => {
    let id = isValidId(cell.id) && !used.has(cell.id) ? cell.id : undefined;
    for (let attempt = 0; id === undefined; attempt++) {
      const candidate = hash(`${index} ${attempt} ${cell.cell_type} ${cell.source}`);
      if (!taken.has(candidate) && !used.has(candidate)) id = candidate;
    }
    used.add(id);
    return { ...cell, id };
  });
}

function isValidId(id: unknown): id is string {
  return typeof id === "string" && /^[a-zA-Z0-9_-]{1,64}$/.test(id);
}

/** FNV-1a over UTF-16 code units, 8 hexadecimal digits. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return (value >>> 0).toString(16).padStart(8, "0");
}
